"""Starts the random plugin: `python -m airgap.plugins.random <engine address>`."""

from airgap.plugins.random.provider import RandomPlugin
from airgap.plugins.serving import serve

if __name__ == "__main__":
    serve(RandomPlugin())
