"""Every write of cameras. Each function is one transaction and appends its audit entry in it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import get_args

from django.db import transaction

from haidang.audit.actions import record
from haidang.cameras.entities import camera_uid
from haidang.cameras.models import Camera, Site
from haidang.core.camera_list import Ingest, check_stream_url
from haidang.core.errors import Conflict, InvalidInput, NotFound
from haidang.core.layout import check_slug
from haidang.core.policy.notice import SYSTEM_UID
from haidang.core.policy.notice import Site as SiteValue
from haidang.core.sealed import NONCE_BYTES, seal
from haidang.core.units import WallUs

__all__ = ["CameraFacts", "add_camera", "apply_sites", "switch_camera", "update_camera"]

Draw = Callable[[int], bytes]
_SHA256 = re.compile(r"(?:[0-9a-f]{64})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What an operator says about a camera. ``password`` None leaves the stored one as it is."""

    name: str
    main_url: str
    sub_url: str = ""
    username: str = ""
    password: str | None = None
    ingest: str = "native"
    tls_sha256: str = ""
    order: int = 0


@transaction.atomic
def apply_sites(sites: Iterable[SiteValue], *, now: WallUs, actor: str = "") -> bool:
    """Bring the sites to the policy set's; False if they are there. A site that it does not name stays."""
    changed = False
    for order, site in enumerate(sites):
        values = {
            "name": site.name, "short": site.short, "name_en": site.name_en, "aliases": list(site.aliases),
            "order": order,
        }  # fmt: skip
        if not Site.objects.filter(slug=site.slug, **values).exists():
            Site.objects.update_or_create(slug=site.slug, defaults=values)
            changed = True
    if changed:
        record(now=now, actor=actor, action="apply_sites", resource=SYSTEM_UID)
    return changed


@transaction.atomic
def add_camera(
    slug: str, site: str, facts: CameraFacts, *, key: bytes, now: WallUs, actor: str = "",
    draw: Draw = secrets.token_bytes,
) -> Camera:  # fmt: skip
    """A new camera; ``key`` seals its password (``core.sealed``)."""
    check_slug(slug, "a camera id")
    row = Site.objects.filter(slug=site).first()
    if row is None:
        raise NotFound(f"couldn't add the camera: no site is called {site!r}", code="unknown_site")
    if Camera.objects.filter(slug=slug).exists():
        raise Conflict(f"couldn't add the camera: {slug} exists", code="camera_exists")
    camera = Camera(slug=slug, site=row, added_at=now)
    _take(camera, facts, key, draw)
    camera.save()
    record(now=now, actor=actor, action="add_camera", resource=str(camera_uid(slug)), facts={"site": site})
    return camera


@transaction.atomic
def update_camera(
    camera: Camera, facts: CameraFacts, *, key: bytes, now: WallUs, actor: str = "", draw: Draw = secrets.token_bytes
) -> list[str]:
    """Change what is said about a camera; the names of what changed (none: nothing is written)."""
    before = {field: getattr(camera, field) for field in _FIELDS}
    _take(camera, facts, key, draw)
    changed = [field for field in _FIELDS if getattr(camera, field) != before[field]]
    if changed:
        camera.save(update_fields=changed)
        record(
            now=now, actor=actor, action="update_camera", resource=str(camera_uid(camera.slug)),
            facts={"changed": ", ".join(changed)},
        )  # fmt: skip
    return changed


@transaction.atomic
def switch_camera(camera: Camera, *, active: bool, now: WallUs, actor: str = "") -> None:
    """Take a camera out of use (recorders leave it; its footage stays) or back into it."""
    Camera.objects.filter(pk=camera.pk).update(is_active=active)
    record(
        now=now, actor=actor, action="switch_camera", resource=str(camera_uid(camera.slug)), facts={"active": active}
    )


_FIELDS = ("name", "order", "main_url", "sub_url", "username", "sealed_password", "ingest", "tls_sha256")


def _take(camera: Camera, facts: CameraFacts, key: bytes, draw: Draw) -> None:
    if not facts.name.strip() or len(facts.name) > 100:
        raise InvalidInput("couldn't use the camera's name: 1 to 100 characters", code="invalid_name")
    if facts.ingest not in get_args(Ingest):
        raise InvalidInput(
            f"couldn't use ingest {facts.ingest!r}: one of {', '.join(get_args(Ingest))}", code="invalid_ingest"
        )
    if not _SHA256.fullmatch(facts.tls_sha256):
        raise InvalidInput("couldn't use the certificate's SHA-256: 64 of 0-9, a-f", code="invalid_tls_sha256")
    if len(facts.username) > 100 or len(facts.main_url) > 500 or len(facts.sub_url) > 500:
        raise InvalidInput("couldn't use the camera's facts: user ≤ 100, address ≤ 500 characters", code="too_long")
    camera.name, camera.order = facts.name.strip(), facts.order
    camera.main_url = check_stream_url(facts.main_url)
    camera.sub_url = check_stream_url(facts.sub_url) if facts.sub_url else ""
    camera.username, camera.ingest, camera.tls_sha256 = facts.username, facts.ingest, facts.tls_sha256
    if facts.password is not None:
        camera.sealed_password = (
            seal(facts.password, camera=camera.slug, key=key, nonce=draw(NONCE_BYTES)) if facts.password else ""
        )
