"""A unit on one sheet ("phiếu đơn vị"): what it is, may do, must do and may not do, each with its clause.

Law: what it may do is what the matrix of that day says; what it may not is the rest of the matrix and section I.2, so
the two lists can never both name one thing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haidang.accounts.authority import Authority
from haidang.accounts.models import Account, FocalPerson
from haidang.accounts.models import Unit as UnitRow
from haidang.accounts.states import account_on, people_on, switched_off
from haidang.core.policy import SYSTEM_UID, Grant, Notice, Unit, UnitName, site_uid
from haidang.web.clauses import ClauseText, clause_text
from haidang.web.rights_matrix import Right, bans, grants_allowed, right_of, role_name, spoken
from haidang.web.texts import action_name

__all__ = ["Duty", "Prohibition", "Sheet", "SiteRights", "Step", "sheet_of"]

#: What a sheet says plainly when the unit has not got it on a site where it has another right.
_TOLD_WHEN_MISSING = ("view_live", "view_playback", "control_ptz", "place_hold", "request_extraction")


@dataclass(frozen=True, slots=True)
class SiteRights:
    site: str
    rights: list[Right]


@dataclass(frozen=True, slots=True)
class Duty:
    """``where`` is a site, a kind of violation or "" (everywhere)."""

    clause: ClauseText
    where: str = ""


@dataclass(frozen=True, slots=True)
class Prohibition:
    sentence: str
    clause: str


@dataclass(frozen=True, slots=True)
class Step:
    """Another unit before or after this one."""

    name: str
    on: date
    document: str


@dataclass(frozen=True, slots=True)
class Sheet:
    slug: str
    name: str
    gloss: str
    exists: bool
    stopped: bool
    role_name: str
    parent: str
    aliases: tuple[str, ...]
    former: tuple[UnitName, ...]
    valid_from: date | None
    valid_to: date | None
    clause: ClauseText
    sites: list[SiteRights]
    system: list[Right]
    duties: list[Duty]
    told: list[str]
    may_not: list[Prohibition]
    before: list[Step]
    after: list[Step]
    focal_required: bool
    focal: FocalPerson | None
    managers: list[str]
    accounts: int


def sheet_of(notice: Notice, door: Authority, unit: Unit, on: date) -> Sheet:
    """The unit on that day."""
    row = UnitRow.objects.filter(slug=unit.slug).first()
    stopped = row is not None and switched_off(row, on)
    grants = [] if stopped or not unit.exists_on(on) else grants_allowed(notice, door, unit.slug, on)
    name, english = unit.name_on(on)
    parent = next((each for each in notice.units if each.slug == unit.parent), None)
    focal = _focal(row, on)
    return Sheet(
        slug=unit.slug,
        name=name,
        gloss=english if get_language() == "en" else "",
        exists=unit.exists_on(on),
        stopped=stopped,
        role_name=role_name(unit.role),
        parent=parent.name_on(on)[0] if parent is not None else "",
        aliases=unit.aliases,
        former=unit.names,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        clause=clause_text(unit.clause),
        sites=_sites(notice, grants),
        system=[right_of(notice, grant, actions) for grant, actions in grants if grant.resource == SYSTEM_UID],
        duties=_duties(notice, unit, has_access=bool(grants)),
        told=_told(notice, unit.slug),
        may_not=_may_not(notice, door, on, grants),
        before=_steps(notice, unit.slug, on, before=True),
        after=_steps(notice, unit.slug, on, before=False),
        focal_required=unit.focal_person,
        focal=focal,
        managers=_managers(row, on),
        accounts=len(people_on(on).get(unit.slug, ())),
    )


def _sites(notice: Notice, grants: list[tuple[Grant, list[str]]]) -> list[SiteRights]:
    found = []
    for site in notice.sites:
        here = [right_of(notice, grant, actions) for grant, actions in grants if grant.resource == site_uid(site.slug)]
        if here:
            found.append(SiteRights(spoken(site), here))
    return found


def _duties(notice: Notice, unit: Unit, *, has_access: bool) -> list[Duty]:
    """Who has access answers for its accounts and devices; boards and operator for cameras; all for one another."""
    duties = [Duty(clause_text(clause)) for clause in ("I.1.a-1", "I.1.b")] if has_access else []
    if unit.focal_person:
        duties.append(Duty(clause_text("II.5")))
    by_clause: dict[str, list[str]] = {}
    for protection in notice.protections:
        if protection.unit == unit.slug:
            by_clause.setdefault(protection.clause, []).append(protection.site)
    for clause, slugs in by_clause.items():
        duties.append(Duty(clause_text(clause), ", ".join(s.short for s in notice.sites if s.slug in slugs)))
    return [*duties, *(Duty(clause_text(clause)) for clause in ("II.8-1", "II.8-2"))]


def _told(notice: Notice, unit: str) -> list[str]:
    """For which kinds it is the competent manager or a deputy (A8), as sentences."""
    names = {kind.slug: kind.name_en if get_language() == "en" else kind.name for kind in notice.kinds}
    shorts = {site.slug: site.short for site in notice.sites}
    first: dict[str, list[str]] = {}
    next_: dict[str, list[str]] = {}
    for route in notice.routes:
        told = first if route.unit == unit else next_ if unit in route.deputies else None
        if told is not None:
            told.setdefault(route.kind, []).append(shorts.get(route.site, _("mọi khu vực")))
    said = [(_("Được thông báo trước tiên về %(kind)s (%(sites)s)."), first)]
    said.append((_("Được thông báo kế tiếp về %(kind)s (%(sites)s)."), next_))
    return [
        sentence % {"kind": _lowered(names.get(kind, kind)), "sites": ", ".join(sites)}
        for sentence, kinds in said
        for kind, sites in kinds.items()
    ]


def _may_not(notice: Notice, door: Authority, on: date, grants: list[tuple[Grant, list[str]]]) -> list[Prohibition]:
    held: dict[str, set[str]] = {site.slug: set() for site in notice.sites}
    for grant, actions in grants:
        for site in notice.sites:
            if grant.resource == site_uid(site.slug):
                held[site.slug].update(actions)
    shorts = {site.slug: site.short for site in notice.sites}
    found = []
    none = [shorts[slug] for slug, actions in held.items() if not actions]
    if none:
        sentence = _("Không được biết, xem camera tại %(sites)s: chưa được phân quyền.") % {"sites": ", ".join(none)}
        found.append(Prohibition(sentence, "II.1.b"))
    for action in _TOLD_WHEN_MISSING:
        missing = [shorts[slug] for slug, actions in held.items() if actions and action not in actions]
        if missing:
            values = {"action": action_name(action), "sites": ", ".join(missing)}
            found.append(
                Prohibition(_("Không được %(action)s tại %(sites)s: chưa được phân quyền.") % values, "II.1.b")
            )
    purposes = _purposes(notice, (grant for grant, _actions in grants))
    if purposes:
        sentence = _("Không được xem ngoài mục đích: %(purposes)s.") % {"purposes": ", ".join(purposes)}
        found.append(Prohibition(sentence, "P"))
    for ban in bans(notice, door, on):
        sentence = (
            _("Không được %(action)s khi chưa được phép của cấp có thẩm quyền.")
            if ban.until_approved
            else _("Không được %(action)s.")
        )
        found.append(Prohibition(sentence % {"action": ban.action}, ban.clause))
    share = _("Không được để lộ hoặc cung cấp tài khoản, mật khẩu cho cá nhân hoặc đơn vị khác.")
    return [*found, Prohibition(share, "I.1.a-2")]


def _purposes(notice: Notice, grants: Iterable[Grant]) -> list[str]:
    wanted = {slug for grant in grants for slug in grant.purposes}
    return [_lowered(spoken(purpose)) for purpose in notice.purposes if purpose.slug in wanted]


def _steps(notice: Notice, unit: str, on: date, *, before: bool) -> list[Step]:
    units = {each.slug: each for each in notice.units}
    found = []
    for step in notice.successions:
        here, there = (step.new, step.old) if before else (step.old, step.new)
        if unit in here:
            found += [Step(units[slug].name_on(on)[0], step.on, step.document) for slug in there if slug in units]
    return found


def _focal(row: UnitRow | None, on: date) -> FocalPerson | None:
    if row is None:
        return None
    named = row.focal_persons.filter(valid_from__lte=on)
    return next((each for each in named if each.valid_to is None or on <= each.valid_to), None)


def _managers(row: UnitRow | None, on: date) -> list[str]:
    """Names of those who managed the unit's people that day."""
    if row is None:
        return []
    found = []
    for account in Account.objects.filter(states__unit=row, states__is_manager=True).distinct().order_by("username"):
        then = account_on(account, on)
        if then.able and then.manager and then.unit == row.slug:
            found.append(account.display_name or account.username)
    return found


def _lowered(text: str) -> str:
    """As it stands inside a sentence."""
    return text[:1].lower() + text[1:]
