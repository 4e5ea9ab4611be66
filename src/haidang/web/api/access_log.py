"""The access log for programs: the same entries as the pages show, as they are recorded (ids, no names).

Law: the scope is that of the pages (``accounts.access_log``); reading others' entries is an entry here too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from haidang.accounts.access_log import units_then
from haidang.accounts.entities import account_uid, username_in
from haidang.accounts.queries import Credential
from haidang.audit.models import Entry
from haidang.audit.queries import cursor_of, entries, page_of
from haidang.core.errors import NotFound
from haidang.core.units import WallUs
from haidang.web.access_log_asked import Asked, note_read, reader_of, wanted_of
from haidang.web.access_log_words import Kind, actions_of, kind_of
from haidang.web.api.values import InstantOut, rfc3339
from haidang.web.rights_day import day_of

__all__ = ["AuditIn", "AuditOut", "audit_of"]

_DAY = r"^(\d{4}-\d\d-\d\d)?$"
_SLUG = r"^[a-z0-9-]*$"
_Slug = Annotated[str, Field(max_length=63, pattern=_SLUG)]


class AuditIn(Schema):
    """Days in GMT+7, both included; the last seven where none is named."""

    first: str = Field("", max_length=10, pattern=_DAY)
    last: str = Field("", max_length=10, pattern=_DAY)
    account: _Slug = ""
    unit: _Slug = ""
    camera: _Slug = ""
    site: _Slug = ""
    kind: Literal["", "views", "sign_in", "accounts", "rights", "configuration", "holds", "log", "other"] = ""
    decision: Literal["", "allow", "deny"] = ""
    cursor: str = Field("", max_length=40, pattern=r"^[0-9.]*$")
    limit: int = Field(50, ge=1, le=200)


class AuditEntryOut(Schema):
    """``unit`` is the actor's at that time; ``facts`` are those of the act, by name."""

    id: int
    at: InstantOut
    actor: str
    unit: str
    action: str
    kind: Kind
    resource: str
    purpose: str
    decision: str
    clause: str
    policies: list[str]
    facts: dict[str, Any]


class AuditOut(Schema):
    """``next``: the cursor of the page after this one."""

    reach: Literal["all", "unit", "own"]
    entries: list[AuditEntryOut]
    next: str | None


def audit_of(asked: AuditIn, credential: Credential, *, now: WallUs) -> AuditOut:
    """A page of what the account may read. Raises InvalidInput (``cursor``)."""
    if credential.account.kind == "terminal":
        raise NotFound("couldn't find it: a terminal only watches", code="not_found")
    after = cursor_of(asked.cursor)
    reader = reader_of(credential, now=now)
    days = Asked.of_days(day_of(asked.first), day_of(asked.last), now=now)
    page = replace(days, unit=asked.unit, camera=asked.camera, site=asked.site)
    wanted = replace(wanted_of(page, reader), decision=asked.decision)
    if asked.account:
        wanted = replace(wanted, accounts=(str(account_uid(asked.account)),))
    if asked.kind:
        wanted = replace(wanted, actions=actions_of(asked.kind))
    if reader.reach != "own":
        note_read(reader, page)
    shown, going_on = page_of(entries(reader.scope, wanted), after, asked.limit)
    units = units_then((_username(entry), entry.at) for entry in shown if entry.actor)
    return AuditOut(
        reach=reader.reach,
        entries=[
            AuditEntryOut(
                id=entry.pk,
                at=rfc3339(WallUs(entry.at)),
                actor=entry.actor,
                unit=units[key].slug if (key := (_username(entry), entry.at)) in units else "",
                action=entry.action,
                kind=kind_of(entry.action),
                resource=entry.resource,
                purpose=entry.purpose,
                decision=entry.decision,
                clause=entry.clause,
                policies=entry.policies,
                facts=entry.facts,
            )
            for entry in shown
        ],
        next=None if going_on is None else str(going_on),
    )


def _username(entry: Entry) -> str:
    return username_in(entry.actor)
