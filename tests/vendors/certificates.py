"""Certificates made on the spot: a site's own root, and servers' certificates good and bad."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A root: its certificate's file, and what signs."""

    file: Path
    name: x509.Name
    key: ec.EllipticCurvePrivateKey


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make_authority(folder: Path) -> Authority:
    """A root certificate in a file."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), _name("Site root"), datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 900 * DAY)
        .not_valid_after(now + 900 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    file = folder / "site-root.pem"
    signed = builder.sign(key, hashes.SHA256())
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return Authority(file, name, key)


def server_context(
    folder: Path,
    authority: Authority | None,
    *,
    starts_in_days: int = -1,
    ends_in_days: int = 30,
    host: str = "127.0.0.1",
) -> ssl.SSLContext:
    """A server's side; signed by itself without an authority."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), _name("server"), datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address(host))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(authority.name if authority else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + starts_in_days * DAY)
        .not_valid_after(now + ends_in_days * DAY)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(authority.key if authority else key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
