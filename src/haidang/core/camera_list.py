"""The camera list: how the control plane tells recorders what to record.

The keeper writes ``state/cameras.json`` (atomically replaced); recorder workers re-read it when it
changes and go on with what they have when it is missing or unreadable. It carries no secret in
clear: ``sealed_password`` is core/sealed text.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from haidang.core.errors import InvalidInput
from haidang.core.layout import check_slug
from haidang.core.units import WallUs

__all__ = ["CameraList", "Ingest", "ListedCamera", "check_stream_url", "dump_camera_list", "parse_camera_list"]

Ingest = Literal["native", "libav"]


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """One camera. URLs carry no user, no password."""

    camera: str
    site: str
    main_url: str
    sub_url: str | None
    username: str = ""
    sealed_password: str = ""
    ingest: Ingest = "native"
    #: rtsps only: SHA-256 hex of the camera's certificate (DER); "" trusts the system's authorities.
    tls_sha256: str = ""


@dataclass(frozen=True, slots=True)
class CameraList:
    published_at: WallUs
    cameras: tuple[ListedCamera, ...]


def check_stream_url(text: str) -> str:
    """Return ``text`` if it is an rtsp(s) URL without user or password; raise InvalidInput if not."""
    try:
        parts = urlsplit(text)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        port_ok, parts = False, urlsplit("")
    if parts.scheme not in ("rtsp", "rtsps") or not parts.hostname or not port_ok:
        raise InvalidInput(
            f"couldn't use {_shown(text)!r}: an address like rtsp://host:554/path", code="invalid_stream_url"
        )
    if parts.username is not None or parts.password is not None or any(c.isspace() or ord(c) < 32 for c in text):
        raise InvalidInput(
            "couldn't use the address: give user and password in their own fields, and no spaces",
            code="credentials_in_url",
        )
    return text


def _shown(text: str) -> str:
    """The address without anything before an @, which may be a password."""
    return text.rpartition("@")[2][:200]


def dump_camera_list(cameras: CameraList) -> str:
    return json.dumps(asdict(cameras), ensure_ascii=False, indent=1)


def parse_camera_list(text: str) -> CameraList:
    """Read the list; raises InvalidInput (``camera_list``) naming what is wrong."""
    try:
        data = json.loads(text)
        cameras = tuple(_listed(entry) for entry in data["cameras"])
        published_at = WallUs(int(data["published_at"]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise InvalidInput(f"couldn't read the camera list: {error!r}", code="camera_list") from error
    seen: set[str] = set()
    for camera in cameras:
        if camera.camera in seen:
            raise InvalidInput(f"couldn't read the camera list: {camera.camera} is in it twice", code="camera_list")
        seen.add(camera.camera)
    return CameraList(published_at, cameras)


def _listed(entry: dict[str, Any]) -> ListedCamera:
    camera = ListedCamera(**entry)
    for name, value in asdict(camera).items():
        if not isinstance(value, str) and (name, value) != ("sub_url", None):
            raise InvalidInput(f"couldn't read the camera list: {name} of a camera is no text", code="camera_list")
    check_slug(camera.camera, "a camera id")
    check_slug(camera.site, "a site")
    for url in (camera.main_url, camera.sub_url):
        if url is not None:
            check_stream_url(url)
    if camera.ingest not in get_args(Ingest):
        raise InvalidInput(f"couldn't use ingest {camera.ingest!r} of {camera.camera}", code="camera_list")
    return camera
