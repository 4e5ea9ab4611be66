"""A time stamp authority in a folder: OpenSSL answers requests, with certificates drawn here. No network."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = {digests}
accuracy = secs:1
ess_cert_id_alg = sha256
{more}
"""
#: Longer than the root's, so that OpenSSL's order (signer first) is not DER's (shorter first).
SIGNER = "Dấu thời gian dùng để thử của Hải Đăng"


@dataclass(frozen=True, slots=True)
class Authority:
    """Its root is ``root.pem``."""

    folder: Path

    @property
    def roots(self) -> Path:
        return self.folder / "root.pem"

    def answer(self, request: bytes, *, digests: str = "sha256", more: str = "") -> bytes:
        """``more``: further lines of OpenSSL's settings, such as ``certs = root.pem``."""
        (self.folder / "tsa.cnf").write_text(_CONFIG.format(digests=digests, more=more))
        (self.folder / "request.tsq").write_bytes(request)
        words = ["-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "response.tsr"]
        subprocess.run(["openssl", "ts", *words], cwd=self.folder, check=True, capture_output=True, timeout=20)
        return (self.folder / "response.tsr").read_bytes()


def make_authority(folder: Path, *, until: timedelta = timedelta(days=1)) -> Authority:
    """``until``: from now on how long its signer's certificate is good."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    root_key, signer_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _named("Goc")
    root = _certificate(root_name, root_name, root_key, now + timedelta(days=2), is_root=True).sign(
        root_key, hashes.SHA256()
    )
    signer = _certificate(_named(SIGNER), root_name, signer_key, now + until, is_root=False).sign(
        root_key, hashes.SHA256()
    )
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    (folder / "signer.pem").write_bytes(signer.public_bytes(pem))
    (folder / "signer.key").write_bytes(
        signer_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "serial").write_text("01\n")
    return Authority(folder)


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime, *, is_root: bool
) -> x509.CertificateBuilder:
    uses = x509.KeyUsage(
        digital_signature=not is_root, content_commitment=not is_root, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=is_root, crl_sign=is_root, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(datetime.now(UTC) - timedelta(days=3))
        .not_valid_after(until).add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(uses, critical=True)
    )  # fmt: skip
    if is_root:
        return builder
    return builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
