"""Secrets of a running stack: which there are, what they are now, and how each is replaced by another."""
