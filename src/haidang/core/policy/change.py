"""Changes of rights: each makes a new notice from one, and nothing else.

Laws: a change never rewrites a day that it does not speak of: what held before its first day (or until its last) holds
still; nothing is lost when somebody takes over, and nothing is gained but what the other had.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from haidang.core.errors import Conflict, InvalidInput, NotFound
from haidang.core.policy.notice import Grant, Notice, Succession, Unit, UnitName, site_uid

__all__ = ["Transfer", "end_grant", "end_unit", "rename_unit", "set_answer", "transfer"]

_DAY = timedelta(days=1)
ANSWERS = "answers.toml"


@dataclass(frozen=True, slots=True)
class Transfer:
    """``new`` receives on ``on``, by ``document``, what ``old`` has or, if it ended before, had last.

    ``sites`` () means all it has, rights over the system too; named sites mean those alone.
    """

    old: str
    new: str
    on: date
    document: str
    sites: tuple[str, ...] = ()


def end_grant(notice: Notice, policy_id: str, last_day: date) -> Notice:
    """The grant holds through ``last_day`` and not longer. Raises NotFound, Conflict."""
    grant = next((grant for grant in notice.grants if grant.policy_id == policy_id), None)
    if grant is None:
        raise NotFound(f"couldn't end the grant: none is called {policy_id!r}", code="unknown_grant")
    if last_day < grant.valid_from:
        raise Conflict(f"couldn't end {policy_id} on {last_day}: it began on {grant.valid_from}", code="grant_dates")
    if grant.valid_to is not None and grant.valid_to < last_day:
        raise Conflict(f"couldn't end {policy_id} on {last_day}: it ends on {grant.valid_to}", code="grant_dates")
    ended = replace(grant, valid_to=last_day)
    return replace(notice, grants=tuple(ended if each is grant else each for each in notice.grants))


def end_unit(notice: Notice, slug: str, last_day: date) -> Notice:
    """The unit exists through ``last_day``; what it was granted ends with it. Raises NotFound, Conflict."""
    unit = _unit(notice, slug, "end the unit")
    if unit.valid_from is not None and last_day < unit.valid_from:
        raise Conflict(f"couldn't end {slug} on {last_day}: it began on {unit.valid_from}", code="unit_dates")
    if unit.valid_to is not None and unit.valid_to < last_day:
        raise Conflict(f"couldn't end {slug} on {last_day}: it ended on {unit.valid_to}", code="unit_dates")
    grants = tuple(
        _ended(grant, last_day) if grant.unit == slug else grant
        for grant in notice.grants
        if grant.unit != slug or grant.valid_from <= last_day
    )
    return _with_unit(replace(notice, grants=grants), replace(unit, valid_to=last_day))


def rename_unit(notice: Notice, slug: str, name: str, name_en: str, on: date) -> Notice:
    """From ``on`` the unit is called so; records of the days before print the name of their day."""
    unit = _unit(notice, slug, "rename the unit")
    began = unit.names[-1].valid_to + _DAY if unit.names else unit.valid_from or _first_day(notice)
    if on <= began:
        raise Conflict(f"couldn't rename {slug} on {on}: it has its name since {began}", code="unit_dates")
    former = UnitName(unit.name, unit.name_en, began, on - _DAY)
    return _with_unit(notice, replace(unit, name=name, name_en=name_en, names=(*unit.names, former)))


def transfer(notice: Notice, change: Transfer) -> Notice:
    """Chuyển giao quyền: the old unit's rights end on the eve, the new one has them from the day on.

    Raises NotFound, Conflict, InvalidInput.
    """
    old, new = _unit(notice, change.old, "transfer"), _unit(notice, change.new, "transfer")
    if old == new or not change.document.strip():
        raise InvalidInput("couldn't transfer: it takes two units and a document", code="transfer")
    known = {site.slug for site in notice.sites}
    if unknown := sorted(set(change.sites) - known):
        raise NotFound(f"couldn't transfer: {unknown[0]!r} is no site", code="unknown_site")
    if not new.exists_on(change.on):
        raise Conflict(f"couldn't transfer to {new.slug}: it does not exist on {change.on}", code="unit_dates")
    last = change.on - _DAY if old.valid_to is None else min(change.on - _DAY, old.valid_to)
    resources = {site_uid(site) for site in change.sites}
    moved = [
        grant
        for grant in notice.grants
        if grant.unit == old.slug
        and (grant.holds_on(last) or (old.valid_to is None and grant.valid_from > last))
        and (not resources or grant.resource in resources)
    ]
    if not any(grant.holds_on(last) for grant in moved):
        raise Conflict(f"couldn't transfer: {old.slug} has nothing on {last} to hand over", code="nothing_to_transfer")
    # What would have begun later begins later with the new unit, and never with the old.
    grants = [
        _ended(grant, last) if grant in moved else grant
        for grant in notice.grants
        if grant not in moved or grant.valid_from <= last
    ]
    for grant in moved:
        received = _received(grant, change, cut_short=old.valid_to is not None)
        if received is not None:
            names = {other.policy_id for other in grants}
            grants.append(replace(received, again=received.policy_id in names))
            if grants[-1].policy_id in names:
                raise Conflict(f"couldn't transfer: {grants[-1].policy_id} is there already", code="grant_dates")
    followed = any(old.slug in step.old and new.slug in step.new for step in notice.successions)
    step = () if followed else (Succession((old.slug,), (new.slug,), change.on, change.document),)
    return replace(notice, grants=tuple(grants), successions=(*notice.successions, *step))


def _received(grant: Grant, change: Transfer, *, cut_short: bool) -> Grant | None:
    """What the new unit has of a grant; None if it ended by then. What the old unit's own end cut short goes on."""
    last_day = None if cut_short else grant.valid_to
    first_day = max(grant.valid_from, change.on)
    if last_day is not None and last_day < first_day:
        return None
    return replace(
        grant, unit=change.new, document=change.document, valid_from=first_day, valid_to=last_day, again=False
    )


def set_answer(texts: Mapping[str, str], answer_id: str, value: str, *, document: str, on: date) -> dict[str, str]:
    """The set's texts with an open point decided by ``document``, from ``on``. Grants follow at the next reading."""
    text = texts[ANSWERS]
    entries: list[dict[str, Any]] = tomllib.loads(text).get("answer", [])
    entry = next((entry for entry in entries if entry.get("id") == answer_id), None)
    if entry is None:
        raise NotFound(f"couldn't set the answer: none is called {answer_id!r}", code="unknown_answer")
    if value not in entry["choices"]:
        raise InvalidInput(
            f"couldn't set {answer_id} to {value!r}: {', '.join(entry['choices'])}", code="answer_choice"
        )
    if not document.strip() or any(character in document for character in '"\\\n\r\t'):
        raise InvalidInput(
            "couldn't set the answer: it takes a document, without quotation marks", code="answer_document"
        )
    blocks = re.split(r"(?m)^(?=\[\[answer\]\])", text)
    at = next(at for at, block in enumerate(blocks) if re.search(rf'(?m)^id = "{re.escape(answer_id)}"$', block))
    kept = [line for line in blocks[at].splitlines() if not re.match(r"(value|document|valid_from) *=", line)]
    decided = [f'value = "{value}"', f'document = "{document}"']
    if value != entry["default"]:
        decided.append(f"valid_from = {on.isoformat()}")
    named = next(at for at, line in enumerate(kept) if line.startswith("id"))
    blocks[at] = "\n".join([*kept[: named + 1], *decided, *kept[named + 1 :]]) + "\n"
    return {**texts, ANSWERS: "".join(blocks)}


def _ended(grant: Grant, last_day: date) -> Grant:
    return grant if grant.valid_to is not None and grant.valid_to <= last_day else replace(grant, valid_to=last_day)


def _with_unit(notice: Notice, changed: Unit) -> Notice:
    return replace(notice, units=tuple(changed if unit.slug == changed.slug else unit for unit in notice.units))


def _unit(notice: Notice, slug: str, what: str) -> Unit:
    unit = next((unit for unit in notice.units if unit.slug == slug), None)
    if unit is None:
        raise NotFound(f"couldn't {what}: {slug!r} is no unit", code="unknown_unit")
    return unit


def _first_day(notice: Notice) -> date:
    return min((grant.valid_from for grant in notice.grants), default=date.min)
