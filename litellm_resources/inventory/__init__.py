"""What is in LiteLLM and is not this stack's, and how the catalog would say it."""
