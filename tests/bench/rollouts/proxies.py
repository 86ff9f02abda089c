"""The upstream proxies of the bench's installation: how the gateway asks each, and what of each is changed meanwhile.

Gives the block of the catalog and the load. The answers are those of the contract images, by the model's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.rollouts.load import Question, Questions

# A stream within the 30 s that a proxy drains.
QUICK, SLOW, SLOW_SECONDS = "contract-quick", "contract-slow-20", 20


@dataclass(frozen=True)
class Proxy:
    """One proxy.

    Attributes:
        service: Its name, in the Swarm and as a provider.
        product: What its image says that it is not.
        port: Where it answers.
        interface: How the gateway asks it.
        setting: Its settings.
        changed: Another configuration, as settings.
        secret: One that the gateway does not use.
    """

    service: str
    product: str
    port: int
    interface: str
    setting: str
    changed: Mapping[str, Any]
    secret: str

    @property
    def questions(self) -> Questions:
        """What is asked through it."""
        return Questions(
            Question(self.public(QUICK), "hello", f"contract image, not {self.product}: answer of {QUICK}"),
            (Question(self.public(SLOW), "hello", " ".join(f"second-{number}" for number in range(SLOW_SECONDS))),),
        )

    def public(self, model: str) -> str:
        """The model's name in the gateway: of the same name two proxies would take turns."""
        return f"{self.service}-{model}"

    def add_to(self, catalog: dict[str, Any]) -> None:
        """Names models of it that its contract image knows."""
        catalog["providers"][self.service] = {
            "api_base": f"http://{self.service}:{self.port}",
            "api_key_of_service": self.service,
            "access_groups": ["General"],
            "interfaces": {
                self.interface: {"models": {model: {"model_name": self.public(model)} for model in (QUICK, SLOW)}}
            },
        }


ANTIGRAVITY_MANAGER = Proxy(
    service="antigravity-manager",
    product="Antigravity Manager",
    port=8045,
    interface="anthropic",
    setting="antigravityManager",
    changed={"maxBodyMib": 99},
    secret="antigravity-web-password",
)
CLI_PROXY_API = Proxy(
    service="cli-proxy-api",
    product="CLIProxyAPI",
    port=8317,
    interface="openai",
    setting="cliProxyApi",
    changed={"config": {"request-retry": 2}},
    secret="cli-proxy-api-management-key",
)
PROXIES = (ANTIGRAVITY_MANAGER, CLI_PROXY_API)
