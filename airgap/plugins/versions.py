"""The official plugins that are stood in for, and the versions that programs ask for."""

VERSIONS = {"docker": "5.1.0", "random": "4.21.1", "command": "1.2.1"}
