"""Reads of cameras: which an account may know of, and the list that recorders get."""

from __future__ import annotations

from haidang.accounts.authority import Authority, authority
from haidang.accounts.models import Account
from haidang.cameras.entities import camera_resource
from haidang.cameras.models import Camera, Site
from haidang.core.camera_list import CameraList, Ingest, ListedCamera
from haidang.core.errors import NotFound
from haidang.core.units import WallUs

__all__ = ["all_cameras", "camera_list", "known_camera", "sites", "visible_cameras"]

_INGESTS: dict[str, Ingest] = {"native": "native", "libav": "libav"}


def all_cameras() -> list[Camera]:
    """Every camera in use, in the order of sites; one query."""
    return list(Camera.objects.select_related("site").filter(is_active=True))


def sites() -> list[Site]:
    return list(Site.objects.all())


def visible_cameras(account: Account, *, now: WallUs, door: Authority | None = None) -> list[Camera]:
    """The cameras that the account may know of, in order; two queries, one with ``door`` given."""
    door = door or authority()
    cameras = all_cameras()
    allowed = door.allowed(account, "know_camera", [camera_resource(camera) for camera in cameras], now=now)
    return [camera for camera, known in zip(cameras, allowed, strict=True) if known]


def known_camera(account: Account, slug: str, *, now: WallUs, door: Authority | None = None) -> Camera:
    """The camera, if the account may know of it; otherwise the same NotFound as for one that does not exist."""
    door = door or authority()
    camera = Camera.objects.select_related("site").filter(slug=slug, is_active=True).first()
    if camera is None or not door.decide(account, "know_camera", camera_resource(camera), now=now).allowed:
        raise NotFound("couldn't find the camera", code="unknown_camera")
    return camera


def camera_list(*, now: WallUs) -> CameraList:
    """What recorders are to record."""
    return CameraList(
        now,
        tuple(
            ListedCamera(
                camera=camera.slug,
                site=camera.site.slug,
                main_url=camera.main_url,
                sub_url=camera.sub_url or None,
                username=camera.username,
                sealed_password=camera.sealed_password,
                ingest=_INGESTS[camera.ingest],
                tls_sha256=camera.tls_sha256,
            )
            for camera in all_cameras()
        ),
    )
