"""The random and command plugins: the rules behind the recorded answers."""

from pathlib import Path

import bcrypt
import pytest

from airgap.plugins.command.provider import CommandPlugin
from airgap.plugins.failures import NotSupported, PluginError
from airgap.plugins.plugin import Naming, Resource
from airgap.plugins.random.provider import RandomPlugin
from airgap.plugins.values import Secret, Tree

PASSWORD = Resource("random:index/randomPassword:RandomPassword", "pw", "none")
IDENTIFIER = Resource("random:index/randomId:RandomId", "id")
COMMAND = Resource("command:local:Command", "cmd", "cmd12345678")


def test_a_password_keeps_its_minimums_and_its_hash_fits() -> None:
    inputs: Tree = {"length": 12, "minNumeric": 4, "minSpecial": 4, "overrideSpecial": "_", "upper": False}
    _, outputs = RandomPlugin().create(PASSWORD, inputs, is_preview=False)
    password, hashed = outputs["result"], outputs["bcryptHash"]
    assert isinstance(password, Secret)
    assert isinstance(hashed, Secret)
    text = str(password.value)
    assert (len(text), text.count("_") >= 4, sum(map(str.isdigit, text)) >= 4) == (12, True, True)
    assert text == text.lower()
    assert str(hashed.value).startswith("$2a$10$")
    assert bcrypt.checkpw(text.encode(), str(hashed.value).encode())


def test_a_password_too_short_for_its_minimums_is_refused() -> None:
    with pytest.raises(PluginError, match="length 3"):
        RandomPlugin().create(PASSWORD, {"length": 3, "minNumeric": 4}, is_preview=False)


def test_a_password_read_from_the_state_stays_secret() -> None:
    read = RandomPlugin().read(PASSWORD, {"result": "x", "bcryptHash": "y", "length": 1}, {"length": 1})
    assert read.properties == {"result": Secret("x"), "bcryptHash": Secret("y"), "length": 1}


def test_all_forms_of_a_random_id_are_the_same_number() -> None:
    new_id, outputs = RandomPlugin().create(IDENTIFIER, {"byteLength": 8, "prefix": "p-"}, is_preview=False)
    assert int(str(outputs["hex"]).removeprefix("p-"), 16) == int(str(outputs["dec"]).removeprefix("p-"))
    assert outputs["b64Url"] == f"p-{new_id}"


@pytest.mark.parametrize("token", ["random:index/randomUuid:RandomUuid", "command:remote:Command"])
def test_what_is_not_implemented_is_refused_by_name(token: str) -> None:
    plugin = RandomPlugin() if token.startswith("random") else CommandPlugin()
    with pytest.raises(NotSupported, match=token):
        plugin.check(Resource(token, "x"), {}, {}, Naming())


def test_a_changed_trigger_replaces_and_another_input_updates() -> None:
    olds: Tree = {"create": "a", "triggers": [1]}
    plugin = CommandPlugin()
    assert plugin.diff(COMMAND, olds, {"create": "a", "triggers": [2]}, []).replaces == ["triggers"]
    changed = plugin.diff(COMMAND, olds, {"create": "a", "triggers": [1], "delete": "b"}, [])
    assert (changed.has_changes, changed.replaces, changed.details) == (True, [], {"delete": "ADD"})


def test_an_update_runs_create_where_there_is_no_update_and_sees_the_last_output() -> None:
    news: Tree = {"create": "echo $PULUMI_COMMAND_STDOUT; cat; pwd >&2", "stdin": "in", "dir": "/"}
    outputs = CommandPlugin().update(COMMAND, {"stdout": "before"}, news, [], is_preview=False)
    assert (outputs["stdout"], outputs["stderr"]) == ("before\nin", "/")


def test_delete_runs_with_the_environment_of_the_state(tmp_path: Path) -> None:
    state: Tree = {"delete": 'echo "$X" > gone', "environment": {"X": "old"}, "dir": str(tmp_path)}
    CommandPlugin().delete(COMMAND, state)
    assert (tmp_path / "gone").read_text() == "old\n"


def test_a_failed_command_reports_text_and_output_but_no_secret() -> None:
    inputs: Tree = {"create": "echo out $X; exit 3", "environment": {"X": Secret("hush")}}
    with pytest.raises(PluginError) as caught:
        CommandPlugin().create(COMMAND, inputs, is_preview=False)
    assert "exit status 3" in str(caught.value)
    assert "out [secret]" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_secret_input_makes_the_output_secret() -> None:
    outputs = CommandPlugin().create(COMMAND, {"create": Secret("echo x")}, is_preview=False)[1]
    assert outputs["stdout"] == Secret("x")
