"""What can go wrong when LiteLLM's admin API is used: one class per thing a caller can react to.

    AdminApiError
    ├── NotReachable         no connection, or no answer in time
    │   └── NotRunning       nothing listens at that address
    ├── NotReady             answers, but its database is not connected (yet)
    ├── Unauthorized         takes none of our master keys
    ├── NotFound             no such object
    ├── AlreadyExists        an object of that id is there
    ├── Rejected             refuses the request as wrong
    ├── TooManyRequests      takes no more requests for now
    ├── ServerFailed         failed inside (5xx)
    ├── Unintelligible       answered something that is not LiteLLM's JSON
    ├── UnsupportedVersion   older than what this program knows
    ├── Foreign              the object is there and carries no marker of ours
    └── ReadBackMismatch     said yes, and then does not show what was written

Every text says place, what was found and what to do. No text holds a secret: `masking.mask` has seen what came from
the server.
"""

from __future__ import annotations


class AdminApiError(Exception):
    """Base of them all.

    Attributes:
        place: Where: the address and call, or the object.
        found: What was seen there.
        remedy: What to do.
    """

    def __init__(self, place: str, found: str, remedy: str) -> None:
        super().__init__(f"{place}: {found}; {remedy}")
        self.place = place
        self.found = found
        self.remedy = remedy


class NotReachable(AdminApiError):
    """No connection, or no answer in time."""


class NotRunning(NotReachable):
    """Nothing listens at that address: before the first `up` there is no gateway yet."""


class NotReady(AdminApiError):
    """LiteLLM answers, but not with a connected database."""


class Unauthorized(AdminApiError):
    """None of our master keys is taken."""


class NotFound(AdminApiError):
    """No such object."""


class AlreadyExists(AdminApiError):
    """An object of that id is there already."""


class Rejected(AdminApiError):
    """LiteLLM refuses the request as wrong."""


class TooManyRequests(AdminApiError):
    """LiteLLM, or what is in front of it, takes no more requests for now; nothing was done."""


class ServerFailed(AdminApiError):
    """LiteLLM failed inside. Whether the write was done is open: read again."""


class Unintelligible(AdminApiError):
    """The answer is not LiteLLM's JSON: something else sits at this address."""


class UnsupportedVersion(AdminApiError):
    """LiteLLM is older than what this program knows how to write to."""


class Foreign(AdminApiError):
    """The object is there, carries no marker of ours, and no setting allows to take it over."""


class ReadBackMismatch(AdminApiError):
    """LiteLLM said yes to a write and does not show it."""
