"""LiteLLM's admin API: HTTP client, errors, version differences, one module per kind of object. Pure of Pulumi."""
