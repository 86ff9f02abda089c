"""Composition: the only place where settings, Swarm components and LiteLLM resources meet."""
