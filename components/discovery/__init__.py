"""What runs in the container of the discovery: standard library only, so that any Python image does."""
