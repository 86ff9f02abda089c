"""What runs in the container of gateway-metrics: standard library only, so that any Python image does."""
