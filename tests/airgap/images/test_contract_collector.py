"""The contract collector reads go.d.plugin's job files and speaks Netdata's protocol, with go.d.plugin's names."""

from __future__ import annotations

import io
import json
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from airgap.images.netdata.contract_collector import metrics, ports, websites
from airgap.images.netdata.contract_collector.job_files import Job, JobFiles, parse
from airgap.images.netdata.contract_collector.protocol import Chart, Dimension, Output
from tests.edge.certificates import Authority

CHART = Chart("status", "It's up", "boolean", "status", "portcheck.status", [Dimension("ok", "success")], {"port": "1"})


def put(folder: Path, module: str, text: str, changed: int) -> None:
    path = folder / "go.d" / f"{module}.conf"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=(changed, changed))


def test_a_watched_file_is_read_again_when_it_changes_and_another_only_once(tmp_path: Path) -> None:
    for module in ("postgres", "httpcheck"):
        put(tmp_path, module, "jobs:\n  - name: one\n", 1)
    files = JobFiles(tmp_path, ["postgres", "httpcheck", "absent"], f"{tmp_path}/go.d/post*.conf")
    assert {job.full_name for job in files.jobs()} == {"postgres_one", "httpcheck_one"}
    for module in ("postgres", "httpcheck"):
        put(tmp_path, module, "jobs:\n  - name: two\n", 2)
    assert {job.full_name for job in files.jobs()} == {"postgres_two", "httpcheck_one"}
    put(tmp_path, "postgres", "jobs: []\n", 3)
    assert {job.full_name for job in files.jobs()} == {"httpcheck_one"}


def test_a_job_is_the_same_one_as_long_as_all_of_its_options_are() -> None:
    first, second, other = (parse("postgres", f"jobs:\n  - name: a\n    dsn: {dsn}\n")[0] for dsn in ("x", "x", "y"))
    assert first == second != other


def test_names_are_written_as_the_plugin_writes_them() -> None:
    (job,) = parse("x509check", "jobs:\n  - name: llm.example.com\n")
    assert job.full_name == "x509check_llm_example_com"


def test_a_chart_is_told_in_netdatas_words_and_no_text_breaks_out_of_its_quotes() -> None:
    stream = io.StringIO()
    output = Output(stream)
    output.create("portcheck_db", "portcheck", 5, CHART)
    output.values("portcheck_db", CHART, {"ok": 1, "unknown": 2})
    output.remove("portcheck_db", "portcheck", 5, CHART)
    lines = stream.getvalue().splitlines()
    assert lines[0] == (
        "CHART 'portcheck_db.status' '' 'Its up' 'boolean' 'status' 'portcheck.status' 'line' "
        "70000 5 '' 'contract-collector' 'portcheck'"
    )
    assert "DIMENSION 'ok' 'success' absolute 1 1" in lines
    assert lines[5:8] == ["BEGIN 'portcheck_db.status'", "SET 'ok' = 1", "END"]
    assert "'obsolete'" in lines[8]


def test_prometheus_series_have_the_plugins_ids() -> None:
    page = '# TYPE llmproxy_job_late gauge\nllmproxy_job_late{job="a b"} 1\n# TYPE c counter\nc_total 2\nuntyped 3\n'
    assert [series.identity for series in metrics.parse(page)] == ["llmproxy_job_late-job=a_b", "c_total"]


def test_a_port_that_nobody_listens_on_is_a_value_and_no_fault() -> None:
    job = Job("portcheck", '{"name": "x", "host": "127.0.0.1", "ports": [1]}')
    ((chart, values),) = ports.collect(job)
    assert chart.context == "portcheck.status"
    assert values == {"tcp_port_1_success": 0, "tcp_port_1_failed": 1, "tcp_port_1_timeout": 0}


class Elsewhere(BaseHTTPRequestHandler):
    """Leads everyone to where nobody is."""

    def do_HEAD(self) -> None:
        self.send_response(302)
        self.send_header("Location", "https://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def served(authority: Authority, folder: Path) -> Iterator[str]:
    pair = authority.issue("127.0.0.1")
    file = folder / "pair.pem"
    file.write_text(pair.certificate + pair.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def state(url: str, **options: object) -> str:
    given = {"name": "x", "url": url, "method": "HEAD", "not_follow_redirects": True, "timeout": 5, **options}
    (_, values), *_ = websites.collect(Job("httpcheck", json.dumps(given)))
    (found,) = [name for name, value in values.items() if value]
    return found


def test_a_website_that_is_not_trusted_has_no_connection_as_in_the_plugin(tmp_path: Path) -> None:
    authority, other = Authority(), Authority()
    files = {}
    for name, each in {"theirs": authority, "other": other}.items():
        files[name] = tmp_path / f"{name}.pem"
        files[name].write_text(each.certificate)
    with served(authority, tmp_path) as url:
        assert state(url) == "no_connection"
        assert state(url, tls_ca=str(files["other"])) == "no_connection"
        assert state(url, tls_ca=str(files["theirs"])) == "redirect"
        assert state(url, tls_skip_verify=True) == "redirect"
