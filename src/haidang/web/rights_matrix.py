"""The rights matrix of a day: units × sites, and over the system; with the clause and document of each right.

Laws: a mark stands where a grant gives the right on that day *and* the one door says yes to an able person of the unit
for one of the grant's purposes, a second factor taken as shown. What needs the competent authority's permission for
every single act (I.2.c-4) is marked from the grant and said to need it. A unit that is not in being has no row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haidang.accounts.authority import SYSTEM, Authority, Resource
from haidang.accounts.entities import principal_entities
from haidang.accounts.models import Unit as UnitRow
from haidang.accounts.states import switched_off
from haidang.core.policy import (
    APPROVAL_ACTIONS,
    FORBIDDEN_ACTIONS,
    SITE_ACTIONS,
    SYSTEM_UID,
    Entity,
    Grant,
    Notice,
    Uid,
    Unit,
    site_uid,
)
from haidang.core.policy.notice import Purpose, Site
from haidang.web.clauses import ClauseText, clause_text
from haidang.web.texts import action_name

__all__ = [
    "Ban",
    "Cell",
    "Mark",
    "Matrix",
    "MatrixRow",
    "Right",
    "any_camera_of",
    "bans",
    "grants_allowed",
    "matrix_of",
    "right_of",
    "role_name",
    "sites_of",
    "spoken",
]

#: Nobody's account and nobody's camera: what is asked is the policy, not a person (as in accounts.who).
_ANYBODY: Final = "-"
#: How a right is marked in a cell; the legend says the words.
_CODES: Final[dict[str, str]] = {
    "view_live": "TT", "view_playback": "XL", "control_ptz": "QQ", "place_hold": "LG", "request_extraction": "TX",
    "report_incident": "VV", "handle_violation": "VP", "execute_extraction": "TH", "receive_bundle": "NG",
}  # fmt: skip
#: The order of rows: who runs it, who has access, who supervises, who decides, who assigns.
_ROLES: Final = ("operator", "holder", "supervisor", "authority", "office", "assigner")


@dataclass(frozen=True, slots=True)
class Mark:
    """One action in a cell's fixed place; ``held`` False leaves the place empty."""

    code: str
    name: str
    held: bool
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class Right:
    """A grant that holds, in words."""

    policy_id: str
    clause: ClauseText
    document: str
    actions: list[str]
    on_approval: list[str]
    purposes: list[str]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Cell:
    site: str
    site_short: str
    marks: list[Mark]
    rights: list[Right]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    slug: str
    name: str
    #: English on English pages, "" on others.
    gloss: str
    parent: str
    role: str
    role_name: str
    #: "" where the account may not open the unit's sheet.
    url: str
    cells: list[Cell]
    system: list[Right]
    #: Somebody has switched the unit off.
    stopped: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    sites: list[tuple[str, str]]
    legend: list[Mark]
    rows: list[MatrixRow]


@dataclass(frozen=True, slots=True)
class Ban:
    """Forbidden to every account; ``until_approved``: as long as the competent authority has not permitted it."""

    action: str
    clause: str
    until_approved: bool


def matrix_of(
    notice: Notice, door: Authority, on: date, *, sites: Iterable[str], units: Iterable[str], sheets: Iterable[str]
) -> Matrix:
    """The rows of ``units``, the columns of ``sites``; ``sheets``: the units whose sheet the account may open."""
    columns = [site for site in notice.sites if site.slug in set(sites)]
    rows, shown, sheets = {row.slug: row for row in UnitRow.objects.all()}, set(units), set(sheets)
    found = []
    for unit in sorted(notice.units, key=lambda each: _ROLES.index(each.role)):
        if unit.slug in shown and unit.exists_on(on):
            row = rows.get(unit.slug)
            stopped = row is not None and switched_off(row, on)
            grants = [] if stopped else grants_allowed(notice, door, unit.slug, on)
            found.append((unit, stopped, grants))
    used = {action for _unit, _stopped, grants in found for grant, actions in grants for action in actions}
    slots = [action for action in SITE_ACTIONS if action in used]
    return Matrix(
        sites=[(site.slug, site.short) for site in columns],
        legend=[_mark(action, held=True) for action in slots],
        rows=[
            _row(notice, unit, on, columns, slots, grants, stopped, unit.slug in sheets)
            for unit, stopped, grants in found
        ],
    )


def grants_allowed(notice: Notice, door: Authority, unit: str, on: date) -> list[tuple[Grant, list[str]]]:
    """The unit's grants of that day, each with those of its actions that the one door lets its people do."""
    principal = principal_entities(_ANYBODY, unit, active=True)
    found = []
    for grant in notice.grants:
        if grant.unit != unit or not grant.holds_on(on):
            continue
        resource = SYSTEM if grant.resource == SYSTEM_UID else any_camera_of(_slug(grant.resource))
        actions = [
            action
            for action in grant.actions
            if action in APPROVAL_ACTIONS
            or any(
                door.decide_for(principal, action, resource, on=on, purpose=purpose, second_factor=True).allowed
                for purpose in grant.purposes or ("",)
            )
        ]
        if actions:
            found.append((grant, actions))
    return found


def sites_of(notice: Notice, door: Authority, unit: str, on: date) -> set[str]:
    """The sites on which the unit has any right that day."""
    allowed = grants_allowed(notice, door, unit, on)
    return {_slug(grant.resource) for grant, _actions in allowed if grant.resource != SYSTEM_UID}


def any_camera_of(site: str) -> Resource:
    """Whichever camera of the site: grants are about sites."""
    camera, place = Uid("Camera", _ANYBODY), Uid("Site", site)
    return Resource(camera, (Entity(camera, (place,)), Entity(place)))


def bans(notice: Notice, door: Authority, on: date) -> list[Ban]:
    """What section I.2 forbids, as the one door says it to an able person of the operator (or of any unit)."""
    unit = next((unit.slug for unit in notice.units if unit.role == "operator"), _ANYBODY)
    principal = principal_entities(_ANYBODY, unit, active=True)
    site = notice.sites[0].slug if notice.sites else _ANYBODY
    found = []
    for action in (*FORBIDDEN_ACTIONS, "extract_recording", "provide_recording"):
        decision = door.decide_for(principal, action, any_camera_of(site), on=on, second_factor=True)
        if decision.code == "forbidden":
            found.append(Ban(action_name(action), decision.clause, action in APPROVAL_ACTIONS))
    return found


def right_of(notice: Notice, grant: Grant, actions: Iterable[str]) -> Right:
    """A grant in words, with those of its actions that count."""
    purposes = {purpose.slug: purpose for purpose in notice.purposes}
    counted = list(actions)
    return Right(
        policy_id=grant.policy_id,
        clause=clause_text(grant.clause),
        document=grant.document,
        actions=[action_name(action) for action in counted if action not in APPROVAL_ACTIONS],
        on_approval=[action_name(action) for action in counted if action in APPROVAL_ACTIONS],
        purposes=[spoken(purposes[slug]) if slug in purposes else slug for slug in grant.purposes],
        valid_from=grant.valid_from,
        valid_to=grant.valid_to,
    )


def spoken(named: Site | Purpose) -> str:
    """The name in the language of the request."""
    return named.name_en if get_language() == "en" else named.name


def role_name(role: str) -> str:
    return {
        "operator": _("Đơn vị vận hành"),
        "holder": _("Đơn vị được giao quyền"),
        "supervisor": _("Đơn vị theo dõi, hướng dẫn"),
        "authority": _("Cấp có thẩm quyền"),
        "office": _("Văn phòng giúp việc"),
        "assigner": _("Đơn vị phân công"),
    }[role]


def _row(  # noqa: PLR0917 - one row
    notice: Notice, unit: Unit, on: date, columns: list[Site], slots: list[str],
    grants: list[tuple[Grant, list[str]]], stopped: bool, sheet: bool,  # noqa: FBT001 - as they stand in the row
) -> MatrixRow:  # fmt: skip
    name, english = unit.name_on(on)
    parent = next((each for each in notice.units if each.slug == unit.parent), None)
    return MatrixRow(
        slug=unit.slug,
        name=name,
        gloss=english if get_language() == "en" else "",
        parent=parent.name_on(on)[0] if parent is not None else "",
        role=unit.role,
        role_name=role_name(unit.role),
        url=f"{reverse('unit_sheet', args=[unit.slug])}?ngay={on}" if sheet else "",
        cells=[_cell(notice, site, slots, grants) for site in columns],
        system=[right_of(notice, grant, actions) for grant, actions in grants if grant.resource == SYSTEM_UID],
        stopped=stopped,
    )


def _cell(notice: Notice, site: Site, slots: list[str], grants: list[tuple[Grant, list[str]]]) -> Cell:
    here = [(grant, actions) for grant, actions in grants if grant.resource == site_uid(site.slug)]
    held = {action for _grant, actions in here for action in actions}
    return Cell(
        site=site.slug,
        site_short=site.short,
        marks=[_mark(action, held=action in held) for action in slots] if here else [],
        rights=[right_of(notice, grant, actions) for grant, actions in here],
    )


def _mark(action: str, *, held: bool) -> Mark:
    return Mark(_CODES[action], action_name(action), held, action in APPROVAL_ACTIONS)


def _slug(resource: str) -> str:
    return resource.partition("::")[2].strip('"')
