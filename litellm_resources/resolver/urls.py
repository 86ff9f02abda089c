"""Whether a URL of the catalog is one that LiteLLM can ask.

Takes a text; gives what is wrong with it, without repeating it. Pure.
"""

from urllib.parse import urlsplit


def bad_url(url: str) -> str | None:
    """Why it is no http or https URL without user and password; None when it is."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "something that is no URL"
    if parts.scheme not in {"http", "https"} or not host:
        return "something that is no http or https URL"
    return "a user or password in the URL" if "@" in parts.netloc else None
