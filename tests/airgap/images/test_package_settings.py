"""The host's package settings reach a build, and only what has a meaning there."""

from pathlib import Path

import pytest

from airgap.images.package_settings import (
    ca_bundle,
    go_configuration,
    go_files,
    netrc,
    npm_configuration,
    npm_files,
    pip_configuration,
    pip_files,
    proxy_variables,
)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def options(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.replace("\n  ", " ").splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def test_pip_settings_of_later_files_and_then_of_the_environment_win(tmp_path: Path) -> None:
    first = written(tmp_path, "a", "[global]\nindex-url = http://a.example/simple\ntimeout = 5\n")
    second = written(tmp_path, "b", "[install]\nindex-url = http://b.example/simple\nretries = 2\n")
    text = pip_configuration({"PIP_RETRIES": "9"}, [first, second], has_ca=False)
    found = options(text)
    assert (found["index-url"], found["timeout"], found["retries"]) == ("http://b.example/simple", "5", "9")


def test_pip_lists_keep_all_their_entries(tmp_path: Path) -> None:
    path = written(tmp_path, "a", "[global]\nextra-index-url =\n  http://a.example/simple\n  http://b.example/simple\n")
    found = options(pip_configuration({}, [path], has_ca=False))
    assert found["extra-index-url"] == "http://a.example/simple http://b.example/simple"


def test_pip_settings_that_mean_something_only_on_the_host_stay_there(tmp_path: Path) -> None:
    path = written(tmp_path, "a", "[global]\ncert = /host/ca.pem\ncache-dir = /host/cache\ntarget = /host\n")
    environment = {"PIP_FIND_LINKS": "/opt/wheels https://w.example/links", "PIP_DEFAULT_TIMEOUT": "180"}
    text = pip_configuration(environment, [path], has_ca=True)
    assert "/host" not in text
    assert "/opt/wheels" not in text
    found = options(text)
    assert (found["find-links"], found["timeout"]) == ("https://w.example/links", "180")
    assert found["cert"] == "/run/secrets/ca"


def test_pip_reads_no_file_when_the_host_says_so() -> None:
    assert pip_files({"PIP_CONFIG_FILE": "/dev/null", "HOME": "/root"}) == []


def test_npm_settings_carry_registries_scopes_credentials_and_proxies_only(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "npmrc",
        "; comment\nregistry=http://r.example/\n@our:registry=http://o.example/\n//o.example/:_authToken=${TOKEN}\n"
        "cafile=/host/ca.pem\ncache=/host/cache\nnodedir=/usr\n",
    )
    text = npm_configuration({"TOKEN": "tk", "npm_config_https_proxy": "http://p.example"}, [path], has_ca=True)
    assert text.splitlines() == [
        "registry=http://r.example/",
        "@our:registry=http://o.example/",
        "//o.example/:_authToken=tk",
        "https-proxy=http://p.example",
        "cafile=/run/secrets/ca",
    ]


def test_the_users_npmrc_is_the_one_that_the_environment_names(tmp_path: Path) -> None:
    path = written(tmp_path, "mine", "")
    assert npm_files({"NPM_CONFIG_USERCONFIG": str(path), "HOME": "/nowhere"})[-1] == path


def test_go_settings_of_the_file_reach_the_build_and_those_of_the_environment_win(tmp_path: Path) -> None:
    path = written(tmp_path, "env", "GOPROXY=http://a.example\nGONOSUMDB=a.example\nGOMODCACHE=/host/modules\n")
    text = go_configuration({"GOPROXY": "http://b.example,direct", "GOCACHE": "/host/objects"}, [path])
    assert text == "GONOSUMDB=a.example\nGOPROXY=http://b.example,direct\n"


def test_go_settings_that_mean_something_only_on_the_host_stay_there() -> None:
    environment = {"GOPROXY": "file:///host/modules|http://p.example,off", "GOFLAGS": "-modfile=/host/go.mod -v"}
    assert go_configuration(environment, []) == "GOFLAGS=-v\nGOPROXY=http://p.example,off\n"


def test_go_reads_no_file_when_the_host_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, "env", "")
    assert go_files({"GOENV": str(path)}) == [path]
    assert go_files({"GOENV": "off", "HOME": "/root"}) == []


def test_credentials_by_host_are_taken_from_where_the_environment_says(tmp_path: Path) -> None:
    path = written(tmp_path, "mine", "")
    assert netrc({"NETRC": str(path), "HOME": "/nowhere"}) == path
    assert netrc({"HOME": "/nowhere"}) is None


def test_the_ca_bundle_is_the_one_that_the_hosts_programs_use(tmp_path: Path) -> None:
    bundle = written(tmp_path, "ca.pem", "x")
    assert ca_bundle({"SSL_CERT_FILE": str(tmp_path / "absent"), "PIP_CERT": str(bundle)}) == bundle


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "no_proxy"])
def test_proxy_variables_are_passed_by_name(name: str) -> None:
    assert proxy_variables({name: "http://user:pw@p.example", "PATH": "/bin", "HTTPS_PROXY": ""}) == [name]
