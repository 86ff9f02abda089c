"""Pulumi's output becomes one line a diagnostic; what explains a failure is kept."""

import pytest

from operations import diagnostics

TWO_PLACES = """Updating (dev):
 +  pulumi-python:dynamic/litellm:Model fast creating (0s) error: Exception calling application: no
Diagnostics:
  pulumi-python:dynamic/litellm:Model (fast):
    error: Exception calling application: LiteLLM at http://127.0.0.1:4000: 401; check the master key

  pulumi:pulumi:Stack (llmproxy-dev):
    warning: provider x has no key and is skipped
    error: update failed

Resources:
    + 3 created
"""

GATE = """Diagnostics:
  pulumi-python:dynamic/swarm:RolloutGate (llmproxy):
    error: service llmproxy_litellm: rolled back: task exited with 3
      node n1
      log: boom
    error: update failed
"""

# As pulumi tells it: what a provider said on the way stands below the stack's own error.
ROLLED_BACK = """Diagnostics:
  pulumi:pulumi:Stack (llmproxy-dev):
    error: update failed

    llmproxy_litellm: Swarm is at work: update in progress

  pulumi-python:dynamic/swarm:RolloutGate (llmproxy):
    error: Exception calling application: rollout of llmproxy_litellm failed: Swarm rolled the service back
      its last 2 log lines:
        | {"message": "Traceback (most recent call last):\\n ImportError: no such module"}
        | error: startup failed
      correct the cause

Outputs:
"""

RUN_ERROR = """Diagnostics:
  pulumi:pulumi:Stack (llmproxy-dev):
    error: pulumi.errors.RunError: Pulumi.dev.yaml: llmproxy:settings.litellm.port: unknown
    error: an unhandled error occurred: Program exited with non-zero exit code: 1
"""

TRACEBACK = """Diagnostics:
  pulumi:pulumi:Stack (llmproxy-dev):
    error: Program failed with an unhandled exception:
    Traceback (most recent call last):
      File "/clone/__main__.py", line 5, in <module>
        settings = program.read_settings()
                   ^^^^^^^^^^^^^^^^^^^^^^^
    ValueError: no such thing
"""

FAILED_PREVIEW = """Previewing update (dev):
error: Preview failed: Exception calling application: LiteLLM user developer: http://127.0.0.1:4000: 401; check the key
error: preview failed
"""

FAILED_CHECK = """Previewing update (dev):
error: pulumi-python:dynamic/swarm:DataFingerprint resource 'data' has a problem: the salt key changed; put it back
error: preview failed
"""


def lines(output: str) -> list[str]:
    return [str(diagnostic) for diagnostic in diagnostics.condense(output)]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (TWO_PLACES, ["litellm:Model (fast): LiteLLM at http://127.0.0.1:4000: 401; check the master key"]),
        (
            RUN_ERROR,
            ["pulumi:Stack (llmproxy-dev): Pulumi.dev.yaml: llmproxy:settings.litellm.port: unknown"],
        ),
        (TRACEBACK, ["pulumi:Stack (llmproxy-dev): ValueError: no such thing"]),
        (FAILED_PREVIEW, ["LiteLLM user developer: http://127.0.0.1:4000: 401; check the key"]),
        (FAILED_CHECK, ["swarm:DataFingerprint (data): the salt key changed; put it back"]),
        ("error: no stack named 'dev' found\n", ["no stack named 'dev' found"]),
        ("error: update failed\n", []),
        ("Updating (dev):\n\nResources:\n    3 unchanged\n", []),
    ],
)
def test_a_failure_is_one_line_with_its_place_and_without_wrappers(output: str, expected: list[str]) -> None:
    assert lines(output) == expected


def test_the_log_lines_that_explain_a_failed_rollout_follow_it() -> None:
    assert lines(GATE) == [
        "swarm:RolloutGate (llmproxy): service llmproxy_litellm: rolled back: task exited with 3\n"
        "    node n1\n"
        "    log: boom"
    ]


def test_progress_is_no_error_and_a_task_log_is_told_as_it_is() -> None:
    assert lines(ROLLED_BACK) == [
        "swarm:RolloutGate (llmproxy): rollout of llmproxy_litellm failed: Swarm rolled the service back\n"
        "    its last 2 log lines:\n"
        '    | {"message": "Traceback (most recent call last):\\n ImportError: no such module"}\n'
        "    | error: startup failed\n"
        "    correct the cause"
    ]


def test_an_error_that_is_told_twice_is_one_line() -> None:
    again = "    error: service llmproxy_litellm: rolled back: task exited with 3\n"
    twice = f"{GATE}  pulumi:pulumi:Stack (llmproxy-dev):\n{again}"

    assert len(lines(twice)) == 1


def test_a_gateway_that_is_gone_is_one_error_whatever_was_asked_of_it() -> None:
    def failed(kind: str, name: str, asked: str) -> str:
        text = f"LiteLLM {kind.lower()} {name}: http://127.0.0.1:4000: {asked}: no connection; start the gateway"
        token = f"pulumi-python:dynamic/litellm:{kind} ({name})"
        return f"  {token}:\n    error: Exception calling application: {text}\n"

    models = [failed("Model", name, "POST /model/new") for name in "ab"]
    output = "Diagnostics:\n" + "".join([*models, failed("User", "u", "GET /user/list")])

    assert lines(output) == [
        "litellm:Model (a): LiteLLM model a: http://127.0.0.1:4000: POST /model/new: no connection; start the gateway"
        " (and 2 more alike)",
    ]


def test_resources_that_fail_of_one_cause_are_one_error_and_of_another_cause_two() -> None:
    def failed(name: str, cause: str) -> str:
        token = f"pulumi-python:dynamic/litellm:Model ({name})"
        return f"  {token}:\n    error: Exception calling application: LiteLLM model {name}: {cause}\n"

    output = "Diagnostics:\n" + failed("a", "gone") + failed("b", "gone") + failed("c", "refused") + failed("d", "gone")

    assert lines(output) == [
        "litellm:Model (a): LiteLLM model a: gone (and 2 more of its type alike)",
        "litellm:Model (c): LiteLLM model c: refused",
    ]


def test_what_a_run_changed_is_counted_without_what_stayed() -> None:
    assert diagnostics.changes("Resources:\n    + 3 created\n    ~ 1 updated\n    +-2 replaced\n    7 unchanged\n") == {
        "created": 3,
        "updated": 1,
        "replaced": 2,
    }
    assert diagnostics.changes("Resources:\n    7 unchanged\n\nDuration: 2s\n") == {}


def test_the_listing_that_goes_on_below_an_error_is_no_part_of_it() -> None:
    output = (
        "error: the salt key is another one\n"
        "    ~ docker:index/network:Network: (refresh)\n"
        "        [id=baafpud8qlq7]\n"
        "        --outputs:--\n"
        "      + ipamOptions: {}\n"
    )

    assert [str(each) for each in diagnostics.condense(output)] == ["the salt key is another one"]


WARNED = """Updating (dev):
    pulumi:pulumi:Stack llmproxy-dev  warning: provider "a" has no key and is skipped
 +  pulumi:pulumi:Stack llmproxy-dev created (44s) 2 warnings; 2 messages
Diagnostics:
  pulumi:pulumi:Stack (llmproxy-dev):
    warning: provider "a" has no key and is skipped
    warning: sent to https://u:hunter2@h with sk-0123456789
    warning: provider "a" has no key and is skipped
    from the local overlay: keys.zoe.models

    llmproxy_litellm: healthy for 2 of 10 s
  pulumi-python:dynamic/litellm:Model (m@c:openai/m):
    warning: found by hand

Outputs:
    note: (
    warning: a line of a text

Resources:
    + 54 created
"""


def test_warnings_are_told_once_each_with_their_place_and_without_secrets() -> None:
    assert diagnostics.notices(WARNED) == [
        'warning: provider "a" has no key and is skipped',
        "warning: sent to https***h with ***",
        "from the local overlay: keys.zoe.models",
        "litellm:Model (m@c:openai/m): warning: found by hand",
    ]


def test_a_run_without_warnings_tells_none() -> None:
    assert diagnostics.notices("Updating (dev):\n\nResources:\n    54 unchanged\n") == []
