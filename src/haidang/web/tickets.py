"""Issuing tickets: ask the one door, sign, and leave an entry of the answer, whichever it was."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from haidang.accounts.authority import Authority, authority
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Grant
from haidang.accounts.queries import Credential, grants_end, grants_of
from haidang.audit.actions import record
from haidang.cameras.entities import camera_resource, camera_uid
from haidang.cameras.models import Camera
from haidang.cameras.queries import known_camera
from haidang.core.errors import InvalidInput, NotFound, Unavailable
from haidang.core.host import TICKET_KEY
from haidang.core.policy import Decision
from haidang.core.policy.notice import site_uid
from haidang.core.tickets import MAX_START_S, Ticket, TicketAction, sign_ticket
from haidang.core.units import WallUs
from haidang.web.errors import Refused
from haidang.web.explain import refusal_of

__all__ = ["MAX_WINDOW_US", "Asked", "Issued", "checked_window", "issue_ticket"]

MAX_WINDOW_US = 31 * 86_400 * 1_000_000
Draw = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a viewer asks for; the window is for playback."""

    camera: str
    action: TicketAction
    purpose: str = ""
    window: tuple[WallUs, WallUs] | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    ticket: Ticket
    text: str


def issue_ticket(asked: Asked, credential: Credential, *, now: WallUs, draw: Draw = secrets.token_urlsafe) -> Issued:
    """A signed ticket. Raises NotFound (may not know of it), Refused, InvalidInput, Unavailable (no key)."""
    door = authority()
    account = credential.account
    actor, resource = str(account_uid(account.username)), str(camera_uid(asked.camera))
    try:
        camera = known_camera(account, asked.camera, now=now, door=door)
    except NotFound as error:
        # The same entry whether the camera exists or not: the answer's time tells no more than its words.
        record(
            now=now, actor=actor, action=asked.action, resource=resource, purpose=asked.purpose, decision="deny",
            facts={"session": credential.name, "code": error.code},
        )  # fmt: skip
        raise
    window = _window_of(asked, now)
    purpose, decision = _decide(door, camera, asked, credential, now)
    if not decision.allowed:
        record(
            now=now, actor=actor, action=asked.action, resource=resource, purpose=purpose, decision="deny",
            clause=decision.clause, policies=decision.policies, facts={"session": credential.name},
        )  # fmt: skip
        raise _refused(door, camera, asked, credential, decision, now)
    ticket = Ticket(
        ticket_id=draw(12),
        account=account.username,
        session=credential.name,
        holder=credential.viewer_sha256,
        site=camera.site.slug,
        camera=camera.slug,
        action=asked.action,
        purpose=purpose,
        issued_at=now,
        start_by=WallUs(now + MAX_START_S * 1_000_000),
        ends_at=min(credential.ends_at, grants_end(decision.policies)),
        policies=decision.policies,
        window_from=window[0],
        window_to=window[1],
    )
    text = sign_ticket(ticket, ticket_key(settings.HAIDANG_HOME / TICKET_KEY))
    record(
        now=now, actor=actor, action=asked.action, resource=resource, purpose=purpose, decision="allow",
        clause=decision.clause, policies=decision.policies,
        facts={"ticket": ticket.ticket_id, "session": credential.name, "from": window[0], "to": window[1]},
    )  # fmt: skip
    return Issued(ticket, text)


def _decide(door: Authority, camera: Camera, asked: Asked, credential: Credential, now: WallUs) -> tuple[str, Decision]:
    """The purpose that counts and the decision for it. Raises InvalidInput (``purpose_needed``) if one must choose."""
    purpose = asked.purpose
    if not purpose:
        given = _purposes(grants_of(credential.account, now=now), camera, asked.action)
        if len(given) > 1:
            raise InvalidInput(
                f"couldn't issue the ticket: name a purpose, one of {', '.join(given)}", code="purpose_needed"
            )
        purpose = given[0] if given else ""
    decision = door.decide(credential.account, asked.action, camera_resource(camera), now=now, purpose=purpose)
    return purpose, decision


def _purposes(grants: list[Grant], camera: Camera, action: str) -> list[str]:
    resource = site_uid(camera.site.slug)
    found = (
        purpose
        for grant in grants
        if grant.resource == resource and action in grant.actions
        for purpose in grant.purposes
    )
    return list(dict.fromkeys(found))


def _refused(  # noqa: PLR0917 - what the refusal is worded from
    door: Authority, camera: Camera, asked: Asked, credential: Credential, decision: Decision, now: WallUs
) -> Refused:
    """Says whether it is the action that is missing or only the purpose."""
    others = _purposes(grants_of(credential.account, now=now), camera, asked.action)
    resource = camera_resource(camera)
    elsewise = any(
        door.decide(credential.account, asked.action, resource, now=now, purpose=other).allowed for other in others
    )
    code = "purpose_not_granted" if elsewise else decision.code
    sentence = refusal_of(asked.action, camera.site.short, decision, code=code)
    return Refused(sentence, code=code, clause=decision.clause)


def _window_of(asked: Asked, now: WallUs) -> tuple[WallUs, WallUs]:
    if asked.action == "view_live":
        return WallUs(0), WallUs(0)
    if asked.window is None:
        raise InvalidInput("couldn't issue the ticket: playback needs from and to", code="window_needed")
    return checked_window(*asked.window, now=now)


def checked_window(from_us: WallUs, to_us: WallUs, *, now: WallUs) -> tuple[WallUs, WallUs]:
    """A window of the past: ``to`` is cut to now. Raises InvalidInput."""
    if to_us <= from_us:
        raise InvalidInput("couldn't use the window: to must be later than from", code="window_order")
    to_us = min(to_us, now)
    if to_us <= from_us:
        raise InvalidInput("couldn't use the window: it is in the future", code="window_future")
    if to_us - from_us > MAX_WINDOW_US:
        raise InvalidInput("couldn't use the window: 31 days at most", code="window_too_long")
    return from_us, to_us


@lru_cache(maxsize=4)
def ticket_key(path: Path) -> Ed25519PrivateKey:
    """The signing key; read once. A failure is not remembered."""
    try:
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable(
            "couldn't sign tickets: the key is missing; `haidang init` makes it", code="no_key"
        ) from error
