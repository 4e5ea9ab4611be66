"""Whom a plan touches: units that gain or lose, with their people and the cameras concerned; who may agree to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from haidang.accounts.authority import SYSTEM, authority
from haidang.accounts.states import people_on
from haidang.accounts.who import who_has
from haidang.cameras.queries import all_cameras
from haidang.core.policy import Notice, Plan

__all__ = ["Impact", "UnitTouched", "duties_left", "impact_of", "seconds_of"]

_LOSES = ("grant_ended", "grant_removed", "grant_narrowed", "unit_ended")


@dataclass(frozen=True, slots=True)
class UnitTouched:
    """``accounts``: able today. ``cameras``: in use on the sites that the plan names for it; 0 where it names none."""

    slug: str
    name: str
    sites: list[str]
    accounts: int
    cameras: int


@dataclass(frozen=True, slots=True)
class Impact:
    gain: list[UnitTouched]
    lose: list[UnitTouched]


def impact_of(plan: Plan, old: Notice | None, new: Notice, *, today: date) -> Impact:
    """The units by what the plan does to them; one may stand in both."""
    gain: dict[str, set[str]] = {}
    lose: dict[str, set[str]] = {}
    for change in plan.changes:
        side = gain if change.widens else lose if change.kind in _LOSES else None
        if side is not None and change.unit:
            side.setdefault(change.unit, set()).update({change.site} - {""})
    people = {unit: len(names) for unit, names in people_on(today).items()}
    cameras: dict[str, int] = {}
    for camera in all_cameras():
        cameras[camera.site.slug] = cameras.get(camera.site.slug, 0) + 1
    shorts = {site.slug: site.short for notice in (old, new) if notice for site in notice.sites}
    names = {unit.slug: unit.name for notice in (old, new) if notice for unit in notice.units}

    def touched(side: dict[str, set[str]]) -> list[UnitTouched]:
        return [
            UnitTouched(
                slug, names.get(slug, slug), [shorts.get(site, site) for site in sorted(sites)],
                people.get(slug, 0), sum(cameras.get(site, 0) for site in sites),
            )
            for slug, sites in side.items()
        ]  # fmt: skip

    return Impact(touched(gain), touched(lose))


def duties_left(plan: Plan, new: Notice) -> list[tuple[str, list[str]]]:
    """Units that lose rights on sites whose cameras they still have to protect: a transfer moves rights, not duties."""
    lost = {(change.unit, change.site) for change in plan.changes if change.kind in _LOSES}
    names = {unit.slug: unit.name for unit in new.units}
    shorts = {site.slug: site.short for site in new.sites}
    found: dict[str, list[str]] = {}
    for duty in new.protections:
        if (duty.unit, duty.site) in lost:
            found.setdefault(names.get(duty.unit, duty.unit), []).append(shorts.get(duty.site, duty.site))
    return list(found.items())


def seconds_of(plan: Plan, notice: Notice, proposer_unit: str, *, today: date) -> list[str]:
    """Names of the units whose people may be the second: they may approve, did not propose it, gain nothing."""
    holders = who_has(SYSTEM, "approve_policy", on=today, door=authority(), notice=notice)
    return [each.name for each in holders if each.unit != proposer_unit and each.unit not in plan.gaining_units]
