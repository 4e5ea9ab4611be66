"""Holds for programs: the same door and the same limits as the pages."""

from __future__ import annotations

from haidang.accounts.authority import authority, vietnam_day
from haidang.accounts.models import Account
from haidang.accounts.policies import notice_in_force
from haidang.accounts.queries import Credential
from haidang.cameras.models import Camera
from haidang.core.timeline import Span
from haidang.core.units import WallUs
from haidang.footage.actions import HoldFacts, place_hold
from haidang.footage.holds import hold_decision, holdable_sites, holds_of_sites, holds_touching
from haidang.footage.models import Hold
from haidang.web.api.values import HeldOut, HoldIn, HoldOut, HoldsOut, instant_of, rfc3339
from haidang.web.session import host_settings

__all__ = ["held_of", "holds_of", "placed_hold", "retention_days"]


def holds_of(credential: Credential, *, in_force: bool | None, now: WallUs) -> HoldsOut:
    slugs = holdable_sites(credential.account, now=now, door=authority())
    return HoldsOut(holds=[_out(each, now) for each in holds_of_sites(slugs, now=now, in_force=in_force)])


def placed_hold(asked: HoldIn, credential: Credential, *, now: WallUs) -> HoldOut:
    """Raises what ``place_hold`` raises."""
    facts = HoldFacts(
        asked.camera,
        instant_of(asked.from_),
        instant_of(asked.to),
        asked.reason,
        instant_of(asked.until),
        asked.purpose,
    )
    quota = host_settings().retention.hold_hours_per_unit
    return _out(place_hold(facts, by=credential.account, quota_hours=quota, now=now), now)


def held_of(account: Account, camera: Camera, window: Span, *, now: WallUs) -> list[HeldOut]:
    """What of the window is held, for who may place holds there."""
    site = camera.site.slug
    if not hold_decision(account, site, camera.slug, now=now, door=authority())[1].allowed:
        return []
    return [
        HeldOut(id=each.pk, from_=rfc3339(WallUs(each.started_at)), to=rfc3339(WallUs(each.ended_at)))
        for each in holds_touching(site, camera.slug, window, now=now)
    ]


def retention_days(site: str, now: WallUs) -> int | None:
    """How long the site's recordings are kept today; None: for good."""
    notice = notice_in_force()
    kept = None if notice is None else notice.retention_on(site, vietnam_day(now))
    return None if kept is None else kept.days


def _out(hold: Hold, now: WallUs) -> HoldOut:
    return HoldOut(
        id=hold.pk,
        site=hold.site,
        camera=hold.camera or None,
        from_=rfc3339(WallUs(hold.started_at)),
        to=rfc3339(WallUs(hold.ended_at)),
        kind=hold.kind,  # type: ignore[arg-type]  # written by the actions alone, one of the three
        reason=hold.reason,
        until=rfc3339(WallUs(hold.until)),
        unit=hold.unit,
        placed_at=rfc3339(WallUs(hold.placed_at)),
        in_force=hold.in_force(now),
        released_at=None if hold.released_at is None else rfc3339(WallUs(hold.released_at)),
    )
