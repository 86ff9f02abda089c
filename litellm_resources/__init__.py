"""Everything about LiteLLM objects: catalog, admin API, resource types. Knows nothing of Docker or stacks."""
