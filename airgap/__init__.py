"""Running with nothing but package registries: toolchain, plugins, images."""
