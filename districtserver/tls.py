"""A certificate authority of the district's own, and the server's certificate from it."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from districtserver import clock
from districtserver.files import write_public, write_secret

CA, CA_KEY, CERTIFICATE, KEY = "tls/ca.pem", "tls/ca.key", "tls/server.pem", "tls/server.key"


def make_missing(base: Path, hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "::1")) -> None:
    """Make CA, server key and certificate for ``hosts`` under ``base`` unless they are there."""
    if (base / CERTIFICATE).exists():
        return
    for leftover in (CA_KEY, KEY):
        (base / leftover).unlink(
            missing_ok=True
        )  # of a start that was killed before the certificate was written
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _authority(ca_key)
    certificate = _certificate(ca, ca_key, key, hosts)
    write_secret(base / CA_KEY, _pem(ca_key))
    write_secret(base / KEY, _pem(key))
    write_public(base / CA, ca.public_bytes(Encoding.PEM))
    write_public(base / CERTIFICATE, certificate.public_bytes(Encoding.PEM))


def ca_pem(base: Path) -> str:
    """The CA's certificate, empty where a public one is used."""
    path = base / CA
    return path.read_text(encoding="ascii") if path.exists() else ""


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    start = clock.now() - timedelta(days=1)
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(_name("fieldapp district CA"))
        .issuer_name(_name("fieldapp district CA"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _certificate(
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    hosts: tuple[str, ...],
) -> x509.Certificate:
    start = clock.now() - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(hosts[0]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=825))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
