"""An installation of its own for the bench: gateway behind our ingress, and a provider that answers as it is asked.

Takes a fresh `Installation`; brings it up with the settings that the bench needs, adds the provider to its catalog
and gives the door through which the load comes. The provider is a service beside the stack, on its public network.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.rollouts import load, upstream
from tests.bench.rollouts.load import Door, Question, Questions
from tests.bench.rollouts.proxies import PROXIES, Proxy
from tests.system import stack_file
from tests.system.installation import Installation, docker, free_port, until
from tests.system.service_image import image_of

DOMAIN = "bench.localhost"
PROVIDER = UPSTREAM = "bench-upstream"
MODEL = "bench"


def counting(words: int) -> Question:
    """The question that the bench's provider answers with so many words, streamed two a second."""
    return Question(MODEL, str(words), " ".join(str(number) for number in range(words)))


OF_THE_PROVIDER = Questions(counting(4), (counting(40), counting(60), counting(80)))


def bring_up(made: Installation, proxies: Sequence[Proxy] = ()) -> Door:
    """Brings the installation up, and waits until the bench's model answers through the ingress."""
    https, http = free_port(), free_port()
    # Setting a secret makes the stack's file.
    made.secrets({f"litellm-api-keys:{PROVIDER}": "none"})

    def change(config: dict[str, Any]) -> None:
        settings = config[stack_file.SETTINGS]
        settings["ingress"] = {"domain": DOMAIN, "certificate": "none"}
        settings["traefik"] = {"enabled": True, "httpPort": http, "httpsPort": https}
        settings |= {proxy.setting: {"enabled": proxy in proxies} for proxy in PROXIES}

    stack_file.edit(made, change)
    made.edit_catalog(add_provider)
    for proxy in proxies:
        made.edit_catalog(proxy.add_to)
    made.make("up")
    start_upstream(made)
    door = Door(f"https://127.0.0.1:{https}", f"llm.{DOMAIN}", made.make("key").stdout.strip())
    with load.new_session() as session:
        until(lambda: not door.ask(session, OF_THE_PROVIDER.short), seconds=60)
    return door


def add_provider(catalog: dict[str, Any]) -> None:
    """Names the upstream as a provider that everybody may use."""
    catalog["providers"][PROVIDER] = {
        "api_base": f"http://{UPSTREAM}:{upstream.PORT}",
        "access_groups": ["General"],
        "interfaces": {"openai": {"models": {MODEL: None}}},
    }


def start_upstream(made: Installation) -> None:
    """Starts the provider as a service that the gateway finds by its name."""
    name, config = f"{made.prefix}{UPSTREAM}", f"{made.prefix}{UPSTREAM}-program"
    # Whose it is stands in the label by which the installation is removed.
    owner = f"com.docker.stack.namespace={made.prefix}bench"
    docker("config", "create", "--label", owner, config, str(Path(upstream.__file__)))
    network = f"name={made.prefix}public,alias={UPSTREAM}"
    words = ["service", "create", "--quiet", "--name", name, "--network", network, "--endpoint-mode", "dnsrr"]
    words += ["--config", f"source={config},target=/upstream.py", "--entrypoint", "python3 /upstream.py"]
    # The gateway's image has the Python that the provider needs.
    docker(*words, "--stop-grace-period", "60s", image_of(made, "litellm"))
