"""Cameras as Cedar entities."""

from __future__ import annotations

from haidang.accounts.authority import Resource
from haidang.cameras.models import Camera
from haidang.core.policy import Entity, Uid

__all__ = ["camera_resource", "camera_uid"]


def camera_uid(slug: str) -> Uid:
    return Uid("Camera", slug)


def camera_resource(camera: Camera) -> Resource:
    """The camera and its site (which must have been loaded with it)."""
    site, uid = Uid("Site", camera.site.slug), camera_uid(camera.slug)
    return Resource(uid, (Entity(uid, (site,)), Entity(site)))
