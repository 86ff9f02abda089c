"""Starts the command plugin: `python -m airgap.plugins.command <engine address>`."""

from airgap.plugins.command.provider import CommandPlugin
from airgap.plugins.serving import serve

if __name__ == "__main__":
    serve(CommandPlugin())
