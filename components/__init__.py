"""Swarm building blocks: thin components over pulumi_docker, and what pulumi_docker lacks."""
