"""One module a service, each built from the Swarm building blocks."""
