"""What a stand-in plugin can answer besides success.

PluginError
├── NotSupported     the official plugin can do it, the stand-in cannot: the text names what and where
└── PartialFailure   the operation failed, but the object exists: the engine keeps what is there
"""

from airgap.plugins.values import Tree


class PluginError(Exception):
    """A failure whose text is meant for the user; it never holds a secret."""


class NotSupported(PluginError):
    """Something that only the official plugin implements."""


class PartialFailure(PluginError):
    """An update that failed half-way.

    Args:
        reason: What went wrong, for the user.
        resource_id: The object's id.
        properties: What is there now.
    """

    def __init__(self, reason: str, *, resource_id: str, properties: Tree) -> None:
        super().__init__(reason)
        self.resource_id = resource_id
        self.properties = properties
