"""Starts the docker plugin: `python -m airgap.plugins.docker <engine address>`."""

from airgap.plugins.docker.provider import DockerPlugin
from airgap.plugins.serving import serve

if __name__ == "__main__":
    serve(DockerPlugin())
