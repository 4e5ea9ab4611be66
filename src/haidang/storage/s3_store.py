"""The lock store over S3. Needs the extra ``s3``, so only ``store_opening`` imports this, when settings name a store.

Laws: what botocore raises becomes one of our errors here and nowhere else. Nothing is read from the environment or from
files of other programs but proxies: which store, and by which key, is in our settings alone.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any, BinaryIO

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from haidang.core.errors import Conflict, Denied, HaidangError, InvalidInput, NotFound, Unavailable
from haidang.core.units import from_datetime, to_datetime
from haidang.storage.object_lock import PIECE_BYTES, Lock, Version

__all__ = ["S3Store"]

_CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    connect_timeout=5,
    read_timeout=60,
    retries={"total_max_attempts": 2, "mode": "standard"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    ignore_configured_endpoint_urls=True,
)


class S3Store:
    """One bucket. ``ca_file`` "" = whom the system trusts."""

    def __init__(self, endpoint: str, bucket: str, region: str, access_key: tuple[str, str], *, ca_file: str) -> None:
        self._bucket = bucket
        self.place = f"{endpoint.rstrip('/')}/{bucket}"
        session = Session(
            aws_access_key_id=access_key[0], aws_secret_access_key=access_key[1], region_name=region
        )  # fmt: skip
        self._client: Any = session.client("s3", endpoint_url=endpoint, verify=ca_file or True, config=_CONFIG)

    def put(self, key: str, body: BinaryIO, *, sha256: bytes, lock: Lock | None, only_new: bool = True) -> str:
        extra: dict[str, Any] = {"IfNoneMatch": "*"} if only_new else {}
        if lock is not None:
            extra |= {"ObjectLockMode": lock.mode, "ObjectLockRetainUntilDate": to_datetime(lock.until)}
        with _told(f"put {key}"):
            answer = self._client.put_object(
                Bucket=self._bucket, Key=key, Body=body, ChecksumSHA256=base64.b64encode(sha256).decode(), **extra
            )
        version_id = answer.get("VersionId")
        if not version_id:
            raise InvalidInput(f"couldn't keep {key}: the bucket has no versions", code="store_refused")
        return str(version_id)

    def lock_of(self, version: Version) -> Lock | None:
        with _told(f"ask for the lock of {version.key}"):
            try:
                answer = self._client.get_object_retention(
                    Bucket=self._bucket, Key=version.key, VersionId=version.version_id
                )
            except ClientError as error:
                if _code(error) == "NoSuchObjectLockConfiguration":
                    return None
                raise
        found = answer.get("Retention") or {}
        until = found.get("RetainUntilDate")
        return Lock(found["Mode"], from_datetime(until)) if isinstance(until, datetime) else None

    def set_lock(self, version: Version, lock: Lock, *, bypass: bool = False) -> None:
        extra = {"BypassGovernanceRetention": True} if bypass else {}
        with _told(f"lock {version.key}"):
            self._client.put_object_retention(
                Bucket=self._bucket, Key=version.key, VersionId=version.version_id, **extra,
                Retention={"Mode": lock.mode, "RetainUntilDate": to_datetime(lock.until)},
            )  # fmt: skip

    def read(self, version: Version) -> Iterator[bytes]:
        with _told(f"read {version.key}"):
            answer = self._client.get_object(Bucket=self._bucket, Key=version.key, VersionId=version.version_id)
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(PIECE_BYTES)

    def versions(self, prefix: str) -> list[Version]:
        with _told(f"list {prefix}"):
            answer = self._client.list_object_versions(Bucket=self._bucket, Prefix=prefix)
        return [Version(each["Key"], each["VersionId"]) for each in answer.get("Versions", [])] + [
            Version(each["Key"], each["VersionId"], is_marker=True) for each in answer.get("DeleteMarkers", [])
        ]

    def delete(self, key: str, version_id: str = "", *, bypass: bool = False) -> None:
        extra: dict[str, Any] = {"VersionId": version_id} if version_id else {}
        extra |= {"BypassGovernanceRetention": True} if bypass else {}
        with _told(f"delete {key}"):
            self._client.delete_object(Bucket=self._bucket, Key=key, **extra)

    def has_lock(self) -> bool:
        with _told("ask how the bucket locks"):
            return bool(self._lock_configuration().get("ObjectLockEnabled") == "Enabled")

    def rules(self) -> list[str]:
        with _told("ask for the bucket's rules"):
            found = []
            default = self._lock_configuration().get("Rule", {}).get("DefaultRetention")
            if default:
                period = f"{default['Days']} days" if "Days" in default else f"{default.get('Years')} years"
                found.append(f"default lock {default.get('Mode')} {period}")
            try:
                cycle = self._client.get_bucket_lifecycle_configuration(Bucket=self._bucket)
            except ClientError as error:
                if _code(error) != "NoSuchLifecycleConfiguration":
                    raise
            else:
                names = [str(rule.get("ID", "")) for rule in cycle.get("Rules", [])]
                found += [f"life cycle rule {name!r}" for name in names]
        return found

    def _lock_configuration(self) -> dict[str, Any]:
        try:
            answer = self._client.get_object_lock_configuration(Bucket=self._bucket)
        except ClientError as error:
            if _code(error) == "ObjectLockConfigurationNotFoundError":
                return {}
            raise
        found: dict[str, Any] = answer.get("ObjectLockConfiguration") or {}
        return found


@contextmanager
def _told(what: str) -> Iterator[None]:
    """What botocore raises inside, as one of our errors."""
    try:
        yield
    except ClientError as error:
        raise _ours(error, what) from error
    except BotoCoreError as error:
        raise Unavailable(f"couldn't {what}: the store does not answer: {error}", code="store_away") from error


def _ours(error: ClientError, what: str) -> HaidangError:
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    told = f"couldn't {what}: the store says {status} {_code(error)}"
    if status in (409, 412) and _code(error) in ("PreconditionFailed", "ConditionalRequestConflict", "412"):
        return Conflict(told, code="replica_exists")
    if status in (401, 403):
        return Denied(told, code="store_denied")
    if status == 404:
        return NotFound(told, code="replica_missing")
    if 400 <= status < 500 and status not in (408, 429):
        return InvalidInput(told, code="store_refused")
    return Unavailable(told, code="store_away")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
