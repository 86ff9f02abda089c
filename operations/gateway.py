"""The stack's LiteLLM, for commands that ask it: address and master key as the program has them.

Takes a pulumi and the stack's settings; gives a session with the gateway.
"""

import json

from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.connection import MASTER_KEY, PREVIOUS_MASTER_KEY, SETTINGS, connection_from_config
from litellm_resources.session import GatewaySession
from operations import stack_file
from operations.home import linked_file
from operations.pulumi_process import Pulumi
from operations.rotation import effective


def session(pulumi: Pulumi) -> GatewaySession:
    """A session with the gateway of the stack.

    Raises:
        AdminApiError: The stack's config has no master key.
    """
    file = linked_file(pulumi.places.clone, pulumi.home.stack)
    config = stack_file.read_config(file)

    def get(key: str) -> str | None:
        if key == SETTINGS:
            return json.dumps(stack_file.settings_in(file))
        return effective.configured(pulumi, key) if key in (MASTER_KEY, PREVIOUS_MASTER_KEY) and key in config else None

    return GatewaySession(AdminClient(connection_from_config(get)))
