"""Explaining decisions to programs: the own ones to everybody, others' to those who see rights or manage the unit.

Law: what the asker may not know of is absent: a camera out of reach and one that never was are the same 404, and so are
an account out of reach and one that never was.
"""

from __future__ import annotations

from datetime import date

from ninja import Schema
from pydantic import Field

from haidang.accounts.authority import SYSTEM, Authority, Resource, authority, vietnam_day
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account
from haidang.accounts.policies import notice_in_force
from haidang.accounts.queries import Credential
from haidang.accounts.who import who_has
from haidang.audit.actions import record
from haidang.cameras.entities import camera_resource
from haidang.cameras.models import Camera
from haidang.cameras.queries import known_camera
from haidang.core.errors import InvalidInput, NotFound
from haidang.core.policy import SYSTEM_UID
from haidang.core.units import WallUs
from haidang.web.allowed import may, may_manage
from haidang.web.api.values import DecisionOut, HolderOut, HoldersOut, UnitOut
from haidang.web.errors import Refused
from haidang.web.explain import explained, refusal_of

__all__ = ["DecisionIn", "WhoIn", "decision_about", "holders_of"]

_DAY = r"^(\d{4}-\d\d-\d\d)?$"


class WhoIn(Schema):
    """``resource``: a camera's id or UID, or the system's UID. ``on``: today where left out."""

    action: str = Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$")
    resource: str = Field(min_length=1, max_length=100)
    on: str = Field("", max_length=10, pattern=_DAY)


class DecisionIn(WhoIn):
    """``account``: the own where left out. ``purpose``: each of the unit's is tried where left out."""

    account: str = Field("", max_length=63, pattern=r"^[a-z0-9-]*$")
    purpose: str = Field("", max_length=63, pattern=r"^[a-z0-9-]*$")


def decision_about(asked: DecisionIn, credential: Credential, *, now: WallUs) -> DecisionOut:
    """The one door's answer. Raises NotFound for what the asker may not know of, InvalidInput for no day."""
    door, today = authority(), vietnam_day(now)
    about, on = _account(asked.account, credential, door, now), _day(asked.on, today)
    resource, scope = _resource(asked.resource, credential, door, now)
    second_factor = credential.second_factor if about.pk == credential.account.pk else True
    decision = door.decide_on(
        about, asked.action, resource, on=on, today=today, purpose=asked.purpose, second_factor=second_factor
    )
    said = explained(asked.action, scope, decision, door)
    return DecisionOut(
        account=about.username,
        action=asked.action,
        resource=str(resource.uid),
        on=on.isoformat(),
        allowed=decision.allowed,
        reason=decision.code,
        clause=decision.clause,
        document=said.document,
        policies=list(decision.policies),
        sentence=said.sentence,
    )


def holders_of(asked: WhoIn, credential: Credential, *, now: WallUs) -> HoldersOut:
    """Every unit with the right. Raises Refused without ``view_rights``."""
    door = authority()
    decision = door.decide(credential.account, "view_rights", SYSTEM, now=now, second_factor=credential.second_factor)
    if not decision.allowed:
        record(
            now=now, actor=str(account_uid(credential.account.username)), action="view_rights", resource=SYSTEM_UID,
            decision="deny", clause=decision.clause, facts={"session": credential.name},
        )  # fmt: skip
        raise Refused(refusal_of("view_rights", "", decision), code=decision.code, clause=decision.clause)
    on, notice = _day(asked.on, vietnam_day(now)), notice_in_force()
    resource = _any_resource(asked.resource)
    holders = [] if notice is None else who_has(resource, asked.action, on=on, door=door, notice=notice)
    return HoldersOut(
        resource=str(resource.uid),
        action=asked.action,
        on=on.isoformat(),
        holders=[
            HolderOut(
                unit=UnitOut(id=holder.unit, name=holder.name),
                clause=holder.clause,
                document=holder.document,
                purposes=list(holder.purposes),
                valid_from=None if holder.valid_from is None else holder.valid_from.isoformat(),
                valid_to=None if holder.valid_to is None else holder.valid_to.isoformat(),
                accounts=list(holder.accounts),
            )
            for holder in holders
        ],
    )


def _account(name: str, credential: Credential, door: Authority, now: WallUs) -> Account:
    if not name or name == credential.account.username:
        return credential.account
    other = Account.objects.filter(username=name).first()
    sees = may(credential, "view_rights", now=now, door=door)
    if other is None or not (sees or may_manage(credential, other.unit, now=now, door=door)):
        raise NotFound("couldn't find the account", code="unknown_account")
    return other


def _resource(name: str, credential: Credential, door: Authority, now: WallUs) -> tuple[Resource, str]:
    """What is asked about and where that is, in words ("" for the system)."""
    if name == SYSTEM_UID:
        return SYSTEM, ""
    slug = _slug(name)
    if may(credential, "view_rights", now=now, door=door):
        camera = _camera(slug)
    else:
        camera = known_camera(credential.account, slug, now=now, door=door)
    return camera_resource(camera), camera.site.short


def _any_resource(name: str) -> Resource:
    return SYSTEM if name == SYSTEM_UID else camera_resource(_camera(_slug(name)))


def _camera(slug: str) -> Camera:
    camera = Camera.objects.select_related("site").filter(slug=slug, is_active=True).first()
    if camera is None:
        raise NotFound("couldn't find the camera", code="unknown_camera")
    return camera


def _slug(name: str) -> str:
    return name.removeprefix('Camera::"').removesuffix('"').replace("\0", "")


def _day(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text) if text else today
    except ValueError as error:
        raise InvalidInput("couldn't use the day: YYYY-MM-DD", code="invalid_day") from error
