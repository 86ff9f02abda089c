"""A real browser for the pages of the installation: Debian's Chromium, without a window.

Gives the text of a page after its scripts ran, and a picture of it beside the other test output. Names under
`.localhost` lead to this machine, as they do in every browser.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from operations import debian

PAGE_SECONDS = 180
# On a busy machine a look may be over before the page's first byte, or before its scripts have drawn it.
LOOKS = 5
# Scripts get this long on the page's own clock, which runs ahead of the real one while nothing is loading.
SETTLED_MILLISECONDS = 8_000
OUTPUT = "LLMPROXY_TEST_OUTPUT"


@dataclass(frozen=True)
class Page:
    """What the browser shows.

    Attributes:
        text: The document after its scripts ran, as HTML.
        picture: A PNG of the first screen.
    """

    text: str
    picture: Path


def look(url: str, *, name: str, words: str) -> Page:
    """Opens a page and takes its picture, again until it holds the words.

    Args:
        url: Its address; user and password may stand in it.
        name: Of the picture, without ending.
        words: What the page shows once it is drawn. Gives the last look when none had them.
    """
    picture = pictures() / f"{name}.png"
    picture.unlink(missing_ok=True)
    text = ""
    for _ in range(LOOKS):
        with tempfile.TemporaryDirectory(prefix="llmproxy-browser-", ignore_cleanup_errors=True) as profile:
            text = _chromium(profile, f"--screenshot={picture}", "--dump-dom", url)
        if words in text:
            break
    return Page(text, picture)


def pictures() -> Path:
    """The folder of the pictures: `LLMPROXY_TEST_OUTPUT`, or one below the temporary files."""
    folder = Path(os.environ.get(OUTPUT) or Path(tempfile.gettempdir()) / "llmproxy-test-output")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _chromium(profile: str, *words: str) -> str:
    done = subprocess.run(
        [
            _program(),
            "--headless=new",
            "--no-sandbox",  # root, as the whole suite
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--window-size=1280,900",
            # That the certificate is trusted is shown by the requests of the suite, which know the authority.
            "--ignore-certificate-errors",
            "--no-proxy-server",
            f"--user-data-dir={profile}",
            f"--virtual-time-budget={SETTLED_MILLISECONDS}",
            *words,
        ],
        capture_output=True,
        text=True,
        timeout=PAGE_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"chromium {words}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def _program() -> str:
    """Chromium's path; installed from Debian where it is missing."""
    if shutil.which("chromium") is None:
        debian.install(
            ["chromium"],
            purpose="the pages in a browser: no chromium",
            log=pictures() / "apt-chromium.log",
            host=debian.this_host(),
            say=lambda _line: None,
        )
    found = shutil.which("chromium")
    assert found is not None
    return found
