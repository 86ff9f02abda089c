"""A certificate authority of this machine's own, so that dev has HTTPS without asking anybody.

Takes a folder and host names; gives a certificate for them, signed by the authority in the folder, its files 0600.
Whoever trusts the authority once, trusts every later certificate. Apart from what puts the certificate into a stack.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from operations.errors import OperationsError
from operations.home import write_private
from operations.locations import private_folder

CERTIFICATE_FILE, KEY_FILE = "ca.pem", "ca-key.pem"
NAME = "llmproxy dev authority"
AUTHORITY_DAYS = 3650
# The longest that browsers take, whoever signed it.
CERTIFICATE_DAYS = 397
RENEW_BEFORE = timedelta(days=30)
# A clock that is a little behind takes the certificate all the same.
BACKDATED = timedelta(hours=1)


@dataclass(frozen=True)
class Signed:
    """A certificate with its key, both as PEM."""

    certificate: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class Authority:
    """Who signs.

    Attributes:
        file: Its certificate, for those who trust it.
        is_new: Whether it was made just now.
    """

    file: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    is_new: bool = False


def file_in(home: Path) -> Path:
    """Where the authority of a $LLMPROXY_HOME is, or would be."""
    return home / "authority" / CERTIFICATE_FILE


def ensure(folder: Path, now: datetime | None = None) -> Authority:
    """The authority in the folder; made where there is none, or only one that ends soon.

    Raises:
        OperationsError: What lies there is not an authority of ours.
    """
    at, file, key_file = now or datetime.now(UTC), folder / CERTIFICATE_FILE, folder / KEY_FILE
    if file.exists() and key_file.exists():
        found = _read(file, key_file)
        if found.certificate.not_valid_after_utc - at > RENEW_BEFORE:
            return found
    private_folder(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    builder = _builder(name, name, key.public_key(), at, AUTHORITY_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    # The key first: a certificate without its key would be taken for the authority and could sign nothing.
    write_private(key_file, _key_pem(key))
    write_private(file, _pem(certificate))
    return Authority(file, certificate, key, is_new=True)


def issue(authority: Authority, hosts: Sequence[str], now: datetime | None = None) -> Signed:
    """A certificate for the host names, of which the first is its common name."""
    at, key = now or datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
    # A common name has 64 signs at most; clients read the alternative names.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
    builder = _builder(subject, authority.certificate.subject, key.public_key(), at, CERTIFICATE_DAYS)
    for extension, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (_usage(signs_certificates=False), True),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), False),
    ):
        builder = builder.add_extension(extension, critical=critical)
    return Signed(_pem(builder.sign(authority.key, hashes.SHA256())), _key_pem(key))


def why_due(certificate: str, authority: Authority, hosts: Sequence[str], now: datetime | None = None) -> str | None:
    """Why another certificate is wanted in place of one that this or an earlier authority of ours signed, or None."""
    found = x509.load_pem_x509_certificate(certificate.encode())
    try:
        found.verify_directly_issued_by(authority.certificate)
    except (InvalidSignature, ValueError):
        return "its authority is another one now"
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
        x509.DNSName
    )
    if set(names) != set(hosts):
        return "the host names are others now"
    left = found.not_valid_after_utc - (now or datetime.now(UTC))
    return f"it ends in {max(left.days, 0)} days" if left < RENEW_BEFORE else None


def is_ours(certificate: str) -> bool:
    """Whether an authority of ours signed it; else somebody chose it, and it is left alone."""
    try:
        found = x509.load_pem_x509_certificate(certificate.encode())
    except ValueError:
        return False
    return any(each.value == NAME for each in found.issuer.get_attributes_for_oid(NameOID.COMMON_NAME))


def _read(file: Path, key_file: Path) -> Authority:
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except ValueError as error:
        raise OperationsError(
            f"{file.parent}: found no certificate with its key; remove the folder: {error}"
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise OperationsError(f"{key_file}: found another key than that of {file.name}; remove the folder")
    return Authority(file, certificate, key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    begin = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    dated = begin.not_valid_before(now - BACKDATED).not_valid_after(now - BACKDATED + timedelta(days=days))
    identifier = x509.SubjectKeyIdentifier.from_public_key(key)
    return dated.serial_number(x509.random_serial_number()).add_extension(identifier, critical=False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
