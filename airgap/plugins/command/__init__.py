"""The command provider, as far as the program uses it."""
