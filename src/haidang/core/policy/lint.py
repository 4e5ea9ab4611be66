"""Everything that is wrong with a policy set, at once: for ``haidang policy check``.

Laws: a set without findings is one that is read, compiled and decided by; and nobody in it may do what section I.2
forbids, tried here for every unit at every site with every flag in favour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from haidang.core.errors import InvalidInput
from haidang.core.policy.compile import compile_policies
from haidang.core.policy.decide import Decider, Entity, Uid
from haidang.core.policy.notice import APPROVAL_ACTIONS, FORBIDDEN_ACTIONS, Notice
from haidang.core.policy.overlay import REORGANISATION, extends, read_overlay
from haidang.core.policy.parse import FORBID, GRANTS, NOTICE, RIGHTS, read_base_set
from haidang.core.policy.table import Finding, Findings

__all__ = ["lint"]


def lint(texts: Mapping[str, str], base: Notice | None = None) -> list[Finding]:
    """All findings of a set, none if it is sound. A set that extends another needs the notice of that one."""
    findings = Findings()
    over = extends(texts)
    if over and base is None:
        findings.add(NOTICE, f"extends {over!r}, which is not at hand", "put that set beside this one")
        return findings.found
    notice = read_overlay(texts, base, findings) if base is not None and over else read_base_set(texts, findings)
    if not findings.found:  # what points nowhere cannot be compiled
        _compile(notice, findings)
    if not findings.found:
        file = REORGANISATION if over else GRANTS
        for what in _outside_its_unit(notice):
            findings.add(file, what, "end the grant with the unit, or transfer it")
        for what in _idle_holders(notice):
            findings.add(file, what, "give it a grant, or another role")
    return findings.found


def _compile(notice: Notice, findings: Findings) -> None:
    try:
        cedar = compile_policies(notice.grants, notice.base, notice.schema)
        decider = Decider(cedar, notice.schema)
    except InvalidInput as error:
        findings.add(f"{FORBID} or {RIGHTS}", str(error).removeprefix("couldn't compile the policy set: "))
        return
    for what in _forbidden_yet_allowed(notice, decider):
        findings.add(FORBID, what, "section I.2 forbids it to everybody")


def _forbidden_yet_allowed(notice: Notice, decider: Decider) -> Iterator[str]:
    days = sorted({grant.valid_from for grant in notice.grants})
    for unit in notice.units:
        for site in notice.sites:
            for action in (*FORBIDDEN_ACTIONS, *APPROVAL_ACTIONS):
                if any(_may(decider, unit.slug, action, site.slug, day) for day in days):
                    yield f"{unit.slug} may {action} at {site.slug}"


def _may(decider: Decider, unit: str, action: str, site: str, on: date) -> bool:
    """With everything in favour; approval only for what no approval opens."""
    in_unit, at_site = Uid("Unit", unit), Uid("Site", site)
    account, camera = Uid("Account", "lint"), Uid("Camera", "lint")
    flags = (("active", True), ("manager", True), ("terminal", False))
    entities = Entity(account, (in_unit,), flags), Entity(in_unit), Entity(camera, (at_site,)), Entity(at_site)
    approved = action in FORBIDDEN_ACTIONS
    return decider.decide(account, action, camera, entities, on=on, second_factor=True, approved=approved).allowed


def _outside_its_unit(notice: Notice) -> Iterator[str]:
    units = {unit.slug: unit for unit in notice.units}
    for grant in notice.grants:
        unit = units[grant.unit]
        if unit.valid_from is not None and grant.valid_from < unit.valid_from:
            yield f"{grant.policy_id} begins on {grant.valid_from}, its unit on {unit.valid_from}"
        if unit.valid_to is not None and (grant.valid_to is None or grant.valid_to > unit.valid_to):
            yield f"{grant.policy_id} holds until {grant.valid_to or 'further notice'}, its unit until {unit.valid_to}"


def _idle_holders(notice: Notice) -> Iterator[str]:
    granted = {grant.unit for grant in notice.grants}
    for unit in notice.units:
        if unit.role == "holder" and unit.slug not in granted:
            yield f"{unit.slug} is a holder without any grant"
