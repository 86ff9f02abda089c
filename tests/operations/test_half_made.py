"""What a killed run was about to make is found in its notes, and told apart from what a later run made."""

from collections.abc import Sequence

from operations import half_made
from operations.half_made import HalfMade

SERVICE, NETWORK = "docker:index/service:Service", "docker:index/network:Network"
MODEL, VOLUME = "pulumi-python:dynamic/litellm:Model", "docker:index/volume:Volume"


def state(resources: Sequence[object], pending: Sequence[object]) -> dict[str, object]:
    return {"manifest": {"version": "3"}, "resources": resources, "pending_operations": pending}


def resource(kind: str, name: str) -> dict[str, object]:
    return {"type": kind, "inputs": {"name": name}}


def note(what: object, operation: str = "creating") -> dict[str, object]:
    return {"resource": what, "type": operation}


def test_noted_objects_of_the_engine_are_found_services_first() -> None:
    pending = [note(resource(NETWORK, "internal")), note(resource(SERVICE, "db"))]

    assert half_made.objects(state([], pending)) == [HalfMade("service", "db"), HalfMade("network", "internal")]


def test_what_a_later_run_made_is_not_half_made() -> None:
    assert half_made.objects(state([resource(SERVICE, "db")], [note(resource(SERVICE, "db"))])) == []


def test_volumes_and_what_is_inside_litellm_are_left_to_those_that_adopt_them() -> None:
    assert half_made.objects(state([], [note(resource(VOLUME, "data")), note(resource(MODEL, "m"))])) == []


def test_only_creations_are_notes_and_only_they_are_dropped() -> None:
    deleting = note(resource(SERVICE, "old"), "deleting")
    found = state([resource(SERVICE, "db")], [deleting, note(resource(MODEL, "m"))])

    assert half_made.notes(found) == [note(resource(MODEL, "m"))]
    assert half_made.without_notes(found) == {**found, "pending_operations": [deleting]}


def test_a_stack_without_state_has_no_notes() -> None:
    assert half_made.notes(None) == []
    assert half_made.notes({"resources": None}) == []
