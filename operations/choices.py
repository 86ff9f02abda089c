"""What variables of the environment choose of a stack whose file is generated: host ports, the names' prefix.

Takes the environment and a stack's state; gives settings by their path below `llmproxy:settings`. A choice counts until
that which hangs on it is made; from then on it is the stack file's, and is changed there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from pydantic import JsonValue

from operations import state
from operations.errors import OperationsError
from operations.settings_document import with_value
from stacks.settings import Settings, parse
from stacks.settings_errors import SettingsError


@dataclass(frozen=True)
class Choice:
    """A setting that a variable chooses.

    Attributes:
        variable: Its name.
        path: The setting's path.
        read: Makes the setting's value of the variable's text.
        of: The value in settings.
        is_made: Whether what hangs on it is there, by the state.
    """

    variable: str
    path: str
    read: Callable[[str], JsonValue]
    of: Callable[[Settings], JsonValue]
    is_made: Callable[[object], bool]


def _port(text: str) -> JsonValue:
    return int(text) if text.isdecimal() else text


CHOICES = (
    Choice(
        "LLMPROXY_GATEWAY_PORT",
        "litellm.hostPort",
        read=_port,
        of=lambda settings: settings.litellm.host_port,
        is_made=state.has_gateway,
    ),
    Choice(
        "LLMPROXY_HTTP_PORT",
        "traefik.httpPort",
        read=_port,
        of=lambda settings: settings.traefik.http_port,
        is_made=partial(state.has_service, name=state.INGRESS),
    ),
    Choice(
        "LLMPROXY_HTTPS_PORT",
        "traefik.httpsPort",
        read=_port,
        of=lambda settings: settings.traefik.https_port,
        is_made=partial(state.has_service, name=state.INGRESS),
    ),
    Choice(
        "LLMPROXY_NAME_PREFIX",
        "namePrefix",
        read=lambda text: text,
        of=lambda settings: settings.name_prefix,
        is_made=state.has_anything,
    ),
)


def given(environment: Mapping[str, str]) -> dict[Choice, JsonValue]:
    """What the variables choose.

    Raises:
        OperationsError: A value that its setting does not allow.
    """
    found = {
        choice: choice.read(environment[choice.variable]) for choice in CHOICES if environment.get(choice.variable)
    }
    for choice, value in found.items():
        try:
            parse(with_value({}, choice.path, value), place=f"{choice.variable}: llmproxy:settings")
        except SettingsError as error:
            raise OperationsError(str(error)) from error
    return found
