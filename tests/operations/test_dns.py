"""Before a certificate is ordered, each host name is compared with the record that it needs."""

import pytest
from pydantic import JsonValue

from operations import dns
from stacks.settings import Settings, parse

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.1"


def settings(**ingress: JsonValue) -> Settings:
    chosen: dict[str, JsonValue] = {"domain": "example.com", "certificate": "own", **ingress}
    return parse({"traefik": {"enabled": True}, "ingress": chosen}, place="here")


def knows(**hosts: str) -> dns.Resolve:
    """A resolver that knows only these names, with `_` for each dot."""
    return lambda host: frozenset({hosts[host.replace(".", "_")]} if host.replace(".", "_") in hosts else ())


@pytest.mark.parametrize(
    ("ingress", "known", "words"),
    [
        ({"addresses": [HERE]}, {"llm_example_com": HERE}, None),
        ({"addresses": ["2001:DB8:0::1"]}, {"llm_example_com": "2001:db8::1"}, None),
        ({}, {"llm_example_com": ELSEWHERE}, None),
        ({"addresses": [HERE], "trustCloudflareAddresses": True}, {"llm_example_com": ELSEWHERE}, None),
        ({"addresses": ["edge.example.org"]}, {"llm_example_com": HERE, "edge_example_org": HERE}, None),
        ({"addresses": [HERE]}, {}, f"found no address; set in your DNS: llm.example.com A {HERE}; a certificate"),
        (
            {"addresses": [HERE]},
            {"llm_example_com": ELSEWHERE},
            f"found {ELSEWHERE}; set in your DNS: llm.example.com A {HERE}; a certificate",
        ),
        ({}, {}, "found no address; set a record for it in your DNS that leads to the nodes with Traefik"),
    ],
)
def test_a_name_that_leads_elsewhere_or_nowhere_is_told_with_the_record_to_set(
    ingress: dict[str, JsonValue], known: dict[str, str], words: str | None
) -> None:
    (found,) = dns.compare(settings(**ingress), knows(**known))

    assert found.is_right is (words is None)
    assert (words or "llm.example.com: ") in found.in_words()


def test_names_under_localhost_need_no_record() -> None:
    assert dns.compare(settings(domain="llmproxy.localhost"), knows()) == []


def test_a_name_that_this_machine_does_not_know_has_no_address() -> None:
    assert dns.resolve("localhost") >= {"127.0.0.1"} or dns.resolve("localhost") >= {"::1"}
    assert dns.resolve("none.invalid") == frozenset()
