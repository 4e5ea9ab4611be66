"""The values that templates get (docs/design/pages.md): decided, translated, ready to show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haidang.accounts.models import Grant, Purpose
from haidang.cameras.models import Camera, Site
from haidang.core.layout import STREAMS, Stream
from haidang.core.policy import SITE_ACTIONS
from haidang.core.policy.notice import site_uid
from haidang.core.units import to_datetime
from haidang.footage.queries import StreamState
from haidang.web.texts import gap_text

__all__ = [
    "CameraCard",
    "PurposeChoice",
    "Refusal",
    "SiteName",
    "State",
    "WallSite",
    "camera_card",
    "purposes_of",
    "site_name",
    "state_of",
    "streams_of",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    sentence: str
    clause: str
    code: str


@dataclass(frozen=True, slots=True)
class SiteName:
    slug: str
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class State:
    kind: Literal["recording", "gap", "unknown"]
    since: datetime | None
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class CameraCard:
    slug: str
    name: str
    site_slug: str
    site_short: str
    url: str
    state: State
    streams: list[Stream]


@dataclass(frozen=True, slots=True)
class WallSite:
    site: SiteName
    cameras: list[CameraCard]


@dataclass(frozen=True, slots=True)
class PurposeChoice:
    slug: str
    name: str
    clause: str


def site_name(site: Site) -> SiteName:
    return SiteName(site.slug, localised(site), site.short)


def localised(row: Site | Purpose) -> str:
    """The row's name in the language of the request."""
    return row.name_en if get_language() == "en" else row.name


def streams_of(camera: Camera) -> list[Stream]:
    return [stream for stream in STREAMS if stream == "main" or camera.sub_url]


def state_of(state: StreamState | None) -> State:
    if state is None:
        return State("unknown", None, "", _("Chưa có tín hiệu"))
    since = None if state.since is None else to_datetime(state.since)
    if state.kind == "gap":
        return State("gap", since, state.reason, gap_text(state.reason))
    if state.kind == "unknown":
        return State("unknown", since, "", _("Chưa có thông tin mới về camera"))
    return State("recording", since, "", "")


def camera_card(camera: Camera, states: dict[tuple[str, str], StreamState]) -> CameraCard:
    return CameraCard(
        slug=camera.slug,
        name=camera.name,
        site_slug=camera.site.slug,
        site_short=camera.site.short,
        url=reverse("camera", args=[camera.slug]),
        state=state_of(states.get((camera.slug, "main"))),
        streams=streams_of(camera),
    )


def purposes_of(site: str, action: str, grants: Iterable[Grant], purposes: dict[str, Purpose]) -> list[PurposeChoice]:
    """What the grants on a site let the account look for."""
    assert action in SITE_ACTIONS, action
    return [
        PurposeChoice(slug, localised(purposes[slug]) if slug in purposes else slug, grant.clause)
        for grant in grants
        if grant.resource == site_uid(site) and action in grant.actions
        for slug in grant.purposes
    ]
