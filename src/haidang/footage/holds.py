"""Reads of holds: who may place them where, which there are, how much a unit holds."""

from __future__ import annotations

from collections.abc import Iterable

from haidang.accounts.authority import Authority, Resource
from haidang.accounts.models import Account
from haidang.accounts.queries import grants_of
from haidang.cameras.entities import camera_uid
from haidang.cameras.models import Camera
from haidang.cameras.queries import sites
from haidang.core.errors import NotFound
from haidang.core.policy import Decision, Entity, Uid, site_uid
from haidang.core.timeline import Span
from haidang.core.units import WallUs
from haidang.footage.expiring import holds_in_force
from haidang.footage.models import Hold

__all__ = [
    "HOUR_US",
    "hold_decision",
    "hold_numbered",
    "hold_resource",
    "holdable_sites",
    "holds_of_sites",
    "holds_touching",
    "unit_hours",
]

HOUR_US = 3600 * 1_000_000
#: Stands for all cameras of a site where the door is asked; grants are a site's (core.policy), never a camera's.
_ANY_CAMERA = "-"


def hold_resource(site: str, camera: str) -> Resource:
    """What a hold is on, by slugs: it outlives its camera's row."""
    parent, uid = Uid("Site", site), camera_uid(camera or _ANY_CAMERA)
    return Resource(uid, (Entity(uid, (parent,)), Entity(parent)))


def hold_decision(
    account: Account, site: str, camera: str, *, now: WallUs, door: Authority, purpose: str = ""
) -> tuple[str, Decision]:
    """May the account place, extend and release holds there? By one of its purposes, the first that is allowed."""
    given = dict.fromkeys(
        each
        for grant in grants_of(account, now=now)
        if grant.resource == site_uid(site) and "place_hold" in grant.actions
        for each in grant.purposes
    )
    asked = [purpose] if purpose else [*given] or [""]
    resource = hold_resource(site, camera)
    decided = [(each, door.decide(account, "place_hold", resource, now=now, purpose=each)) for each in asked]
    return next(((each, decision) for each, decision in decided if decision.allowed), decided[0])


def holdable_sites(account: Account, *, now: WallUs, door: Authority) -> list[str]:
    """The sites where the account may place holds, in their order."""
    return [each.slug for each in sites() if hold_decision(account, each.slug, "", now=now, door=door)[1].allowed]


def holds_of_sites(slugs: Iterable[str], *, now: WallUs, in_force: bool | None = None) -> list[Hold]:
    """Holds of these sites, the newest first; ``in_force`` None: ended ones too."""
    rows = Hold.objects.select_related("placed_by__unit", "released_by__unit").filter(site__in=list(slugs))
    return [row for row in rows if in_force is None or row.in_force(now) == in_force]


def hold_numbered(number: int, slugs: Iterable[str]) -> Hold:
    """A hold of one of these sites; NotFound (``unknown_hold``) alike for others and for none."""
    rows = Hold.objects.select_related("placed_by__unit", "released_by__unit").filter(site__in=list(slugs))
    found = rows.filter(pk=number).first()
    if found is None:
        raise NotFound(f"couldn't find hold {number}", code="unknown_hold")
    return found


def holds_touching(site: str, camera: str, window: Span, *, now: WallUs) -> list[Hold]:
    """The holds in force that cover some of a camera's window, oldest first; one query."""
    rows = holds_in_force(now).filter(site=site, camera__in=["", camera])
    return list(
        rows.filter(started_at__lt=window.ended_at, ended_at__gt=window.started_at).order_by("started_at", "pk")
    )


def unit_hours(unit: str, *, now: WallUs) -> float:
    """Camera-hours that a unit's people hold now; what two of its holds cover counts twice."""
    cameras: dict[str, int] = {}
    total = 0.0
    for site, camera, start, end in (
        holds_in_force(now).filter(unit=unit).values_list("site", "camera", "started_at", "ended_at")
    ):
        if not camera and site not in cameras:
            cameras[site] = Camera.objects.filter(site__slug=site, is_active=True).count()
        total += (end - start) / HOUR_US * (1 if camera else cameras[site])
    return total
