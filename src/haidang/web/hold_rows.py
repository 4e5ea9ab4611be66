"""Holds, and how long recordings are kept, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from haidang.accounts.models import Account, Unit
from haidang.cameras.models import Camera, Site
from haidang.core.policy import Notice
from haidang.core.timeline import Span
from haidang.core.units import WallUs, to_datetime
from haidang.footage.models import Hold
from haidang.footage.queries import timeline
from haidang.web.hold_words import KIND_TEXTS, until_text
from haidang.web.people_words import name_of

__all__ = ["HoldRow", "Kept", "RetentionRow", "hold_rows", "kept_of", "retention_rows"]


@dataclass(frozen=True, slots=True)
class HoldRow:
    number: int
    #: "" = every camera of the site.
    camera: str
    camera_slug: str
    site: str
    started_at: datetime
    ended_at: datetime
    kind: str
    kind_text: str
    reason: str
    until: datetime
    until_text: str
    placed_by: str
    unit: str
    placed_at: datetime
    in_force: bool
    #: lapsed by itself, when not released.
    released_by: str
    released_unit: str
    released_at: datetime | None
    release_reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is of a hold's minutes on the camera's main stream, as ``0:10:00``; ``expired`` "" for nothing."""

    recorded: str
    expired: str


@dataclass(frozen=True, slots=True)
class RetentionRow:
    site: str
    days: int | None
    clause: str
    document: str
    valid_from: date | None
    #: What follows, if something is decided already.
    next_days: int | None = None
    next_from: date | None = None


def hold_rows(holds: Iterable[Hold], *, now: WallUs) -> list[HoldRow]:
    cameras = dict(Camera.objects.values_list("slug", "name"))
    sites = dict(Site.objects.values_list("slug", "short"))
    units = dict(Unit.objects.values_list("slug", "name"))
    return [_row(hold, cameras, sites, units, now) for hold in holds]


def _row(
    hold: Hold, cameras: Mapping[str, str], sites: Mapping[str, str], units: Mapping[str, str], now: WallUs
) -> HoldRow:
    return HoldRow(
        number=hold.pk, camera=cameras.get(hold.camera, hold.camera), camera_slug=hold.camera,
        site=sites.get(hold.site, hold.site), started_at=_at(hold.started_at), ended_at=_at(hold.ended_at),
        kind=hold.kind, kind_text=str(KIND_TEXTS[hold.kind]), reason=hold.reason, until=_at(hold.until),
        until_text=until_text(WallUs(hold.until)),
        placed_by=_who(hold.placed_by), unit=units.get(hold.unit, hold.unit), placed_at=_at(hold.placed_at),
        in_force=hold.in_force(now), released_by=_who(hold.released_by),
        released_unit="" if hold.released_by is None else hold.released_by.unit.name,
        released_at=None if hold.released_at is None else _at(hold.released_at), release_reason=hold.release_reason,
    )  # fmt: skip


def _at(instant: int) -> datetime:
    return to_datetime(WallUs(instant))


def _who(account: Account | None) -> str:
    return "" if account is None else name_of(account)


def kept_of(hold: Hold, *, now: WallUs) -> Kept | None:
    """None for a hold of a whole site."""
    if not hold.camera:
        return None
    start, end = WallUs(hold.started_at), WallUs(hold.ended_at)
    there = timeline(hold.camera, "main", from_us=start, to_us=end, now=now)
    return Kept(_length(there.spans), _length(there.expired) if there.expired else "")


def _length(spans: Iterable[Span]) -> str:
    return str(timedelta(seconds=sum(span.ended_at - span.started_at for span in spans) // 1_000_000))


def retention_rows(notice: Notice, day: date) -> list[RetentionRow]:
    """Each site's period of that day, and the next one that is decided."""
    rows = []
    for site in notice.sites:
        kept = notice.retention_on(site.slug, day)
        later = [each for each in notice.retentions if each.site == site.slug and (each.valid_from or day) > day]
        after = min(later, key=lambda each: each.valid_from or day, default=None)
        rows.append(
            RetentionRow(
                site=site.name,
                days=kept.days if kept else None,
                clause=kept.clause if kept else "",
                document=kept.document if kept else "",
                valid_from=kept.valid_from if kept else None,
                next_days=after.days if after else None,
                next_from=after.valid_from if after else None,
            )
        )
    return rows
