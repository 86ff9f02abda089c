"""A certificate and its key, as PEM text: whether a server can use them.

Takes the texts, says what is wrong in words that show neither. Apart from the secrets' reader, which knows of the stack
config; Traefik itself would take a pair that does not fit without a word and serve its self-signed certificate. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key


def certificate_fault(text: str) -> str | None:
    """Says what is wrong with a certificate (its chain may follow it); None when nothing is."""
    try:
        x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        return "it holds no PEM certificate that can be read"
    return None


def key_fault(text: str) -> str | None:
    """Says what is wrong with a private key; None when nothing is."""
    try:
        load_pem_private_key(text.encode(), password=None)
    except TypeError:
        return "it is encrypted with a passphrase, which Traefik cannot ask for"
    except ValueError:
        return "it holds no PEM private key that can be read"
    return None


def fits(certificate: str, key: str) -> bool:
    """Whether the key is that of the (first) certificate; both are readable."""
    public = load_pem_private_key(key.encode(), password=None).public_key()
    certified = x509.load_pem_x509_certificates(certificate.encode())[0].public_key()
    encoding = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return certified.public_bytes(*encoding) == public.public_bytes(*encoding)


def doubts(certificate: str, hosts: Iterable[str], now: datetime) -> list[str]:
    """Says what of a readable certificate a browser would not take: it has ended, or names a host name nowhere."""
    first = x509.load_pem_x509_certificates(certificate.encode())[0]
    ends = first.not_valid_after_utc
    found = [f"it ended on {ends:%Y-%m-%d}"] if ends <= now else []
    others = [host for host in hosts if not any(_covers(name, host) for name in _names(first))]
    return found + ([f"it is not for {', '.join(others)}"] if others else [])


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return alternatives.value.get_values_for_type(x509.DNSName)


def _covers(name: str, host: str) -> bool:
    """Whether a name of a certificate is for a host; its star stands for one label."""
    name, host = name.lower(), host.lower()
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])
