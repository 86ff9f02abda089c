"""The part of busybox's wget that a health check uses, for contract images of products that live in Alpine."""

from __future__ import annotations

import argparse
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str]) -> int:
    """Fetches a page; 1 where there is none, as wget's exit code is."""
    parser = argparse.ArgumentParser(prog="wget")
    parser.add_argument("-q", action="store_true")
    parser.add_argument("-T", type=float, default=900)
    parser.add_argument("-O", type=Path)
    parser.add_argument("--spider", action="store_true")
    parser.add_argument("url")
    options = parser.parse_args(arguments)
    try:
        with urllib.request.urlopen(options.url, timeout=options.T) as answer:  # noqa: S310  the health check's own
            body = answer.read()
    except OSError as error:
        sys.stderr.write(f"wget: {error}\n")
        return 1
    if options.O and not options.spider:
        options.O.write_bytes(body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
