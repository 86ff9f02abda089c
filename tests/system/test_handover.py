"""A service's own key changes in one `up`, and nobody whose model is behind that service notices.

The service is the contract image of Antigravity Manager: one key at a time, read at its start.
"""

from __future__ import annotations

import json

from components.handover_spec import HANDOVER_LABEL, KEPT_LABELS
from tests.system.full_profile import Full
from tests.system.installation import Installation, docker, named
from tests.system.outcome import assert_converged
from tests.system.steady_load import steady_load

SERVICE = "antigravity-manager"
MODELS = ("by-openai", "by-anthropic")
SECRET, NEXT_KEY = "antigravity-api-key", "sk-next-key-of-the-handover-test"
# Asks the service itself, as LiteLLM reaches it, with the key that it reads from its standard input.
ASK = (
    "import sys, urllib.request as r, urllib.error as e\n"
    "q = r.Request('http://antigravity-manager:8045/v1/models')\n"
    "q.add_header('authorization', 'Bearer ' + sys.stdin.read())\n"
    "try:\n    print(r.urlopen(q, timeout=5).status)\n"
    "except e.HTTPError as refused:\n    print(refused.code)\n"
)


def test_a_key_is_rotated_in_one_up_without_a_failed_request(full: Full) -> None:
    served, key = full.made, full.secret(SECRET)
    assert (answer_to(served, key), answer_to(served, NEXT_KEY)) == ("200", "401")
    served.secrets({f"llmproxy:{SECRET}": NEXT_KEY})
    assert "swarm:Handover" in served.make("preview").stdout
    with steady_load(served, MODELS, full.key, a_second=10) as load:
        served.make("up")
    assert load.failures == []
    assert load.answered > 200
    assert (answer_to(served, key), answer_to(served, NEXT_KEY)) == ("401", "200")
    assert_converged(served)
    assert left_of_the_clone(served) == []


def test_what_a_killed_run_left_is_shown_and_removed(full: Full) -> None:
    served, service = full.made, full.made.service(SERVICE)
    spec = json.loads(docker("service", "inspect", service, "--format", "{{json .Spec.Labels}}"))
    kept = {name: value for name, value in spec.items() if name in KEPT_LABELS}
    labels = [f"--label={label}={value}" for label, value in {**kept, HANDOVER_LABEL: service}.items()]
    image = docker("service", "inspect", service, "--format", "{{.Spec.TaskTemplate.ContainerSpec.Image}}")
    name = f"{service}-handover"
    docker("service", "create", "--detach", "--name", name, *labels, "--endpoint-mode=dnsrr", image)
    assert "present" in served.pulumi("preview", "--diff").stdout
    served.make("up")
    assert_converged(served)
    assert left_of_the_clone(served) == []


def answer_to(gateway: Installation, key: str) -> str:
    container = gateway.container("litellm")
    return gateway.run(["docker", "exec", "-i", container, "python3", "-c", ASK], given=key).stdout.strip()


def left_of_the_clone(gateway: Installation) -> list[str]:
    kinds = ("service", "secret", "config")
    return [name for kind in kinds for name in named(kind, gateway.prefix) if "-handover" in name]
