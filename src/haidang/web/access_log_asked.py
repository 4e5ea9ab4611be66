"""What a page of the access log is asked for: filters in the address, read for one reader.

Laws: the reader's scope holds beside every filter (``audit.queries``); a name is looked for only among the people and
cameras that the reader knows of, so that guessing one gives what any wrong word gives: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import QueryDict

from haidang.accounts.access_log import Reach, reach_of, scope_of, unit_scope
from haidang.accounts.authority import SYSTEM, Authority, authority, unit_resource, vietnam_day
from haidang.accounts.entities import account_uid, username_in
from haidang.accounts.models import Account, Unit
from haidang.accounts.queries import Credential
from haidang.accounts.states import day_bounds
from haidang.audit.actions import note_reading
from haidang.audit.models import Entry
from haidang.audit.queries import Scope, Wanted, is_seen
from haidang.cameras.entities import camera_uid
from haidang.cameras.models import Camera
from haidang.cameras.queries import visible_cameras
from haidang.core.policy.notice import site_uid
from haidang.core.units import WallUs
from haidang.web.access_log_words import KINDS, actions_of
from haidang.web.folding import matches
from haidang.web.rights_day import day_of

__all__ = ["DECISIONS", "Asked", "Reader", "asked_of", "note_entry_read", "note_read", "reader_of", "wanted_of"]

#: In the address: the decision that an entry tells.
DECISIONS = {"cho-phep": "allow", "tu-choi": "deny"}
_DEFAULT_DAYS = 7
_MAX_TEXT = 100


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, how far, and the cameras whose names it may be told."""

    credential: Credential
    reach: Reach
    scope: Scope
    cameras: tuple[Camera, ...]
    units: tuple[Unit, ...]
    now: WallUs

    @property
    def account(self) -> Account:
        return self.credential.account


@dataclass(frozen=True, slots=True)
class Asked:
    """Days are both included; ``misread``: what was no day."""

    first: date
    last: date
    unit: str = ""
    who: str = ""
    camera: str = ""
    site: str = ""
    kind: str = ""
    decision: str = ""
    misread: str = ""

    @classmethod
    def of_days(cls, first: date | None, last: date | None, *, now: WallUs) -> Asked:
        """Without days the last seven; turned round where the first is the later."""
        today = vietnam_day(now)
        last = last or max(today, first or today)
        first = first or last - timedelta(days=_DEFAULT_DAYS - 1)
        return cls(min(first, last), max(first, last))

    @property
    def filtered(self) -> bool:
        return any((self.unit, self.who, self.camera, self.site, self.kind, self.decision))

    @property
    def narrowed(self) -> bool:
        """By what the page folds away."""
        return any((self.unit, self.camera, self.site, self.decision))

    @property
    def days(self) -> str:
        return f"{self.first.isoformat()}/{self.last.isoformat()}"

    @property
    def filters(self) -> str:
        """The filters besides the days, as an entry keeps them: no free text, for people type names into it."""
        kept = self._pairs() | {"nguoi": "1" if self.who else ""}
        return urlencode({name: value for name, value in kept.items() if value})

    def query(self, *, kind: str | None = None, after: str = "") -> str:
        """The same in an address; of another kind, or from where to go on."""
        pairs = {"tu": self.first.isoformat(), "den": self.last.isoformat(), **self._pairs(), "sau": after}
        if kind is not None:
            pairs["loai"] = kind
        return urlencode({name: value for name, value in pairs.items() if value})

    def _pairs(self) -> dict[str, str]:
        return {
            "don-vi": self.unit, "nguoi": self.who, "camera": self.camera, "khu-vuc": self.site, "loai": self.kind,
            "quyet-dinh": self.decision,
        }  # fmt: skip


def reader_of(credential: Credential, *, now: WallUs, own: bool = False, door: Authority | None = None) -> Reader:
    """``own``: read no farther than the own account."""
    door = door or authority()
    reach: Reach = "own" if own else reach_of(credential, now=now, door=door)
    if reach == "all":
        cameras, units = tuple(Camera.objects.select_related("site")), tuple(Unit.objects.order_by("pk"))
    else:
        cameras, units = tuple(visible_cameras(credential.account, now=now, door=door)), ()
    return Reader(credential, reach, scope_of(credential.account, reach), cameras, units, now)


def note_read(reader: Reader, asked: Asked) -> None:
    """That the log of others was read is itself an entry, by the clause that lets the reader do so."""
    account, own = reader.account, unit_resource(reader.account.unit)
    action, resource = ("read_access_log", SYSTEM) if reader.reach == "all" else ("manage_unit", own)
    decision = authority().decide(
        account, action, resource, now=reader.now, second_factor=reader.credential.second_factor
    )
    note_reading(
        now=reader.now, actor=str(account_uid(account.username)), session=reader.credential.name, reach=reader.reach,
        days=asked.days, clause=decision.clause,
    )  # fmt: skip


def note_entry_read(reader: Reader, entry: Entry) -> None:
    """The same of one entry by its number, unless it is the reader's own: whoever counts up reads the log as well."""
    own = scope_of(reader.account, "own")
    if reader.reach != "own" and not is_seen(own, entry):
        day = vietnam_day(WallUs(entry.at))
        note_read(reader, Asked.of_days(day, day, now=reader.now))


def asked_of(query: QueryDict, *, now: WallUs) -> Asked:
    """From the address; the last seven days where it names none. What is no day is said, and counts as not named."""
    text = {name: str(value).replace("\0", "").strip()[:_MAX_TEXT] for name, value in query.items()}
    first, last = day_of(text.get("tu", "")), day_of(text.get("den", ""))
    wrong = [text[name] for name, day in (("tu", first), ("den", last)) if text.get(name) and day is None]
    return replace(
        Asked.of_days(first, last, now=now),
        unit=text.get("don-vi", ""), who=text.get("nguoi", ""), camera=text.get("camera", ""),
        site=text.get("khu-vuc", ""), kind=text.get("loai", "") if text.get("loai") in KINDS else "",
        decision=text.get("quyet-dinh", "") if text.get("quyet-dinh") in DECISIONS else "",
        misread=", ".join(wrong),
    )  # fmt: skip


def wanted_of(asked: Asked, reader: Reader) -> Wanted:
    """The same for a query."""
    return Wanted(
        from_us=day_bounds(asked.first)[0],
        to_us=day_bounds(asked.last)[1],
        of_unit=_of_unit(asked.unit, reader),
        accounts=_accounts(asked.who, reader),
        resources=_resources(asked, reader),
        actions=actions_of(KINDS[asked.kind][0]) if asked.kind else None,
        decision=DECISIONS.get(asked.decision, ""),
    )


def _of_unit(slug: str, reader: Reader) -> Scope | None:
    if not slug:
        return None
    unit = next((each for each in reader.units if each.slug == slug), None)
    return Scope() if unit is None else unit_scope(unit)


def _accounts(who: str, reader: Reader) -> tuple[str, ...] | None:
    if not who:
        return None
    rows = Account.objects.all()
    if reader.reach != "all":
        known = [username_in(each.account) for each in reader.scope.stretches]
        rows = rows.filter(username__in=known)
    return tuple(
        str(account_uid(row.username))
        for row in rows
        if row.username == who or matches(who, (row.username.replace("-", " "), row.display_name, row.position))
    )


def _resources(asked: Asked, reader: Reader) -> tuple[str, ...] | None:
    if not (asked.camera or asked.site):
        return None
    cameras = [
        each for each in reader.cameras
        if asked.camera in ("", each.slug) and asked.site in ("", each.site.slug)
    ]  # fmt: skip
    found = [str(camera_uid(each.slug)) for each in cameras]
    if cameras and not asked.camera:
        found.append(site_uid(asked.site))
    return tuple(found)
