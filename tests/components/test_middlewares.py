"""Middlewares as Traefik's file and as labels have them."""

from __future__ import annotations

from components import middlewares, routing


def test_an_option_in_a_label_is_in_small_letters_and_a_list_has_commas() -> None:
    allowed = middlewares.ip_allow_list(["10.0.0.0/8", "2001:db8::/32"], by_forwarded_address=True)
    assert middlewares.labels("x-allow", allowed) == {
        "traefik.http.middlewares.x-allow.ipAllowList.sourceRange": "10.0.0.0/8,2001:db8::/32",
        "traefik.http.middlewares.x-allow.ipAllowList.ipStrategy.depth": "1",
    }
    assert middlewares.labels("h", middlewares.security_headers())["traefik.http.middlewares.h.headers.stsSeconds"] == (
        "31536000"
    )
    auth = middlewares.labels("b", middlewares.basic_auth("/users"))
    assert auth["traefik.http.middlewares.b.basicAuth.removeHeader"] == "true"


def test_a_limit_looks_at_the_forwarded_address_only_behind_a_trusted_proxy() -> None:
    direct, behind = (
        middlewares.rate_limit(average=5, burst=9, period_seconds=60, by_forwarded_address=by_forwarded)
        for by_forwarded in (False, True)
    )
    assert direct == {"rateLimit": {"average": 5, "burst": 9, "period": "60s"}}
    assert behind["rateLimit"] == {**direct["rateLimit"], "sourceCriterion": {"ipStrategy": {"depth": 1}}}  # type: ignore[dict-item]  # a mapping


def test_middlewares_of_a_route_come_after_those_of_others_and_carry_its_name() -> None:
    labels = routing.labels(
        routing.Route(
            router="p-x",
            host="x.example.com",
            port=80,
            network="net",
            middlewares=["auth@file"],
            own_middlewares={"rate-limit": {"rateLimit": {"average": 1}}},
        )
    )
    assert labels["traefik.http.routers.p-x.middlewares"] == "auth@file,p-x-rate-limit"
    assert labels["traefik.http.middlewares.p-x-rate-limit.rateLimit.average"] == "1"
