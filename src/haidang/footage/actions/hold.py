"""Đề nghị lưu giữ: placing, extending and releasing holds. A hold copies nothing and opens nothing.

Laws: the one door is asked for each act, at the place that the hold is on, and the answer leaves an entry, whichever it
was. Who placed a hold does not release it: somebody else does, with a reason. No hold is for good: each has a day on
which it lapses by itself unless somebody extends it. What a unit may hold at once has a limit, so that nobody fills the
disk by holding. Rows stay for good. Reasons are people's words: they are in the row, never in an entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.db import transaction

from haidang.accounts.actions import raise_alert
from haidang.accounts.authority import authority
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, Unit
from haidang.audit.actions import record
from haidang.cameras.queries import known_camera
from haidang.core.errors import Conflict, Denied, InvalidInput
from haidang.core.policy import Decision
from haidang.core.retention import DAY_US
from haidang.core.units import WallUs
from haidang.footage.actions.expiry import hold_lock
from haidang.footage.holds import HOUR_US, hold_decision, hold_resource, unit_hours
from haidang.footage.models import Hold

__all__ = ["MAX_HOLD_DAYS", "HoldFacts", "extend_hold", "place_automatic_hold", "place_hold", "release_hold"]

#: A hold that nobody thinks of any more lapses within half a year; whoever still needs it extends it.
MAX_HOLD_DAYS = 180
_MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """What a person asks to be kept: a camera's minutes, why, and until when."""

    camera: str
    from_us: WallUs
    to_us: WallUs
    reason: str
    until: WallUs
    purpose: str = ""


def place_hold(facts: HoldFacts, *, by: Account, quota_hours: int, now: WallUs) -> Hold:
    """Keep these minutes from expiring. Raises NotFound, Denied, InvalidInput, Conflict (``hold_quota``)."""
    camera = known_camera(by, facts.camera, now=now)
    site = camera.site.slug
    purpose, decision = _allowed(by, "place_hold", site, camera.slug, now, purpose=facts.purpose)
    _check_minutes(facts, now)
    reason = _text(facts.reason, "give the reason")
    _check_until(facts.until, now)
    with transaction.atomic():
        hold_lock()
        hours = (facts.to_us - facts.from_us) / HOUR_US
        if unit_hours(by.unit.slug, now=now) + hours > quota_hours:
            raise Conflict(
                f"couldn't hold {hours:.1f} more camera-hours: the unit's limit is {quota_hours}; ask for fewer "
                "minutes, or have holds released that are not needed any more",
                code="hold_quota",
            )
        hold = Hold.objects.create(
            site=site, camera=camera.slug, started_at=facts.from_us, ended_at=facts.to_us, reason=reason,
            until=facts.until, placed_by=by, unit=by.unit.slug, placed_at=now,
        )  # fmt: skip
        _record(hold, "place_hold", str(account_uid(by.username)), now, decision=decision, purpose=purpose)
    return hold


def place_automatic_hold(
    kind: Literal["incident", "storm"],
    *,
    site: str,
    camera: str,
    from_us: WallUs,
    to_us: WallUs,
    until: WallUs,
    reason: str,
    now: WallUs,
) -> Hold:
    """What the system keeps of itself: minutes of an incident, a storm's days of a whole site (``camera`` "").

    ``to_us`` may lie ahead. No unit's limit is charged with it. Raises InvalidInput.
    """
    if to_us <= from_us:
        raise InvalidInput("couldn't hold: to must be later than from", code="window_order")
    _check_until(until, now)
    with transaction.atomic():
        hold_lock()
        hold = Hold.objects.create(
            site=site, camera=camera, started_at=from_us, ended_at=to_us, kind=kind,
            reason=_text(reason, "give the reason"), until=until, placed_at=now,
        )  # fmt: skip
        _record(hold, "place_hold", "", now)
    return hold


def extend_hold(hold: Hold, *, until: WallUs, by: Account, now: WallUs) -> None:
    """It lapses later. Raises Denied, InvalidInput, Conflict (``hold_over``)."""
    purpose, decision = _allowed(by, "extend_hold", hold.site, hold.camera, now)
    _check_until(until, now)
    with transaction.atomic():
        held = _in_force(hold, now)
        if until <= held.until:
            raise InvalidInput("couldn't extend the hold: the new day is not later", code="hold_until")
        held.until = until
        held.save(update_fields=["until"])
        _record(held, "extend_hold", str(account_uid(by.username)), now, decision=decision, purpose=purpose)
    hold.refresh_from_db()


def release_hold(hold: Hold, *, reason: str, by: Account, now: WallUs) -> None:
    """It need not be kept any longer, says somebody else than who placed it, who is told. Raises as ``extend_hold``."""
    purpose, decision = _allowed(by, "release_hold", hold.site, hold.camera, now)
    if hold.placed_by_id == by.pk:
        _refused(by, "release_hold", hold.site, hold.camera, "", now)
        raise Denied("couldn't release the hold: somebody else must", code="own_hold", clause=decision.clause)
    words = _text(reason, "say why it is not needed any more")
    with transaction.atomic():
        held = _in_force(hold, now)
        held.released_by, held.released_at, held.release_reason = by, now, words
        held.save(update_fields=["released_by", "released_at", "release_reason"])
        _record(held, "release_hold", str(account_uid(by.username)), now, decision=decision, purpose=purpose)
        _tell_of_release(held, by, now)
    hold.refresh_from_db()


def _tell_of_release(hold: Hold, by: Account, now: WallUs) -> None:
    """Whoever placed it, and the managers of the unit for which it was placed; the reason stays in the row."""
    if hold.placed_by is None:
        return
    facts = {"hold": str(hold.pk), "by": by.display_name or by.username, "unit": by.unit.name}
    placed_for = Unit.objects.filter(slug=hold.unit).first()
    for audience in ("person", "managers"):
        raise_alert(
            hold.placed_by, "hold_released", audience=audience, now=now, facts=facts, once_within_s=0, unit=placed_for
        )


def _allowed(by: Account, act: str, site: str, camera: str, now: WallUs, *, purpose: str = "") -> tuple[str, Decision]:
    """The one door's yes, with the purpose it was given for; a no leaves its entry and raises Denied."""
    used, decision = hold_decision(by, site, camera, now=now, door=authority(), purpose=purpose)
    if not decision.allowed:
        _refused(by, act, site, camera, decision.clause, now)
        raise Denied(f"couldn't {act}: {decision.code}", code=decision.code, clause=decision.clause)
    return used, decision


def _refused(  # noqa: PLR0917 - as the entry says it
    by: Account, act: str, site: str, camera: str, clause: str, now: WallUs
) -> None:
    record(
        now=now, actor=str(account_uid(by.username)), action=act, resource=str(hold_resource(site, camera).uid),
        decision="deny", clause=clause, facts={"site": site},
    )  # fmt: skip


def _record(
    hold: Hold, act: str, actor: str, now: WallUs, *, decision: Decision | None = None, purpose: str = ""
) -> None:
    record(
        now=now, actor=actor, action=act, resource=str(hold_resource(hold.site, hold.camera).uid), purpose=purpose,
        decision="allow" if decision else "", clause=decision.clause if decision else "",
        policies=decision.policies if decision else (),
        facts={
            "hold": hold.pk, "site": hold.site, "kind": hold.kind, "from": hold.started_at, "to": hold.ended_at,
            "until": hold.until,
        },
    )  # fmt: skip


def _in_force(hold: Hold, now: WallUs) -> Hold:
    """The row, held until the transaction ends. Raises Conflict (``hold_over``)."""
    held = Hold.objects.select_for_update().get(pk=hold.pk)
    if not held.in_force(now):
        raise Conflict(f"couldn't change hold {held.pk}: it is not in force any more", code="hold_over")
    return held


def _check_minutes(facts: HoldFacts, now: WallUs) -> None:
    if facts.to_us <= facts.from_us:
        raise InvalidInput("couldn't hold: to must be later than from", code="window_order")
    if facts.to_us > now:
        raise InvalidInput("couldn't hold what is not recorded yet: to must be past", code="window_future")


def _check_until(until: WallUs, now: WallUs) -> None:
    if not now < until <= now + MAX_HOLD_DAYS * DAY_US:
        raise InvalidInput(f"couldn't hold until then: a day within {MAX_HOLD_DAYS} days", code="hold_until")


def _text(text: str, missing: str) -> str:
    words = text.strip()
    if not words:
        raise InvalidInput(f"couldn't do it: {missing}", code="reason_needed")
    return words[:_MAX_TEXT]
