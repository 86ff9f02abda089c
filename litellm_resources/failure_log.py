"""Turns whatever goes wrong in a provider into the one kind of error that Pulumi shows without a traceback.

Our own errors speak for themselves. Anything else is a fault of this program: its text might hold a secret, so the
user gets its kind only, and with LLMPROXY_DEBUG=1 the traceback in a file that nobody else can read.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pulumi

from litellm_resources.admin_api.errors import AdminApiError

DEBUG = "LLMPROXY_DEBUG"
HOME = "LLMPROXY_HOME"
DEFAULT_HOME = "/var/lib/llmproxy"
LOG_NAME = "litellm-provider.log"


@contextmanager
def told_plainly(what: str) -> Iterator[None]:
    """Lets only `pulumi.RunError` out.

    Args:
        what: The object, named first in the text.
    """
    try:
        yield
    except AdminApiError as error:
        raise pulumi.RunError(str(error) if error.place == what else f"{what}: {error}") from None
    except pulumi.RunError:
        raise
    except Exception as error:  # noqa: BLE001  the border: Pulumi would print the text, which may hold a secret
        raise pulumi.RunError(f"{what}: {_unexpected(error)}") from None


def _unexpected(error: Exception) -> str:
    kind = type(error).__name__
    if os.environ.get(DEBUG) != "1":
        return f"a fault of this program ({kind}); run again with {DEBUG}=1 for a traceback"
    path = Path(os.environ.get(HOME) or DEFAULT_HOME) / LOG_NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a") as log:
            log.writelines(traceback.format_exception(error))
    except OSError as unwritable:
        return f"a fault of this program ({kind}); no traceback, {path} is not writable ({unwritable.strerror})"
    return f"a fault of this program ({kind}); traceback in {path}"
