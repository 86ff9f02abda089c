"""What Traefik does with a request before a service of ours sees it.

Each function gives one middleware as Traefik's documents have it: kind, then options. The same document goes into the
dynamic configuration of our Traefik or, by `labels`, into the labels of a service that a Traefik of others routes.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Option = bool | int | str | Sequence[str] | Mapping[str, "Option"]
Middleware = Mapping[str, Option]

YEAR_SECONDS = 365 * 24 * 3600
# Traefik takes as much memory for each request under way, whatever its size. What is larger is passed on as it comes.
HELD_BYTES = 256 * 1024
NO_STATUS = "999"


def security_headers() -> Middleware:
    """What keeps a browser from HTTP, from guessing content types, and from showing our pages in others' frames."""
    return {
        "headers": {
            "stsSeconds": YEAR_SECONDS,
            "contentTypeNosniff": True,
            "customFrameOptionsValue": "SAMEORIGIN",
            "referrerPolicy": "strict-origin-when-cross-origin",
        }
    }


def rate_limit(*, average: int, burst: int, period_seconds: int, by_forwarded_address: bool) -> Middleware:
    """Limits the requests of one client address; the answer to one too many is 429."""
    limit: dict[str, Option] = {"average": average, "burst": burst, "period": f"{period_seconds}s"}
    if by_forwarded_address:
        limit["sourceCriterion"] = {"ipStrategy": _LAST_FORWARDED}
    return {"rateLimit": limit}


def ip_allow_list(ranges: Sequence[str], *, by_forwarded_address: bool) -> Middleware:
    """Answers 403 to every address that is not in the ranges."""
    allowed: dict[str, Option] = {"sourceRange": list(ranges)}
    if by_forwarded_address:
        allowed["ipStrategy"] = _LAST_FORWARDED
    return {"ipAllowList": allowed}


def basic_auth(users_file: str) -> Middleware:
    """Asks for user and password, and keeps both from the service."""
    return {"basicAuth": {"usersFile": users_file, "removeHeader": True}}


def whole_request() -> Middleware:
    """Reads a request's body whole, up to `HELD_BYTES`, before it is passed on.

    Otherwise Go's server closes a body when the answer to it begins, and Go's client, which still looks for its end,
    then closes the connection to the service: the answer is cut (golang/go#40747; on a busy machine one stream in some
    400, measured). Of Traefik's middlewares only this one holds a body and not the answer too. It does so where it may
    have to send the request again: here for a status that nobody sends. `status` needs Traefik 3.7.
    """
    return {
        "retry": {
            "attempts": 2,
            "status": [NO_STATUS],
            "retryNonIdempotentMethod": True,
            "disableRetryOnNetworkError": True,
            "maxRequestBodyBytes": HELD_BYTES,
        }
    }


def labels(name: str, middleware: Middleware) -> dict[str, str]:
    """The labels that define a middleware on a service."""
    return dict(_flat(f"traefik.http.middlewares.{name}", middleware))


# The client as the trusted proxy before us saw it. Who comes around that proxy has no such address and is not allowed.
_LAST_FORWARDED: Mapping[str, Option] = {"depth": 1}


def _flat(prefix: str, option: Option) -> Iterator[tuple[str, str]]:
    if isinstance(option, Mapping):
        for key, value in option.items():
            yield from _flat(f"{prefix}.{key}", value)
    elif isinstance(option, bool):
        yield prefix, str(option).lower()
    elif isinstance(option, str | int):
        yield prefix, str(option)
    else:
        yield prefix, ",".join(option)
