"""``haidang policy``, ``can`` and ``who`` as plain functions. Importing this sets Django up.

Changes of policy are made by persons also on the host, with password and code (docs/design/rights.md section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import translation

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.accounts import actions as accounts
from haidang.accounts.authority import SYSTEM, Authority, Resource, authority, authority_known_at, vietnam_day
from haidang.accounts.models import Account, PolicyRevision
from haidang.accounts.policies import change_numbered, notice_in_force, notice_known_at
from haidang.accounts.queries import account_named
from haidang.accounts.states import day_bounds
from haidang.accounts.who import Holder, who_has
from haidang.cameras import policy as changes
from haidang.cameras.entities import camera_resource
from haidang.cameras.models import Camera, Site
from haidang.config.key_files import credentials_key
from haidang.config.policy_files import lint_policy_set, read_policy_set
from haidang.core.errors import Denied, InvalidInput, NotFound
from haidang.core.policy import SYSTEM_UID, Notice, plan
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.web.explain import explained
from haidang.web.plan_texts import lines_of
from haidang.web.rights_matrix import any_camera_of

__all__ = [
    "Applied",
    "Person",
    "PlanLine",
    "Verdict",
    "apply_policy",
    "approve_policy",
    "can",
    "check_policy",
    "first_policy",
    "plan_policy",
    "show_policy",
    "who",
]


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts at the command line: shown by password, and by a code where the right asks for a second factor."""

    username: str
    password: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class PlanLine:
    text: str
    widens: bool
    unwatches: bool
    #: Recordings are erased earlier than they were.
    erases: bool = False

    @property
    def mark(self) -> str:
        """``+`` widens, ``!`` takes a right to watch over others or erases earlier (both take two), ``-`` the rest."""
        return "+" if self.widens else "!" if self.unwatches or self.erases else "-"

    @property
    def why_two(self) -> str:
        """Why one person is not enough, in the words of the page; "" where one is."""
        if self.widens:
            return "mở rộng quyền"
        return "xóa sớm hơn" if self.erases else "bớt quyền theo dõi" if self.unwatches else ""


@dataclass(frozen=True, slots=True)
class Applied:
    """``state``: applied, or proposed where a second person must agree."""

    change: int
    state: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an account may or may not do something; ``sentence`` is what its person would read."""

    allowed: bool
    code: str
    clause: str
    document: str
    policies: tuple[str, ...]
    sentence: str


def check_policy(folder: Path | None = None) -> list[str]:
    """Every mistake of a policy set (the shipped one by default), each with its place; none if it is sound."""
    return [str(finding) for finding in lint_policy_set(folder)]


def plan_policy(folder: Path | None = None) -> list[PlanLine]:
    """What applying the set would change, in sentences."""
    old, new = notice_in_force(), read_policy_set(folder)
    with translation.override("vi"):
        lines = lines_of(plan(old, new), old, new)
    return [PlanLine(line.sentence, line.widens, line.unwatches, line.erases) for line in lines]


def first_policy() -> bool:
    """Put the shipped set in force where none is; False elsewhere."""
    newest, now = PolicyRevision.objects.order_by("-pk").first(), wall_clock()
    applied = (newest is None or not newest.notice) and accounts.apply_policy(read_policy_set(), now=now)
    changes.follow_notice(now=now)
    return applied


def apply_policy(folder: Path | None, *, document: str, by: Person) -> Applied:
    """Propose the set in a person's name; in force at once where one is enough."""
    notice, now = read_policy_set(folder), wall_clock()
    account, second_factor = _shown(by, now)
    change = changes.propose(
        notice, title=f"{notice.slug}", document=document, by=account, second_factor=second_factor, now=now
    )
    return Applied(change.pk, change.state)


def approve_policy(number: int, *, by: Person) -> Applied:
    """A second person agrees to a proposal."""
    change, now = change_numbered(number), wall_clock()
    account, second_factor = _shown(by, now)
    changes.approve(change, by=account, second_factor=second_factor, now=now)
    return Applied(change.pk, change.state)


def show_policy() -> str:
    """The Cedar text in force."""
    revision = PolicyRevision.objects.order_by("-pk").first()
    if revision is None:
        raise NotFound("couldn't show the policy: none is in force; `haidang init`", code="no_policy")
    return revision.cedar


def can(username: str, action: str, resource: str, *, purpose: str = "", on: str = "") -> Verdict:
    """Ask the one door. ``resource`` is a Cedar UID or a camera's id; ``on`` a day (YYYY-MM-DD), today by default.

    Without a purpose, each of the unit's is tried. A second factor is taken as shown.
    """
    today = vietnam_day(wall_clock())
    day, account, (about, scope) = _day(on), account_named(username), _resource(resource)
    door = authority()
    decision = door.decide_on(account, action, about, on=day, today=today, purpose=purpose, second_factor=True)
    with translation.override("vi"):
        said = explained(action, scope, decision, door)
    return Verdict(decision.allowed, decision.code, decision.clause, said.document, decision.policies, said.sentence)


def who(resource: str, action: str, *, on: str = "", known_on: str = "") -> list[Holder]:
    """Who has the right on that day; with ``known_on``, as the policy of that other day said."""
    about, _scope = _resource(resource)
    door, notice = _policy(known_on)
    if notice is None:
        raise NotFound("couldn't tell: no policy was in force", code="no_policy")
    return who_has(about, action, on=_day(on), door=door, notice=notice)


def _policy(known_on: str) -> tuple[Authority, Notice | None]:
    if not known_on:
        return authority(), notice_in_force()
    end = WallUs(day_bounds(_day(known_on))[1] - 1)
    return authority_known_at(end), notice_known_at(end)


def _shown(person: Person, now: WallUs) -> tuple[Account, bool]:
    """The account, and whether its code proves a second factor. Says the same of every wrong half."""
    account = Account.objects.filter(username=person.username).first()
    if account is None or not account.check_password(person.password):
        accounts.record_failed_login(person.username, locked=False, now=now)
        raise Denied("couldn't act: account or password is not right", code="unauthenticated")
    key = credentials_key(settings.HAIDANG_HOME)
    return account, bool(person.code) and accounts.show_code(account, person.code, now=now, key=key) != ""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else vietnam_day(wall_clock())
    except ValueError as error:
        raise InvalidInput(f"couldn't use {text!r} as a day: YYYY-MM-DD", code="invalid_day") from error


def _resource(text: str) -> tuple[Resource, str]:
    """What is asked about, and how people call it ("" for the system)."""
    if text == SYSTEM_UID:
        return SYSTEM, ""
    slug = text.removeprefix('Camera::"').removesuffix('"')
    camera = Camera.objects.select_related("site").filter(slug=slug).first()
    if camera is not None:
        return camera_resource(camera), camera.site.short
    site = Site.objects.filter(slug=text.removeprefix('Site::"').removesuffix('"')).first()
    if site is not None:
        return any_camera_of(site.slug), site.short
    raise NotFound(f"couldn't find {text!r}: a camera's id, a site's or {SYSTEM_UID}", code="unknown_resource")
