"""What section I.2 forbids to everybody, met at the API: a call that would delete, alter or stop is refused by its
clause and leaves an entry, whoever asks.

Law: nothing here does anything but refuse; the operations are in no schema, since nobody can use them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

from django.http import HttpRequest
from ninja import Path, Query

from haidang.accounts.authority import authority
from haidang.accounts.entities import account_uid
from haidang.audit.actions import record
from haidang.cameras.entities import camera_resource, camera_uid
from haidang.cameras.queries import known_camera
from haidang.core.errors import NotFound
from haidang.host.clock import wall_clock
from haidang.web.api.values import CameraId
from haidang.web.errors import Refused
from haidang.web.explain import refusal_of
from haidang.web.session import credential_of

__all__ = ["METHODS", "REFUSALS"]

METHODS = ["DELETE", "PUT", "PATCH"]


def recordings(request: HttpRequest, camera: Query[CameraId]) -> None:
    """No recording is deleted or altered (I.2.c)."""
    _refuse(request, "delete_recording" if request.method == "DELETE" else "alter_recording", camera)


def cameras(request: HttpRequest, camera_id: Path[CameraId]) -> None:
    """No camera is stopped or weakened (I.2.a)."""
    _refuse(request, "stop_recording" if request.method == "DELETE" else "disable_feature", camera_id)


REFUSALS: Mapping[str, Callable[..., None]] = {"/recordings": recordings, "/cameras/{camera_id}": cameras}


def _refuse(request: HttpRequest, action: str, slug: str) -> NoReturn:
    """Raises Refused with the clause; NotFound, alike for none and for one that the account may not know of."""
    credential, now, door = credential_of(request), wall_clock(), authority()
    actor, session = str(account_uid(credential.account.username)), credential.name
    try:
        camera = known_camera(credential.account, slug, now=now, door=door)
    except NotFound as error:
        record(
            now=now, actor=actor, action=action, resource=str(camera_uid(slug)), decision="deny",
            facts={"session": session, "code": error.code},
        )  # fmt: skip
        raise
    decision = door.decide(
        credential.account, action, camera_resource(camera), now=now, second_factor=credential.second_factor
    )
    record(
        now=now, actor=actor, action=action, resource=str(camera_uid(slug)), decision="deny", clause=decision.clause,
        policies=decision.policies, facts={"session": session},
    )  # fmt: skip
    raise Refused(refusal_of(action, camera.site.short, decision), code=decision.code, clause=decision.clause)
