"""Pulumi's command and Python language host, built from their published Go modules."""
