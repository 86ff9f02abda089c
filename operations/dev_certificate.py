"""The ingress's own certificate in a stack whose file is generated: from this machine's authority, renewed in time.

Takes a pulumi and the settings; puts certificate and key into the stack as secrets, and gives in words what it did. A
stack whose file is in git, and a certificate that a person put there, are left alone.
"""

from pathlib import Path

from operations import authority, stack_file
from operations.home import linked_file, template_of
from operations.pulumi_process import Pulumi
from stacks import host_names
from stacks.settings import Settings

CERTIFICATE, KEY = "llmproxy:tls-certificate", "llmproxy:tls-key"
# By which monitoring tells the certificate from one that nobody trusts.
AUTHORITY = "llmproxy:tls-authority"


def ensure(pulumi: Pulumi, settings: Settings) -> str | None:
    """Puts a certificate in where one is wanted and is missing, ends soon or is for other names; tells which."""
    if not is_wanted(pulumi.places.clone, pulumi.home.stack, settings):
        return None
    config = stack_file.read_config(linked_file(pulumi.places.clone, pulumi.home.stack))
    hosts, present = hosts_of(settings), None
    if CERTIFICATE in config and KEY in config:
        present = pulumi.ask("config", "get", CERTIFICATE)
        if not authority.is_ours(present):
            return None
    signer = authority.ensure(authority.file_in(pulumi.places.home).parent)
    why = "there was none" if present is None else authority.why_due(present, signer, hosts)
    if why is None and AUTHORITY not in config:
        why = "monitoring did not know who signs it"
    if why is None:
        return None
    signed = authority.issue(signer, hosts)
    # The key last: a run that is killed in between finds none, and makes both anew.
    if KEY in config:
        pulumi.ask("config", "rm", KEY)
    pulumi.ask("config", "set", "--secret", CERTIFICATE, secret=signed.certificate)
    pulumi.ask("config", "set", "--secret", AUTHORITY, secret=signer.file.read_text(encoding="ascii"))
    pulumi.ask("config", "set", "--secret", KEY, secret=signed.key)
    return f"made for {', '.join(hosts)} ({why}), signed by {signer.file}"


def is_wanted(clone: Path, stack: str, settings: Settings) -> bool:
    """Whether the stack's certificate is one that this program makes."""
    is_generated = template_of(clone, stack).exists()
    return is_generated and settings.traefik.enabled and settings.ingress.certificate == "own"


def hosts_of(settings: Settings) -> list[str]:
    """All host names that the ingress may get, so that switching a service on asks for no other certificate."""
    own = host_names.by_service(settings)
    names = [own.get(service) or host_names.host(settings, service, None) for service in host_names.FIRST_LABELS]
    return [*dict.fromkeys(names), "localhost"]


def trust(file: str) -> str:
    """How a machine comes to trust the authority, in words."""
    return (
        f"cp {file} /usr/local/share/ca-certificates/llmproxy-dev.crt && update-ca-certificates (a browser: import "
        f"{file} as an authority)"
    )
