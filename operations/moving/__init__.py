"""Secrets and settings of the original deployment, on their way into a stack's config and catalog."""
