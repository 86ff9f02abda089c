"""Rules of the docker plugin that need no engine: durations, names, check, diff, spec and tree."""

import base64
from collections.abc import Mapping
from typing import get_args

import pulumi
import pulumi_docker as docker
import pytest
from pulumi import _types

from airgap.plugins.docker.diffing import diff
from airgap.plugins.docker.durations import nanoseconds, shortest
from airgap.plugins.docker.images import familiar
from airgap.plugins.docker.naming import automatic_name
from airgap.plugins.docker.planning import plan, without_unknowns
from airgap.plugins.docker.provider import DockerPlugin
from airgap.plugins.docker.reading import inputs_after_read
from airgap.plugins.docker.schema import Block, schemas
from airgap.plugins.docker.service_spec import service_spec
from airgap.plugins.docker.service_tree import service_tree
from airgap.plugins.docker.ssh import ssh_command
from airgap.plugins.failures import NotSupported, PluginError
from airgap.plugins.plugin import CheckResult, Naming, Resource
from airgap.plugins.values import UNKNOWN, Secret, Tree, mapping, mappings

OFFICIAL: dict[str, type[pulumi.Resource]] = {
    "docker:index/network:Network": docker.Network,
    "docker:index/volume:Volume": docker.Volume,
    "docker:index/serviceConfig:ServiceConfig": docker.ServiceConfig,
    "docker:index/secret:Secret": docker.Secret,
    "docker:index/service:Service": docker.Service,
}
SERVICE = Resource("docker:index/service:Service", "web")
SECRET = Resource("docker:index/secret:Secret", "key")


def _service(**container: object) -> Tree:
    return {"name": "web", "taskSpec": {"containerSpec": {"image": "box:1", **container}}}


def _check(resource: Resource, news: Tree, olds: Tree | None = None, *, seed: bytes = b"seed") -> CheckResult:
    return DockerPlugin().check(resource, olds or {}, news, Naming(seed=seed))


def _paths(olds: Tree, news: Tree, ignored: tuple[str, ...] = ()) -> dict[str, str]:
    return dict(diff(schemas()[SERVICE.token].block, olds, news, list(ignored)).kinds)


def _outputs(inputs: Tree) -> Tree:
    """Returns the outputs after a create on an engine that stores exactly what it gets."""
    planned = without_unknowns(plan(schemas()[SERVICE.token].block, inputs))
    spec = service_spec(planned)
    endpoint = {"Spec": spec.get("EndpointSpec", {}), "Ports": mapping(spec.get("EndpointSpec")).get("Ports", [])}
    return service_tree({"ID": "id", "Spec": spec, "Endpoint": endpoint}, planned)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0s", 0),
        ("500ms", 5 * 10**8),
        ("5s", 5 * 10**9),
        ("1m30s", 90 * 10**9),
        ("1h", 3600 * 10**9),
        ("1.5s", 15 * 10**8),
    ],
)
def test_a_shortest_duration_reads_and_writes_the_same(text: str, amount: int) -> None:
    assert (nanoseconds(text), shortest(amount)) == (amount, text)


@pytest.mark.parametrize(("given", "read"), [("90s", "1m30s"), ("60s", "1m"), ("1m0s", "1m"), ("120s", "2m")])
def test_another_spelling_of_a_duration_comes_back_shortened(given: str, read: str) -> None:
    assert shortest(nanoseconds(given)) == read


@pytest.mark.parametrize("wrong", ["", "5", "-5s", "five seconds", "5 s"])
def test_what_is_no_duration_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        nanoseconds(wrong)


def test_a_name_is_the_logical_one_and_seven_digits_from_the_seed() -> None:
    first = automatic_name("cfg", olds={}, seed=b"1")
    assert first == automatic_name("cfg", olds={}, seed=b"1")
    assert first != automatic_name("cfg", olds={}, seed=b"2")
    assert (first[:4], len(first)) == ("cfg-", 11)


def test_a_generated_name_is_kept_and_a_fixed_one_is_not() -> None:
    assert automatic_name("cfg", olds={"__defaults": ["name"], "name": "cfg-old"}, seed=b"1") == "cfg-old"
    assert automatic_name("cfg", olds={"__defaults": [], "name": "cfg-old"}, seed=b"1") != "cfg-old"


def test_check_reports_every_fault_by_path_at_once() -> None:
    failures = _check(
        SERVICE,
        {
            "taskSpec": {"containerSpec": {"imag": "box"}, "restartPolicy": {"condition": "sometimes"}},
            "updateConfig": {"delay": "5 s"},
        },
    ).failures
    reasons = dict(failures)
    assert "did you mean image?" in reasons["taskSpec.containerSpec.imag"]
    assert "any" in reasons["taskSpec.restartPolicy.condition"]
    assert "duration" in reasons["updateConfig.delay"]
    assert "image" in reasons["taskSpec.containerSpec"]


def test_a_secret_that_is_not_base64_is_refused_without_being_shown() -> None:
    result = _check(SECRET, {"data": "sk-plain!"})
    assert [path for path, _ in result.failures] == ["data"]
    assert "sk-plain" not in str(result.failures)


@pytest.mark.parametrize(("token", "resource"), OFFICIAL.items())
def test_the_properties_are_named_as_in_the_official_sdk_into_the_elements_of_lists(
    token: str, resource: type[pulumi.Resource]
) -> None:
    assert _names(schemas()[token].block) == _sdk_names(_types.resource_types(resource))


def _names(block: Block) -> Tree:
    return {name: _names(prop.block) for name, prop in block.items()}


def _sdk_names(types: Mapping[str, object]) -> Tree:
    return {name: _sdk_names(_inner_types(kind)) for name, kind in types.items()}


def _inner_types(kind: object) -> Mapping[str, object]:
    """Returns the properties of a block, also of one in a list or of one that may be absent."""
    if isinstance(kind, type) and _types.is_output_type(kind):
        return _types.output_type_types(kind)
    return next((found for part in get_args(kind) if (found := _inner_types(part))), {})


def test_secret_data_is_marked_secret() -> None:
    data = base64.b64encode(b"x").decode()
    assert _check(SECRET, {"data": data}).inputs["data"] == Secret(data)


def test_global_mode_excludes_convergence() -> None:
    failures = _check(SERVICE, {**_service(), "mode": {"global": True}, "convergeConfig": {}}).failures
    assert [path for path, _ in failures] == ["convergeConfig"]


@pytest.mark.parametrize("token", ["docker:index/container:Container", "docker:index/remoteImage:RemoteImage"])
def test_a_resource_that_is_not_implemented_is_refused_by_name(token: str) -> None:
    with pytest.raises(NotSupported, match=token):
        _check(Resource(token, "x"), {})


def test_outputs_of_a_service_show_no_difference_to_its_inputs() -> None:
    inputs = _check(
        SERVICE,
        {
            **_service(
                env={"B": "2=3", "A": ""},
                stopGracePeriod="30s",
                healthcheck={"tests": ["NONE"]},
                mounts=[
                    {"type": "volume", "target": "/b", "source": "v", "volumeOptions": {"noCopy": True}},
                    {"type": "tmpfs", "target": "/a", "tmpfsOptions": {"mode": 0o700, "sizeBytes": 1}},
                ],
                hosts=[{"host": "h", "ip": "10.0.0.1"}],
                capAdds=["CAP_NET_ADMIN"],
            ),
            "labels": [{"label": "z", "value": "1"}, {"label": "a", "value": ""}],
            "updateConfig": {"maxFailureRatio": "0.2"},
            "mode": {"replicated": {}},
        },
    ).inputs
    assert _paths(_outputs(inputs), inputs) == {}


def test_mounts_go_to_the_engine_in_the_order_of_the_docker_client_so_that_its_updates_restart_no_task() -> None:
    mounts = [
        {"type": "volume", "target": "/b", "source": "v"},
        {"type": "tmpfs", "target": "/z"},
        {"type": "tmpfs", "target": "/a"},
    ]
    spec = service_spec(_check(SERVICE, _service(mounts=mounts)).inputs)
    container = mapping(mapping(spec["TaskTemplate"])["ContainerSpec"])
    assert [mount["Target"] for mount in mappings(container["Mounts"])] == ["/a", "/z", "/b"]


@pytest.mark.parametrize(
    ("block", "paths"),
    [
        ({"restartPolicy": {"condition": "any"}}, {"taskSpec.restartPolicy.delay", "taskSpec.restartPolicy.window"}),
        ({"restartPolicy": {"condition": "any", "delay": "90s", "window": "0s"}}, {"taskSpec.restartPolicy.delay"}),
    ],
)
def test_partial_blocks_and_long_durations_differ_for_ever_as_in_the_official_plugin(
    block: Tree, paths: set[str]
) -> None:
    inputs = _service(stopGracePeriod="30s", sysctl={"a": "b"}, env={"A": "1"})
    inputs["taskSpec"] = {**mapping(inputs["taskSpec"]), **block}
    checked = _check(SERVICE, inputs).inputs
    assert set(_paths(_outputs(checked), checked)) == paths


def test_a_replica_count_is_an_update_and_a_container_label_a_replacement() -> None:
    before = _check(SERVICE, {**_service(), "mode": {"replicated": {"replicas": 1}}}).inputs
    scaled = _check(SERVICE, {**_service(), "mode": {"replicated": {"replicas": 2}}}).inputs
    labelled = _check(SERVICE, _service(labels=[{"label": "a", "value": "b"}])).inputs
    plugin = DockerPlugin()
    assert plugin.diff(SERVICE, _outputs(before), scaled, []).replaces == []
    replaced = plugin.diff(SERVICE, _outputs(before), labelled, [])
    assert (replaced.replaces, replaced.delete_before_replace) == (["taskSpec"], True)


def test_a_replacement_with_a_generated_name_makes_the_new_one_first() -> None:
    olds: Tree = {"data": "b2xk", "name": "key-1234567", "labels": []}
    news: Tree = {"__defaults": ["name"], "data": "bmV3", "name": "key-1234567"}
    result = DockerPlugin().diff(SECRET, olds, news, [])
    assert (result.replaces, result.delete_before_replace) == (["data"], False)


def test_an_unknown_value_counts_as_changed() -> None:
    inputs = _check(SERVICE, _service()).inputs
    unknown = _check(SERVICE, _service(image=UNKNOWN)).inputs
    assert _paths(_outputs(inputs), unknown)["taskSpec.containerSpec.image"] == "UPDATE"


def test_a_set_in_another_order_is_no_difference() -> None:
    labels: list[object] = [{"label": name, "value": "1"} for name in "ab"]
    inputs = _check(SERVICE, {**_service(), "labels": labels}).inputs
    turned = _check(SERVICE, {**_service(), "labels": labels[::-1]}).inputs
    assert _paths(_outputs(inputs), turned) == {}


def test_an_ignored_path_is_no_difference() -> None:
    inputs = _check(SERVICE, _service()).inputs
    other = _check(SERVICE, _service(image="box:2")).inputs
    assert "taskSpec.containerSpec.image" not in _paths(_outputs(inputs), other, ("taskSpec.containerSpec.image",))


def test_the_environment_is_sent_sorted() -> None:
    template = mapping(service_spec(_service(env={"B": "2", "A": "1"}))["TaskTemplate"])
    assert mapping(template["ContainerSpec"])["Env"] == ["A=1", "B=2"]


def test_refreshed_inputs_change_only_where_the_engine_differs() -> None:
    inputs = _check(SERVICE, {**_service(), "mode": {"replicated": {"replicas": 1}}}).inputs
    drifted = {**_outputs(inputs), "mode": {"global": False, "replicated": {"replicas": 3}}}
    block = schemas()[SERVICE.token].block
    assert inputs_after_read(block, _outputs(inputs), inputs) == inputs
    refreshed = inputs_after_read(block, drifted, inputs)
    assert {name for name in inputs if refreshed[name] != inputs[name]} == {"mode"}


def test_imported_inputs_show_no_difference() -> None:
    outputs = _outputs(_check(SERVICE, _service(stopGracePeriod="30s", env={"A": "1"})).inputs)
    assert _paths(outputs, inputs_after_read(schemas()[SERVICE.token].block, outputs, {})) == {}


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("nginx", "nginx:latest"),
        ("docker.io/library/nginx:1", "nginx:1"),
        ("host:5000/a/b", "host:5000/a/b:latest"),
        ("a@sha256:1", "a@sha256:1"),
    ],
)
def test_an_image_is_sent_in_its_short_form_with_a_tag(given: str, sent: str) -> None:
    assert familiar(given) == sent


def test_ssh_runs_dial_stdio_with_user_port_and_options() -> None:
    command = ssh_command("ssh://me@host:2222", ["-o", "ControlMaster=auto"])
    expected = "ssh -o ControlMaster=auto -l me -p 2222 -- host docker system dial-stdio"
    assert command == expected.split()


def test_an_engine_that_does_not_answer_is_named() -> None:
    with pytest.raises(PluginError, match=r"unix:///nowhere/docker\.sock"):
        DockerPlugin().configure({"host": "unix:///nowhere/docker.sock"})


def test_provider_configuration_that_is_not_implemented_is_refused_by_name() -> None:
    with pytest.raises(NotSupported, match="registryAuth"):
        DockerPlugin().configure({"host": "unix:///x", "registryAuth": [{"address": "a"}]})
