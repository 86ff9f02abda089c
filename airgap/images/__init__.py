"""Container images built from package registries alone, in place of the official ones."""
