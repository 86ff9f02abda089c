"""How the gateway's process starts: LiteLLM's own command line, with what it lacks in its container.

Takes where it listens and with how many workers, gives the command. Apart from the service, because these are facts of
LiteLLM's and uvicorn's insides, to be looked at with each of their versions. Pure.
"""

from __future__ import annotations

from pathlib import Path

# By this name 1.109.1 reads how long it may end answers; 1.81.12 hands nothing to uvicorn, which then has no end.
GRACE_VARIABLE = "GRACEFUL_SHUTDOWN_TIMEOUT"
# uvicorn imports the application in each worker; that of litellm_ending.py writes what was spent before it ends.
ENDING = Path(__file__).with_name("litellm_ending.py")
FOLDER = "/opt/llmproxy"
ENDING_PATH = f"{FOLDER}/{ENDING.name}"
LITELLM_APP = "litellm.proxy.proxy_server:app"
# Even with DISABLE_SCHEMA_UPDATE the CLI of 1.81.12 runs `prisma migrate diff --from-url <URL with password>` at each
# start, only to warn about a difference. The check is taken away, so that the password is on no command line.
START = (
    "import os, sys, uvicorn\n"
    f"sys.path.append({FOLDER!r})\n"
    "import litellm.proxy.db.check_migration as check\n"
    "check.check_prisma_schema_diff = lambda db_url=None: None\n"
    "run = uvicorn.run\n"
    f"grace = {{'timeout_graceful_shutdown': int(os.environ['{GRACE_VARIABLE}'])}}\n"
    f"apps = {{{LITELLM_APP!r}: '{ENDING.stem}:app'}}\n"
    "uvicorn.run = lambda app, **options: run(apps.get(app, app), **{**grace, **options})\n"
    "from litellm.proxy.proxy_cli import run_server\n"
    "run_server()"
)
# Longer than a reverse proxy keeps an idle connection (Traefik 90 s). uvicorn's own 5 s end one just when the next
# request is on its way, and nobody may send a POST a second time.
KEEP_ALIVE_SECONDS = 120


def command(*, config_path: str, port: int, workers: int) -> list[str]:
    """The command that serves requests."""
    return [
        *("python3", "-c", START),
        *("--config", config_path, "--port", str(port), "--num_workers", str(workers)),
        *("--keepalive_timeout", str(KEEP_ALIVE_SECONDS)),
    ]
