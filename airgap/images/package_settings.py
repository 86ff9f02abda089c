"""The host's package settings, in the form in which they reach a build without staying in an image.

Takes the environment and the configuration files of pip, npm and Go, gives the text of one pip.conf, one npmrc and one
go.env with what matters for reaching a registry: addresses, credentials, proxies, trust. The build mounts them as
secrets, with the host's CA bundle beside them. What only makes sense on the host (cache folders, local paths) is left
out.
"""

import configparser
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

CA_IN_BUILD = "/run/secrets/ca"

_PIP_OPTIONS = ("index-url", "extra-index-url", "find-links", "trusted-host", "proxy", "timeout", "retries")
_PIP_SECTIONS = ("global", "install")
_NPM_OPTIONS = (
    "registry",
    "strict-ssl",
    "proxy",
    "https-proxy",
    "http-proxy",
    "noproxy",
    "fetch-retries",
    "fetch-timeout",
)
_GO_VARIABLES = (
    "GOAUTH",
    "GOFLAGS",
    "GOINSECURE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOPRIVATE",
    "GOPROXY",
    "GOSUMDB",
)
_CA_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE")
_SYSTEM_CA = "/etc/ssl/certs/ca-certificates.crt"
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")


def ca_bundle(environment: Mapping[str, str]) -> Path | None:
    """The CA bundle that the host's own programs use, or None where there is none."""
    for name in (*(environment.get(variable, "") for variable in _CA_VARIABLES), _SYSTEM_CA):
        if name and Path(name).is_file():
            return Path(name)
    return None


def proxy_variables(environment: Mapping[str, str]) -> list[str]:
    """Names of the proxy variables that are set; builders know them and keep them out of images."""
    return sorted(name for name in environment if name.lower() in _PROXY_VARIABLES and environment[name])


def pip_configuration(environment: Mapping[str, str], files: Iterable[Path], *, has_ca: bool) -> str:
    """The text of a pip.conf equal in effect to the host's pip settings; later files win, the environment over all."""
    found: dict[str, list[str]] = {}
    for path in files:
        parser = configparser.RawConfigParser()
        parser.read(path, encoding="utf-8")
        for section in _PIP_SECTIONS:
            options = parser[section] if parser.has_section(section) else {}
            found.update({_pip_name(name): value.split() for name, value in options.items()})
    for variable, value in environment.items():
        if variable.startswith("PIP_"):
            found[_pip_name(variable.removeprefix("PIP_"))] = value.split()
    found["find-links"] = [link for link in found.get("find-links", []) if re.match(r"https?://", link)]
    lines = [f"{name} = " + "\n  ".join(found[name]) for name in _PIP_OPTIONS if found.get(name)]
    lines += [f"cert = {CA_IN_BUILD}"] if has_ca else []
    return "\n".join(["[global]", "disable-pip-version-check = true", *lines, ""])


def npm_configuration(environment: Mapping[str, str], files: Iterable[Path], *, has_ca: bool) -> str:
    """The text of an npmrc equal in effect to the host's npm settings; later files win, the environment over all."""
    found: dict[str, str] = {}
    for path in files:
        found.update(_npm_lines(path.read_text(encoding="utf-8").splitlines(), environment))
    for variable, value in environment.items():
        if variable.lower().startswith("npm_config_"):
            found[variable[len("npm_config_") :].lower().replace("_", "-")] = value
    lines = [f"{name}={value}" for name, value in found.items() if name in _NPM_OPTIONS or name[0] in "@/"]
    lines += [f"cafile={CA_IN_BUILD}"] if has_ca else []
    return "\n".join([*lines, ""])


def go_configuration(environment: Mapping[str, str], files: Iterable[Path]) -> str:
    """The text of a go.env equal in effect to the host's Go settings; later files win, the environment over all."""
    found: dict[str, str] = {}
    for path in files:
        pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines())
        found.update({name.strip(): value.strip() for name, _, value in pairs})
    found.update({name: value for name, value in environment.items() if value})
    proxies = re.findall(r"([^,|]+)([,|]?)", found.get("GOPROXY", ""))
    reachable = [f"{address}{then}" for address, then in proxies if not address.startswith("file:")]
    flags = [flag for flag in found.get("GOFLAGS", "").split() if "=/" not in flag]
    kept = {**found, "GOPROXY": "".join(reachable).rstrip(",|"), "GOFLAGS": " ".join(flags)}
    return "".join(f"{name}={kept[name]}\n" for name in _GO_VARIABLES if kept.get(name))


def go_files(environment: Mapping[str, str]) -> list[Path]:
    """Go's configuration files of this machine, in Go's order."""
    named = environment.get("GOENV", "")
    if named == "off":  # Go's own way to say: no file at all
        return []
    home = Path(environment.get("HOME", "/"))
    configuration = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    return _existing([Path(named) if named else configuration / "go/env"])


def netrc(environment: Mapping[str, str]) -> Path | None:
    """The file in which this machine keeps credentials by host, which Go and pip read, or None."""
    named = environment.get("NETRC")
    path = Path(named) if named else Path(environment.get("HOME", "/")) / ".netrc"
    return path if path.is_file() else None


def pip_files(environment: Mapping[str, str]) -> list[Path]:
    """pip's configuration files of this machine, in pip's order."""
    home = Path(environment.get("HOME", "/"))
    configuration = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    candidates = [
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
        home / ".pip/pip.conf",
        configuration / "pip/pip.conf",
    ]
    named = environment.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:  # pip's own way to say: no file at all
        return []
    return _existing([*candidates, *([Path(named)] if named else [])])


def npm_files(environment: Mapping[str, str]) -> list[Path]:
    """npm's configuration files of this machine, in npm's order."""
    system = [Path("/etc/npmrc"), Path("/usr/etc/npmrc"), Path("/usr/local/etc/npmrc")]
    user = environment.get("NPM_CONFIG_USERCONFIG") or environment.get("npm_config_userconfig")
    return _existing([*system, Path(user) if user else Path(environment.get("HOME", "/")) / ".npmrc"])


def _existing(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.is_file()]


def _pip_name(name: str) -> str:
    plain = name.lower().replace("_", "-")
    return "timeout" if plain == "default-timeout" else plain


def _npm_lines(lines: Iterable[str], environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, equals, value = line.strip().partition("=")
        if equals and name[:1] not in ("", "#", ";"):
            expanded = re.sub(r"\$\{(\w+)\}", lambda match: environment.get(match[1], match[0]), value.strip())
            yield name.strip(), expanded.strip('"')
