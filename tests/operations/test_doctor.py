"""The report names what this clone would use, not what happens to be there."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from operations import dns, toolchain
from operations.cache import Cache
from operations.commands import doctor
from operations.home import StackHome
from operations.locations import CLONE, Locations
from operations.progress import Board
from operations.session import Session
from stacks.dns_records import DnsRecord

PYTHON = Path(sys.prefix) / "bin" / "python"
OFFICIAL, STAND_INS = toolchain.plugin_keys(CLONE, PYTHON)


@pytest.mark.parametrize(
    ("key", "state", "words"),
    [
        (OFFICIAL, doctor.GOOD, "official, in "),
        (STAND_INS, doctor.GOOD, "stand-ins of airgap/plugins, in "),
        ("another-version", doctor.MISSING, "make up installs them"),
    ],
)
def test_plugins_are_there_only_in_exactly_the_versions_of_this_clone(
    tmp_path: Path, key: str, state: str, words: str
) -> None:
    cache = Cache(tmp_path)
    cache.entry("pulumi-home", key, lambda _: None)

    found = doctor.plugins(cache, CLONE)

    assert found.state == state
    assert words in found.text


@pytest.mark.parametrize("needed", [0, 1 << 40])
def test_the_disk_of_the_engines_data_counts_as_well_as_ours(tmp_path: Path, needed: int) -> None:
    places = Locations(tmp_path, tmp_path / "home", tmp_path / "cache")
    environment = {
        "LLMPROXY_MINIMUM_FREE_MIB": str(needed),
        "LLMPROXY_ENGINE_SOCKET": str(tmp_path / "docker.sock"),
        "LLMPROXY_ENGINE_DATA_ROOT": str(tmp_path / "data"),
    }
    home = StackHome("dev", tmp_path / "home" / "llmproxy" / "dev")
    session = Session(places, "dev", home, environment, Board(Console(file=io.StringIO())))

    found = {each.text.split()[0]: each.state for each in doctor.disks(session, f"unix://{tmp_path}/docker.sock")}

    state = doctor.MISSING if needed else doctor.GOOD
    assert found == {"home": state, "cache": state, "engine": state}


@pytest.mark.parametrize(
    ("leads_to", "state", "words"),
    [
        ({"192.0.2.7"}, doctor.GOOD, "llm.example.com: 192.0.2.7"),
        (set(), doctor.MISSING, "found no address; set in your DNS: llm.example.com A 192.0.2.7; "),
        ({"198.51.100.1"}, doctor.MISSING, "found 198.51.100.1; set in your DNS: llm.example.com A 192.0.2.7; "),
    ],
)
def test_a_host_name_that_leads_elsewhere_or_nowhere_is_missing_with_the_record_to_set(
    leads_to: set[str], state: str, words: str
) -> None:
    record = DnsRecord("litellm", "llm.example.com", "A", "192.0.2.7")
    name = dns.Resolved(record.host, (record,), frozenset(leads_to), frozenset({"192.0.2.7"}))

    (found,) = doctor.host_names([name])

    assert (found.part, found.state) == ("dns", state)
    assert words in found.text
