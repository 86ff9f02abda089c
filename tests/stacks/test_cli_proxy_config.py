"""CLIProxyAPI's config as the settings declare it: defaults, what is refused, and where the secrets go."""

from __future__ import annotations

import pytest
import yaml
from pydantic import JsonValue

from stacks.cli_proxy_config import text
from stacks.settings import parse
from stacks.settings_errors import SettingsError

PLACE = "Pulumi.dev.yaml: llmproxy:settings"


def declared(config: dict[str, JsonValue]) -> str:
    return text(parse({"cliProxyApi": {"config": config}}, place=PLACE).cli_proxy_api.config)


def test_the_defaults_are_the_originals_and_both_secrets_are_placeholders() -> None:
    assert yaml.safe_load(declared({})) == {
        "port": 8317,
        "auth-dir": "/CLIProxyAPI/auth",
        "api-keys": ["LLMPROXY_API_KEY"],
        "remote-management": {"allow-remote": True, "secret-key": "LLMPROXY_MANAGEMENT_KEY"},
        "usage-statistics-enabled": True,
        "logging-to-file": False,
        "ws-auth": True,
    }


def test_the_script_finds_the_placeholders_as_whole_lines() -> None:
    lines = declared({"remote-management": {}}).splitlines()
    assert "- LLMPROXY_API_KEY" in lines
    assert "  secret-key: LLMPROXY_MANAGEMENT_KEY" in lines


def test_a_key_of_the_setting_wins_over_the_default_and_others_are_passed_through() -> None:
    config: dict[str, JsonValue] = {
        "ws-auth": False,
        "request-retry": 3,
        "remote-management": {"disable-control-panel": True},
        "oauth-model-alias": {"claude": [{"name": "a", "alias": "b"}]},
    }
    found = yaml.safe_load(declared(config))
    assert found["remote-management"] == {
        "allow-remote": True,
        "disable-control-panel": True,
        "secret-key": "LLMPROXY_MANAGEMENT_KEY",
    }
    assert {key: found[key] for key in config if key != "remote-management"} == {
        key: value for key, value in config.items() if key != "remote-management"
    }


def test_every_top_level_key_can_be_read_by_itself() -> None:
    shared: JsonValue = ["x", "y"]
    blocks = declared({"a": shared, "b": shared, "long": "word " * 200})
    assert "&" not in blocks
    assert all(line[0] in " -" or line.partition(":")[0].isidentifier() or "-" in line for line in blocks.splitlines())


@pytest.mark.parametrize(
    ("config", "place", "told"),
    [
        ({"port": 1}, "port", "the program needs it as it sets it; take it out"),
        ({"host": "x"}, "host", "the program needs it as it sets it"),
        ({"tls": {"enable": True}}, "tls", "the program needs it as it sets it"),
        ({"auth-dir": "/x"}, "auth-dir", "the program needs it as it sets it"),
        ({"api-keys": ["marker"]}, "api-keys", "pulumi config set --secret llmproxy:cli-proxy-api-key"),
        (
            {"remote-management": {"secret-key": "marker"}},
            "remote-management.secret-key",
            "pulumi config set --secret llmproxy:cli-proxy-api-management-key",
        ),
        ({"remote-management": True}, "remote-management", "found what is no object"),
        ({"gemini-api-key": [{"api-key": "marker"}]}, "gemini-api-key.0.api-key", "in clear here"),
        (
            {"openai-compatibility": [{"api-key-entries": [{"api-key": "marker"}]}]},
            "openai-compatibility.0",
            "in clear",
        ),
        ({"ampcode": {"upstream-api-key": "marker"}}, "ampcode.upstream-api-key", "enter it in the management UI"),
        ({"proxy-url": "socks5://user:marker@x:1"}, "proxy-url", "in clear here"),
        ({"no key": 1}, "no key", "found what is no key of its config"),
        ({"a:\nb": 1}, "a:\nb", "found what is no key of its config"),
    ],
)
def test_what_may_not_be_in_it_is_refused_with_its_place_and_not_shown(
    config: dict[str, JsonValue], place: str, told: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        declared(config)
    (found,) = caught.value.problems
    assert found.startswith(f"{PLACE}.cliProxyApi.config.{place}")
    assert told in found
    assert "marker" not in found
