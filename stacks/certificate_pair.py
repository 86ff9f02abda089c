"""A certificate and its key, as PEM text: whether a server can use them.

Takes the texts, says what is wrong in words that show neither. Apart from the secrets' reader, which knows of the stack
config; Traefik itself would take a pair that does not fit without a word and serve its self-signed certificate. Pure.
"""

from __future__ import annotations

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
