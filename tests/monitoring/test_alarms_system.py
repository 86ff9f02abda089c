"""Every alarm that is shipped, in a real Netdata: what it watches breaks, and the message comes by webhook and by mail.

Netdata reads the files as the program renders them, with thresholds and windows as settings; go.d.plugin's place is
taken by the contract collector.
"""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.discovery import job_files
from components.discovery.job_files import Job
from components.services import monitoring_role
from components.services import netdata as netdata_service
from stacks import alarms, go_jobs, netdata_conf
from stacks.settings import parse
from tests.edge.certificates import Authority
from tests.monitoring.conftest import Room, until

pytestmark = pytest.mark.system

SETTINGS = parse(
    {
        "swarmCronjob": {"enabled": True},
        "traefik": {"enabled": True},
        "ingress": {"certificate": "own", "domain": "example.com"},
        "litellm": {"hostName": "web.example.com"},
        "netdata": {
            "enabled": True,
            "retentionGib": 1,
            "hostName": "stats.example.com",
            "alarms": {
                "diskUsed": {"warning": 0.01, "critical": 99.9},
                "databaseConnections": {"warning": 80, "critical": 99},
                "gatewaySlowMilliseconds": 200,
                "windowSeconds": 6,
                "everySeconds": 1,
            },
            "notify": {
                "webhook": True,
                "mail": {
                    "host": "hook",
                    "port": 2525,
                    "tls": False,
                    "sender": "netdata@example.com",
                    "recipients": ["ops@example.com"],
                },
            },
        },
    },
    place="test",
)
ALARMS, NOTIFY = SETTINGS.netdata.alarms, SETTINGS.netdata.notify
SITES = go_jobs.trusted_hosts(SETTINGS)
AUTHORITY = "authority.pem"
SECRET_PATH = "/hook-marker-5f1e"
BROKEN = {"error_ratio": 50, "late": 1, "failed": 1, "keeper_status": 503, "trusted": 0}
HEALED = {"error_ratio": 0, "late": 0, "failed": 0, "keeper_status": 200, "trusted": 1}


class Watched:
    """Netdata, what it watches, and what it told."""

    def __init__(self, targets: Any, database: Any, netdata: Any) -> None:
        self._targets, self.database, self.netdata = targets, database, netdata

    def ask(self, path: str, state: Mapping[str, float] | None = None) -> Any:
        self._targets.reload()
        (network,) = self._targets.attrs["NetworkSettings"]["Networks"].values()
        data = None if state is None else json.dumps(state).encode()
        request = urllib.request.Request(
            f"http://{network['IPAddress']}:8090{path}", data, method="GET" if data is None else "PUT"
        )
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  our own container
            return json.loads(answer.read() or b"null")

    def change(self, **state: float) -> None:
        self.ask("/state", state)

    def told(self, name: str, *statuses: str) -> Mapping[str, str]:
        """Waits for the message about an alarm."""
        found: Mapping[str, str] = until(
            lambda: next(
                (one for one in self.ask("/alarms") if one["name"] == name and one["status"] in statuses), None
            ),
            seconds=45,
            what=f"{name} is {' or '.join(statuses)}; told: {self.summary()}",
        )
        return found

    def summary(self) -> Sequence[tuple[str, str]]:
        return [(one["name"], one["status"]) for one in self.ask("/alarms")]


@pytest.fixture(scope="module")
def watched(room: Room, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    folder = tmp_path_factory.mktemp("netdata")
    folder.parent.chmod(0o755)
    targets = _targets(room, folder)
    database = _database(room)
    netdata = _netdata(room, folder)
    watched = Watched(targets, database, netdata)
    until(lambda: "postgres_llmproxy" in _charts(netdata), seconds=60, what="Netdata asks the database")
    watched.change(**BROKEN)
    return watched


def _targets(room: Room, folder: Path) -> Any:
    ours, stranger = Authority(), Authority()
    (folder / AUTHORITY).write_text(ours.certificate)
    files = {"untrusted": stranger.issue(*SITES), "trusted": ours.issue(*SITES)}
    for name, pair in files.items():
        (folder / f"{name}.pem").write_text(pair.certificate + pair.key)
    mounts = {
        str(Path(__file__).with_name("targets.py")): {"bind": "/targets.py", "mode": "ro"},
        **{str(folder / f"{name}.pem"): {"bind": f"/{name}.pem", "mode": "ro"} for name in files},
    }
    names = ["hook", "litellm", "gateway-metrics", "job-keeper", *SITES]
    return room.run("python", names, ["python3", "/targets.py", "/untrusted.pem", "/trusted.pem"], volumes=mounts)


def _database(room: Room) -> Any:
    environment = {"POSTGRES_USER": "netdata", "POSTGRES_PASSWORD": "marker:pass"}
    return room.run("postgres", ["db"], ["postgres", "-c", "max_connections=10"], environment=environment)


def _netdata(room: Room, folder: Path) -> Any:
    jobs = go_jobs.fixed(
        SETTINGS,
        database="db:5432",
        gateway="litellm:4000",
        metrics="gateway-metrics:9102",
        keeper="job-keeper:9101",
        authority_file=netdata_service.AUTHORITY_FILE,
    )
    certificate: Job = {
        "name": "web",
        "source": "https://web.example.com:443",
        "autodetection_retry": 2,
        "update_every": 5,
    }
    dsn = "postgresql://netdata@db:5432/netdata?passfile=/run/secrets/netdata-pgpass"
    jobs |= {
        "x509check": [certificate],
        "postgres": [{"name": "llmproxy", "dsn": dsn, "autodetection_retry": 1}],
    }
    files = {f"/etc/netdata/go.d/{module}.conf": job_files.text(of_module) for module, of_module in jobs.items()}
    files |= {
        "/etc/netdata/netdata.conf": netdata_conf.netdata_conf(1, naming_script=netdata_service.NAMING_PATH),
        "/etc/netdata/health.d/llmproxy.conf": alarms.health_conf(ALARMS, SITES),
        "/etc/netdata/health_alarm_notify.conf": netdata_conf.notify_conf(
            NOTIFY, webhook_file=netdata_service.WEBHOOK_FILE
        ),
        "/etc/msmtprc": netdata_conf.msmtprc(NOTIFY.mail, password_file="") if NOTIFY.mail else "",
        netdata_service.WEBHOOK_FILE: f"http://hook:8090{SECRET_PATH}",
        netdata_service.PASSFILE: monitoring_role.pgpass("marker:pass", host="db", port=5432),
        netdata_service.NAMING_PATH: netdata_service.NAMING.read_text(),
        netdata_service.AUTHORITY_FILE: (folder / AUTHORITY).read_text(),
    }
    mounts = {}
    for number, (path, text) in enumerate(files.items()):
        file = folder / str(number)
        file.write_text(text)
        file.chmod(0o444)
        mounts[str(file)] = {"bind": path, "mode": "ro"}
    # As Swarm gives it: to Netdata's user alone.
    pgpass = next(path for path, mount in mounts.items() if mount["bind"] == netdata_service.PASSFILE)
    subprocess.run(["chown", "201:201", pgpass], check=True)
    Path(pgpass).chmod(0o400)
    return room.run("netdata", ["netdata"], environment=netdata_service.ENVIRONMENT, volumes=mounts, hostname="node-1")


def _charts(netdata: Any) -> str:
    found = netdata.exec_run(["curl", "-s", "127.0.0.1:19999/api/v1/charts"]).output
    return str(found, errors="replace")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("llmproxy_disk", "WARNING"),
        ("llmproxy_certificate_ending", "CRITICAL"),
        ("llmproxy_certificate_untrusted", "CRITICAL"),
        ("llmproxy_gateway_errors", "CRITICAL"),
        ("llmproxy_job_late", "CRITICAL"),
        ("llmproxy_job_failed", "WARNING"),
        ("llmproxy_job_keeper_down", "CRITICAL"),
    ],
)
def test_what_is_wrong_from_the_start_is_told(watched: Watched, name: str, status: str) -> None:
    message = watched.told(name, status)
    assert message["host"] == "node-1"
    assert message["info"]
    assert message["path"] == SECRET_PATH


def test_a_slow_gateway_is_told(watched: Watched) -> None:
    watched.change(gateway_seconds=0.5)
    watched.told("llmproxy_gateway_slow", "WARNING")
    watched.change(gateway_seconds=0)


def test_a_gateway_that_answers_badly_is_told_and_so_is_its_recovery(watched: Watched) -> None:
    watched.change(gateway_status=503)
    watched.told("llmproxy_gateway_down", "CRITICAL")
    watched.change(gateway_status=200, **HEALED)
    watched.told("llmproxy_gateway_down", "CLEAR")
    watched.told("llmproxy_gateway_errors", "CLEAR")
    watched.told("llmproxy_certificate_untrusted", "CLEAR")


def test_a_database_with_few_connections_left_is_told(watched: Watched) -> None:
    for _ in range(5):
        watched.database.exec_run(["psql", "-U", "netdata", "-c", "SELECT pg_sleep(40)"], detach=True)
    watched.told("llmproxy_database_connections", "WARNING")


def test_a_database_that_is_gone_is_told(watched: Watched) -> None:
    watched.database.kill()
    watched.told("llmproxy_database_down", "CRITICAL")


def test_each_alarm_that_is_shipped_was_told(watched: Watched) -> None:
    told = {name for name, _ in watched.summary()}
    assert {alarm.name for alarm in alarms.alarms(ALARMS, SITES)} <= told


def test_alarms_come_by_mail_too(watched: Watched) -> None:
    mails = until(lambda: watched.ask("/mails"), seconds=20, what="a mail came")
    assert any("llmproxy" in mail and "To: ops@example.com" in mail for mail in mails)


def test_neither_the_webhooks_url_nor_a_password_is_in_netdatas_log(watched: Watched) -> None:
    log = watched.netdata.logs().decode(errors="replace")
    assert "contract collector" in log
    for secret in (SECRET_PATH, "marker:pass", "passfile="):
        assert secret not in log
