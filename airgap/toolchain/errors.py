"""What can go wrong while the toolchain is built.

ToolchainError
├── NoGo           no Go that is new enough, and none could be installed: the text says how to get one
└── BuildFailed    a build ended with an error: the text names the log file that holds all of its output
"""


class ToolchainError(Exception):
    """Base of everything raised by airgap.toolchain; its text is meant for the user."""


class NoGo(ToolchainError):
    """Go is missing or too old."""


class BuildFailed(ToolchainError):
    """A Go build failed."""
