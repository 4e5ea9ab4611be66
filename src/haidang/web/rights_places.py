"""What a question about rights is about, as people type it: a site, a camera, or the system as a whole.

Law: marks and case do not matter ("De Gi", "Đê Gi" are Đề Gi); a name that fits exactly is that place, otherwise
everything that it is part of is offered to choose from. Whoever asks here may see all rights, hence all names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from haidang.accounts.authority import SYSTEM, Resource
from haidang.cameras.entities import camera_resource
from haidang.cameras.queries import all_cameras
from haidang.core.policy import SITE_ACTIONS, SYSTEM_ACTIONS, Notice
from haidang.web.folding import folded, matches
from haidang.web.rights_matrix import any_camera_of

__all__ = ["Place", "places", "places_called"]


@dataclass(frozen=True, slots=True)
class Place:
    """``name`` is what finds it again; ``words`` what else it is called."""

    name: str
    words: tuple[str, ...]
    resource: Resource
    actions: tuple[str, ...]


def places(notice: Notice) -> list[Place]:
    """The sites, each followed by its cameras in use; then the system."""
    cameras = all_cameras()
    found = []
    for site in notice.sites:
        words = (site.slug, site.name, site.name_en, *site.aliases)
        found.append(Place(site.short, words, any_camera_of(site.slug), SITE_ACTIONS))
        for camera in cameras:
            if camera.site.slug == site.slug:
                name = f"{site.short} · {camera.name}"
                found.append(Place(name, (camera.slug,), camera_resource(camera), SITE_ACTIONS))
    return [*found, Place(_("Hệ thống camera"), ("System", "hệ thống", "camera system"), SYSTEM, SYSTEM_ACTIONS)]


def places_called(asked: str, known: Iterable[Place]) -> list[Place]:
    """One where the name fits, several where it is part of several, none where nothing is called so."""
    wanted, all_ = folded(asked), list(known)
    if not wanted:
        return []
    exact = [place for place in all_ if wanted in {folded(name) for name in (place.name, *place.words)}]
    return exact or [place for place in all_ if matches(asked, (place.name, *place.words))]
