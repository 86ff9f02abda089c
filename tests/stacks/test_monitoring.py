"""What Netdata is told: its own files, alarms, fixed jobs; each checked against what Netdata documents."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from components.discovery import job_files
from components.discovery.finder import POSTGRES
from components.services.monitoring_role import pgpass
from stacks import alarms, go_jobs, netdata_conf
from stacks.settings import Settings, parse
from stacks.settings_errors import SettingsError

# The options that netdata v2's config_schema.json of each collector documents, with those of every job, as far as we
# use any of them: a typing error would be passed over silently there.
OF_EVERY_JOB = {"name", "update_every", "autodetection_retry", "priority"}
DOCUMENTED = {
    "postgres": {"dsn", "timeout", "collect_databases_matching", "max_db_tables", "max_db_indexes"},
    "prometheus": {"url", "timeout", "app", "selector", "max_time_series", "bearer_token_file", "tls_skip_verify"},
    "httpcheck": {
        *("url", "timeout", "method", "headers", "status_accepted", "response_match", "not_follow_redirects"),
        *("tls_skip_verify", "tls_ca"),
    },
    "x509check": {"source", "timeout", "check_full_chain", "check_revocation_status", "tls_skip_verify", "tls_ca"},
    "portcheck": {"host", "ports", "timeout"},
}
REQUIRED = {
    "postgres": {"dsn"},
    "prometheus": {"url"},
    "httpcheck": {"url", "status_accepted"},
    "x509check": {"source"},
    "portcheck": {"host"},
}
FULL: dict[str, JsonValue] = {
    "netdata": {"enabled": True},
    "swarmCronjob": {"enabled": True},
    "traefik": {"enabled": True, "httpsPort": 8443},
    "ingress": {"certificate": "own"},
}
HOSTS = ["llm.llmproxy.localhost", "netdata.llmproxy.localhost"]
MAIL: dict[str, JsonValue] = {"host": "smtp.example.com", "sender": "a@example.com", "recipients": ["b@example.com"]}


def settings(document: dict[str, JsonValue] | None = None) -> Settings:
    return parse(document or FULL, place="test")


def jobs(
    document: dict[str, JsonValue] | None = None, authority_file: str | None = None
) -> dict[str, list[go_jobs.Job]]:
    return go_jobs.fixed(
        settings(document),
        database="db:5432",
        gateway="litellm:4000",
        metrics="gateway-metrics:9102",
        keeper="job-keeper:9101",
        authority_file=authority_file,
    )


def notify(document: dict[str, JsonValue]) -> Any:
    return settings({"netdata": {"notify": document}}).netdata.notify


def test_every_job_has_documented_options_only_and_those_that_it_needs() -> None:
    postgres: go_jobs.Job = {"name": "x", "dsn": "y", **POSTGRES}
    found = {**jobs(), "postgres": [postgres]}
    assert set(found) == set(DOCUMENTED)
    for module, of_module in found.items():
        assert of_module
        for job in of_module:
            assert set(job) <= OF_EVERY_JOB | DOCUMENTED[module], module
            assert REQUIRED[module] | {"name"} <= set(job), module


def test_names_of_jobs_are_unlike_also_where_netdata_writes_them_shorter() -> None:
    for module, of_module in jobs().items():
        names = [re.sub(r"\s+|\.+|:+", "_", str(job["name"])) for job in of_module]
        assert len(names) == len(set(names)), module


def test_what_is_switched_off_is_not_looked_at_and_its_file_is_emptied() -> None:
    found = jobs({"netdata": {"enabled": True}})
    assert [job["name"] for job in found["prometheus"]] == ["gateway"]
    assert found["x509check"] == []
    assert job_files.text(found["x509check"]).endswith("jobs: []\n")


def test_a_database_of_others_is_watched_where_it_is() -> None:
    found = jobs({"postgres": {"external": {"host": "db.example.com", "port": 6432}}})
    (job,) = found["portcheck"]
    assert (job["host"], job["ports"]) == ("db.example.com", [6432])


def test_each_public_name_has_its_certificate_watched_at_the_port_of_traefiks_container() -> None:
    sources = [job["source"] for job in jobs()["x509check"]]
    assert sources == [f"https://{host}:443" for host in HOSTS]


def trust_jobs(*, authority_file: str | None = None, certificate: str = "own") -> list[go_jobs.Job]:
    document: dict[str, JsonValue] = {**FULL, "ingress": {"certificate": certificate}}
    return [job for job in jobs(document, authority_file)["httpcheck"] if str(job["url"]).startswith("https://")]


def test_each_public_name_is_shaken_hands_with_and_its_certificate_checked() -> None:
    found = trust_jobs()
    assert [job["url"] for job in found] == [f"https://{host}" for host in HOSTS]
    for job in found:
        assert job.get("tls_skip_verify", False) is False
        assert "tls_ca" not in job
        assert job["not_follow_redirects"] is True


def test_certificates_are_checked_with_the_authority_that_is_given() -> None:
    assert {job["tls_ca"] for job in trust_jobs(authority_file="/run/secrets/tls-authority")} == {
        "/run/secrets/tls-authority"
    }


def test_no_trust_is_asked_for_where_traefiks_own_certificate_was_chosen() -> None:
    assert trust_jobs(certificate="none") == []
    none = settings({**FULL, "ingress": {"certificate": "none"}})
    assert go_jobs.trusted_hosts(none) == []
    assert "untrusted" not in alarms.health_conf(none.netdata.alarms, [])


@pytest.mark.parametrize("gib", [1, 2, 10, 500])
def test_all_tiers_together_take_what_is_set_and_none_is_too_small_for_netdata(gib: int) -> None:
    sizes = netdata_conf.tiers_mib(gib)
    assert sum(sizes) == gib * 1024
    assert min(sizes) >= 256
    text = netdata_conf.netdata_conf(gib, naming_script="/x")
    written = re.findall(r"dbengine tier (\d) retention size = (\d+)MiB", text)
    assert written == [(str(tier), str(size)) for tier, size in enumerate(sizes)]
    assert "storage tiers = 3" in text


def test_each_alarm_is_on_a_chart_or_context_that_a_job_draws() -> None:
    names = [(module, str(job["name"])) for module, of_module in jobs().items() for job in of_module]
    charts = {f"{module}_{name.replace('.', '_')}" for module, name in names}
    apps = {f"prometheus.{job['app']}." for job in jobs()["prometheus"]}
    for alarm in alarms.alarms(settings().netdata.alarms, HOSTS):
        if alarm.kind == "alarm":
            assert alarm.on.partition(".")[0] in charts
        elif alarm.on.startswith("prometheus."):
            assert any(alarm.on.startswith(app) for app in apps)
        else:
            module = alarm.on.partition(".")[0]
            assert module in DOCUMENTED or alarm.on == "disk.space"


def test_thresholds_are_settings() -> None:
    own: JsonValue = {"diskUsed": {"warning": 61, "critical": 62}, "everySeconds": 7, "certificateDays": 30}
    text = alarms.health_conf(settings({"netdata": {"alarms": own}}).netdata.alarms, HOSTS)
    assert "$this > 61" in text
    assert "$this > 62" in text
    assert f"$this < {30 * 86_400}" in text
    assert text.count("every: 7s") == text.count("to: llmproxy") == 12


def test_every_alarm_has_its_paragraph_in_the_runbook() -> None:
    runbook = (Path(__file__).parents[2] / "docs" / "runbooks" / "alarms.md").read_text()
    headings = set(re.findall(r"^## (llmproxy_\w+)$", runbook, re.MULTILINE))
    assert headings == {alarm.name for alarm in alarms.alarms(settings().netdata.alarms, HOSTS)}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"alarms": {"diskUsed": {"warning": 90, "critical": 80}}}, "netdata.alarms.diskUsed"),
        ({"alarms": {"diskUsed": {"warning": 90, "critical": 101}}}, "netdata.alarms.diskUsed.critical"),
        ({"alarms": {"certificateDays": 2}}, "allowed is a certificateCriticalDays that is smaller"),
        ({"retentionGib": 0}, "netdata.retentionGib"),
        ({"notify": {"mail": {**MAIL, "recipients": []}}}, "netdata.notify.mail: found no recipients"),
        ({"notify": {"mail": {**MAIL, "recipients": ["ops"]}}}, "allowed is an e-mail address"),
        ({"notify": {"mail": {**MAIL, "recipients": ["-X/tmp/log@example.com"]}}}, "allowed is an e-mail address"),
        ({"notify": {"mail": {**MAIL, "sender": "`id`@example.com"}}}, "allowed is an e-mail address"),
        ({"notify": {"mail": {**MAIL, "sender": 'a@b.c";rm -rf /'}}}, "allowed is an e-mail address"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(document: JsonValue, said: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(said)):
        settings({"netdata": document})


@pytest.mark.parametrize("document", [{}, {"webhook": True}, {"mail": MAIL}, {"webhook": True, "mail": MAIL}])
def test_the_senders_file_is_a_bash_script(document: dict[str, JsonValue]) -> None:
    text = netdata_conf.notify_conf(notify(document), webhook_file="/run/secrets/x")
    done = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert ('SEND_CUSTOM="YES"' in text) == ("webhook" in document)
    assert ('SEND_EMAIL="YES"' in text) == ("mail" in document)


def test_a_mail_servers_password_is_read_from_its_file_when_a_mail_is_sent() -> None:
    text = netdata_conf.msmtprc(notify({"mail": {**MAIL, "user": "u"}}).mail, password_file="/run/secrets/p")
    assert "passwordeval cat /run/secrets/p\n" in text
    assert "tls_starttls on" in text
    assert "auth off" in netdata_conf.msmtprc(notify({"mail": MAIL}).mail, password_file="")
    assert "tls_starttls off" in netdata_conf.msmtprc(notify({"mail": {**MAIL, "port": 465}}).mail, password_file="")


def test_a_password_file_holds_any_password() -> None:
    assert pgpass("a:b\\c", host="x_db", port=5432) == "x_db:5432:*:netdata:a\\:b\\\\c\n"
