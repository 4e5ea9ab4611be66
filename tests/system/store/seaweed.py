"""A real store with Object Lock on loopback: SeaweedFS, over TLS with a certificate of its own."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from haidang.core.settings import StoreSettings
from haidang.storage.object_lock import LockStore
from haidang.storage.store_opening import open_store
from system.waiting import eventually

BUCKET = "evidence"
IDENTITIES = {
    "identities": [
        {"name": name, "credentials": [{"accessKey": name, "secretKey": f"{name}-secret"}], "actions": actions}
        for name, actions in (
            ("admin", ["Admin"]),
            ("recorder", [f"{right}:{BUCKET}" for right in (
                "Read", "List", "Write", "PutObjectRetention", "GetObjectRetention",
            )]),
        )
    ]
}  # fmt: skip


def free_ports(count: int) -> list[int]:
    """Ports that nobody has: all held at once, so that none comes twice."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in held]


def make_certificate(folder: Path) -> None:
    """``ca.pem`` and ``key.pem`` of 127.0.0.1, its own authority."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kho")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip


@dataclass(slots=True)
class Seaweed:
    """``home`` is also a host's directory, with settings and keys of the store."""

    home: Path
    port: int = 0
    filer_port: int = 0
    _running: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        (self.home / "data").mkdir(exist_ok=True)
        make_certificate(self.home)
        (self.home / "s3.json").write_text(json.dumps(IDENTITIES))
        roles = ("master.port", "volume.port", "filer.port", "s3.port")
        ports = dict(zip([*roles, *(f"{role}.grpc" for role in roles)], free_ports(8), strict=True))
        self.port, self.filer_port = ports["s3.port"], ports["filer.port"]
        options = [f"-{name}={port}" for name, port in ports.items()]
        with (self.home / "weed.out").open("wb") as output:
            self._running = subprocess.Popen(
                [
                    str(Path(sys.executable).parent / "weed"), "-logtostderr=true", "server", "-dir=data", *options,
                    "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-s3", "-s3.config=s3.json",
                    "-s3.cert.file=ca.pem", "-s3.key.file=key.pem", "-s3.port.iceberg=0", "-s3.port.lance=0",
                    "-master.volumeSizeLimitMB=64", "-volume.max=20",
                ],
                cwd=self.home, stdout=output, stderr=output,
            )  # fmt: skip
        self._be_a_host()
        eventually(self._made, "the bucket", 60)

    def stop(self) -> None:
        """SIGKILL: it takes half a minute to end by itself."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    @property
    def settings(self) -> str:
        return (
            f'[store]\nendpoint = "https://127.0.0.1:{self.port}"\nbucket = "{BUCKET}"\nprefix = "quy-nhon"\n'
            f'ca_file = "{self.home}/ca.pem"\naccess_key_file = "{self.home}/secrets/recorder.key"\n'
        )

    def store(self, *, key: str = "recorder", ca_file: str = "ca.pem") -> LockStore:
        settings = StoreSettings(f"https://127.0.0.1:{self.port}", BUCKET, ca_file=ca_file)
        return open_store(settings, self.home, access_key_file=f"secrets/{key}.key")

    def destroy(self, key: str, version_id: str) -> None:
        """What root at the store can do beside S3: one request to the filer, and no lock is asked."""
        address = f"http://127.0.0.1:{self.filer_port}/buckets/{BUCKET}/{key}.versions/v_{version_id}"
        with urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=10) as answer:
            assert answer.status == 204

    def _be_a_host(self) -> None:
        (self.home / "secrets").mkdir(exist_ok=True)
        for name in ("admin", "recorder"):
            path = self.home / "secrets" / f"{name}.key"
            path.touch(mode=0o600)
            path.write_text(f"{name}\n{name}-secret\n")
        (self.home / "haidang.toml").write_text(self.settings)

    def _made(self) -> bool:
        client = boto3.client(
            "s3", endpoint_url=f"https://127.0.0.1:{self.port}", verify=str(self.home / "ca.pem"),
            region_name="us-east-1", aws_access_key_id="admin", aws_secret_access_key="admin-secret",
        )  # fmt: skip
        try:
            client.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
        except (BotoCoreError, client.exceptions.ClientError):
            return False
        return True
