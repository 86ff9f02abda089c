"""The random provider, as far as the program uses it."""
