"""The docker provider on the Docker Engine API."""
