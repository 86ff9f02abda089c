"""The changes whose effect on the load is measured, each as one `up`, and restarts of what is not stateless.

Takes an installation whose gateway is behind our ingress; gives outcomes. Each change starts from what the one before
it left, so their order is part of the scenario.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from tests.bench.rollouts.changes import Outcome, measured, only_wanted_tasks
from tests.bench.rollouts.load import Load
from tests.bench.rollouts.proxies import Proxy
from tests.system import stack_file
from tests.system.installation import Installation, docker, named

# What a restart breaks shows within it.
SETTLE_SECONDS = 10
DATABASE_RESTARTS, TRAEFIK_RESTARTS = "restart of the database", "restart of Traefik"
# The rows that promise nothing: two tasks cannot have one volume, nor one port. README gives the length of each.
EXCEPTIONS = frozenset({DATABASE_RESTARTS, TRAEFIK_RESTARTS})


@dataclass(frozen=True)
class Changes:
    """The changes of one installation.

    Attributes:
        shell: The environment in which plain pulumi works; its own time is not the change's.
    """

    made: Installation
    load: Load
    shell: Mapping[str, str]

    def gateway(self, other_image: str) -> dict[str, Callable[[], Outcome]]:
        """By name; none of them may fail a request. The image: the same one under another name, so another version."""
        return {
            "config": partial(self._setting, "config", {"litellmSettings": {"set_verbose": False}}),
            "secret": self._secret,
            "image": partial(self._setting, "image", {"image": other_image}),
            "replicas 1 → 2": partial(self._setting, "replicas 1 → 2", {"replicas": 2}, tasks=2),
            "replicas 2 → 1": partial(self._setting, "replicas 2 → 1", {"replicas": 1}),
            "labels": self._labels,
            "resources": partial(self._setting, "resources", {"resources": {"memoryReservationMib": 64}}),
            "start that fails": self._broken,
        }

    def proxy(self, proxy: Proxy, other_image: str) -> dict[str, Callable[[], Outcome]]:
        """Of an upstream proxy while the gateway asks it; none of them may fail a request either."""
        changes = {
            "config": partial(self._proxy_setting, proxy, proxy.changed),
            "secret": partial(self._proxy_secret, proxy),
            "image": partial(self._proxy_setting, proxy, {"image": other_image}),
        }
        names = {kind: f"{kind} of {proxy.product}" for kind in changes}
        return {names[kind]: partial(change, names[kind]) for kind, change in changes.items()}

    def restarts(self) -> dict[str, Callable[[], Outcome]]:
        """Of the services that cannot roll start-first, or that nobody's request passes through."""
        services = {
            DATABASE_RESTARTS: self.made.service("db"),
            "restart of the socket proxy": f"{self.made.prefix}portainer_socket-proxy",
            TRAEFIK_RESTARTS: f"{self.made.prefix}portainer_traefik",
        }
        return {what: partial(self._restart, what, service) for what, service in services.items()}

    def _setting(self, what: str, settings: Mapping[str, object], *, tasks: int = 1) -> Outcome:
        stack_file.edit(self.made, lambda config: config[stack_file.SETTINGS]["litellm"].update(settings))
        return self._up(what, tasks=tasks)

    def _secret(self) -> Outcome:
        variables = {"secretEnvironment": ["BENCH_SECRET"]}
        stack_file.edit(self.made, lambda config: config[stack_file.SETTINGS]["litellm"].update(variables))
        words = ["pulumi", "config", "set", "--secret", "litellm-environment:BENCH_SECRET", "--non-interactive"]
        self.made.run(words, more=self.shell, given="bench")
        return self._up("secret")

    def _proxy_setting(self, proxy: Proxy, settings: Mapping[str, object], what: str) -> Outcome:
        stack_file.edit(self.made, lambda config: config[stack_file.SETTINGS][proxy.setting].update(settings))
        return self._up(what, proxy.service)

    def _proxy_secret(self, proxy: Proxy, what: str) -> Outcome:
        words = ["pulumi", "config", "set", "--secret", f"llmproxy:{proxy.secret}", "--non-interactive"]
        self.made.run(words, more=self.shell, given="bench")
        return self._up(what, proxy.service)

    def _labels(self) -> Outcome:
        stack_file.edit(self.made, lambda config: config[stack_file.SETTINGS].update(ownership={"kind": "public"}))
        return self._up("labels")

    def _broken(self) -> Outcome:
        with stack_file.setting(self.made, "litellm.generalSettings.custom_auth", "no_such_module.check"):
            return self._up("start that fails, rolled back", expect=1)

    def _up(self, what: str, service: str = "litellm", *, tasks: int = 1, expect: int = 0) -> Outcome:
        words = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"]
        return measured(
            self.load,
            what,
            lambda: self.made.run(words, more=self.shell, expect=expect),
            lambda: only_wanted_tasks(self.made.service(service), tasks),
        )

    def _restart(self, what: str, service: str) -> Outcome:
        force = ["service", "update", "--force", "--detach=false", "--quiet", service]

        def over() -> None:
            only_wanted_tasks(service, 1)
            time.sleep(SETTLE_SECONDS)

        return measured(self.load, what, lambda: docker(*force), over)


def broken_promises(outcomes: Iterable[Outcome]) -> str | None:
    """Names the rows that promise to fail no request and to cut no stream, and did; None where there is none."""
    rows = [one.what for one in outcomes if one.failures and one.what not in EXCEPTIONS]
    return f"rows with failed requests or cut streams that promise none: {'; '.join(rows)}" if rows else None


def files_of(made: Installation) -> tuple[int, int]:
    """How many Swarm configs and secrets the installation has."""
    return len(named("config", made.prefix)), len(named("secret", made.prefix))
