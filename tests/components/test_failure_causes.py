"""Swarm's own words for a cause lead to what to do about it; the messages are those that Docker 20.10 gave."""

from __future__ import annotations

import pytest

from components.failure_causes import NO_IMAGE, NO_SOURCE, NO_SPACE, PORT_TAKEN, remedy


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("No such image: example.org/nothing:1", NO_IMAGE),
        ("pull access denied for nothing, repository does not exist or may require 'docker login'", NO_IMAGE),
        ("manifest for example.org/traefik:9 not found: manifest unknown: manifest unknown", NO_IMAGE),
        ('Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host', NO_IMAGE),
        ("failed to register layer: write /usr/lib/x.so: no space left on device", NO_SPACE),
        ("write /var/lib/docker/tmp/GetImageBlob123: no space left on device", NO_SPACE),
        (
            "starting container failed: driver failed programming external connectivity on endpoint t.1: Error "
            "starting userland proxy: listen tcp4 0.0.0.0:443: bind: address already in use",
            PORT_TAKEN,
        ),
        ("Bind for 0.0.0.0:80 failed: port is already allocated", PORT_TAKEN),
        ("no suitable node (host-mode port already in use on 1 node)", PORT_TAKEN),
        ('invalid mount config for type "bind": bind source path does not exist: /srv/x', NO_SOURCE),
        ("task: non-zero exit (1)", None),
        ("no suitable node (insufficient resources on 1 node)", None),
    ],
)
def test_a_cause_that_is_known_has_a_remedy(message: str, told: str | None) -> None:
    assert remedy(message) == told
