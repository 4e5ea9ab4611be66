"""The API's operations, each: authorise, query or act, shape the answer."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Path, Query, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError

from haidang import __version__
from haidang.accounts.authority import authority
from haidang.accounts.queries import grants_of, purposes_by_slug
from haidang.cameras.queries import known_camera, visible_cameras
from haidang.core.errors import HaidangError, InvalidInput
from haidang.core.timeline import Span
from haidang.footage.queries import states, timeline
from haidang.host.clock import wall_clock
from haidang.web.api import prohibited
from haidang.web.api.access_log import AuditIn, AuditOut, audit_of
from haidang.web.api.decisions import DecisionIn, WhoIn, decision_about, holders_of
from haidang.web.api.door import LogDoor, SessionDoor, TokenDoor
from haidang.web.api.holds import held_of, holds_of, placed_hold, retention_days
from haidang.web.api.logs import SamplesOut, log_file, samples
from haidang.web.api.shapes import Rights, camera_out, expired_out, gap_out, span_out
from haidang.web.api.values import (
    CameraId,
    CameraOut,
    CamerasOut,
    DecisionOut,
    HoldersOut,
    HoldIn,
    HoldOut,
    HoldsOut,
    Instant,
    MeOut,
    ProblemOut,
    RecordingsOut,
    RightOut,
    StreamName,
    TicketIn,
    TicketOut,
    UnitOut,
    instant_of,
    rfc3339,
)
from haidang.web.errors import Refused, status_of
from haidang.web.gateway_address import gateway_base
from haidang.web.problems import PROBLEM_TYPE, problem
from haidang.web.session import credential_of
from haidang.web.tickets import Asked, checked_window, issue_ticket

__all__ = ["api"]

api = NinjaAPI(
    title="Hải Đăng",
    version=__version__,
    description="Camera, vé xem, bản ghi hình. Cameras an account may know of, tickets, recordings.",
    docs_url=None,
    auth=[TokenDoor(), SessionDoor()],
    urls_namespace="api-v1",
)


def _problems(*statuses: int) -> dict[str, Any]:
    """The refusals of an operation, for its OpenAPI entry."""
    schema = {"schema": ProblemOut.model_json_schema()}
    responses = {
        status: {"description": "RFC 9457 problem", "content": {PROBLEM_TYPE: schema}}
        for status in (400, 401, 403, *statuses)
    }
    return {"responses": responses}


@api.get("/me", response=MeOut, openapi_extra=_problems())
def me(request: HttpRequest) -> MeOut:
    """Who speaks, and with which rights."""
    credential, now = credential_of(request), wall_clock()
    account = credential.account
    return MeOut(
        account=account.username,
        unit=UnitOut(id=account.unit.slug, name=account.unit.name),
        must_change_password=account.must_change_password,
        session_ends_at=rfc3339(credential.ends_at),
        rights=[
            RightOut(scope=grant.resource, actions=grant.actions, purposes=grant.purposes, clause=grant.clause)
            for grant in grants_of(account, now=now)
        ],
    )


@api.get("/cameras", response=CamerasOut, openapi_extra=_problems())
def cameras(request: HttpRequest) -> CamerasOut:
    """The cameras that the account may know of."""
    account, now, door = credential_of(request).account, wall_clock(), authority()
    visible = visible_cameras(account, now=now, door=door)
    known = states([camera.slug for camera in visible], now=now)
    rights = Rights(door, account, grants_of(account, now=now), purposes_by_slug(), now)
    return CamerasOut(cameras=[camera_out(camera, known, rights) for camera in visible])


@api.get("/cameras/{camera_id}", response=CameraOut, openapi_extra=_problems(404, 422))
def camera(request: HttpRequest, camera_id: Path[CameraId]) -> CameraOut:
    """One camera; 404 alike for one that does not exist and one that the account may not know of."""
    account, now, door = credential_of(request).account, wall_clock(), authority()
    found = known_camera(account, camera_id, now=now, door=door)
    rights = Rights(door, account, grants_of(account, now=now), purposes_by_slug(), now)
    return camera_out(found, states([found.slug], now=now), rights)


@api.post("/cameras/{camera_id}/tickets", response={201: TicketOut}, openapi_extra=_problems(404, 422, 503))
def tickets(request: HttpRequest, camera_id: Path[CameraId], asked: TicketIn) -> Status[TicketOut]:
    """A short-lived right to start one live stream or playback at the gateway."""
    window = None
    if asked.from_ is not None and asked.to is not None:
        window = instant_of(asked.from_), instant_of(asked.to)
    issued = issue_ticket(
        Asked(camera_id, asked.action, asked.purpose, window), credential_of(request), now=wall_clock()
    )
    live = asked.action == "view_live"
    path = f"/media/live/{issued.text}" if live else f"/media/playback/{issued.text}/index.m3u8"
    issued_out = TicketOut(
        url=gateway_base(request, websocket=live) + path,
        expires_at=rfc3339(issued.ticket.start_by),
        ends_at=rfc3339(issued.ticket.ends_at),
    )
    return Status(201, issued_out)


@api.get("/recordings", response=RecordingsOut, openapi_extra=_problems(404, 422), by_alias=True)
def recordings(
    request: HttpRequest,
    camera: Query[CameraId],
    from_: Annotated[Instant, Query(alias="from")],
    to: Annotated[Instant, Query()],
    stream: Query[StreamName] = "main",
) -> RecordingsOut:
    """When there are pictures, when none and why. Shows no picture: whoever may know the camera may ask."""
    account, now = credential_of(request).account, wall_clock()
    found = known_camera(account, camera, now=now)
    from_us, to_us = checked_window(instant_of(from_), instant_of(to), now=now)
    day = timeline(found.slug, stream, from_us=from_us, to_us=to_us, now=now)
    return RecordingsOut(
        camera=found.slug,
        stream=stream,
        from_=rfc3339(from_us),
        to=rfc3339(to_us),
        now=rfc3339(now),
        retention_days=retention_days(found.site.slug, now),
        spans=[span_out(span) for span in day.spans],
        gaps=[gap_out(gap) for gap in day.gaps],
        expired=[expired_out(span) for span in day.expired],
        holds=held_of(account, found, Span(from_us, to_us), now=now),
    )


@api.get("/holds", response=HoldsOut, openapi_extra=_problems(422), by_alias=True)
def holds(request: HttpRequest, in_force: Query[bool | None] = None) -> HoldsOut:
    """The holds of the sites where the account may place them, the newest first; none for who may nowhere."""
    return holds_of(credential_of(request), in_force=in_force, now=wall_clock())


@api.post("/holds", response={201: HoldOut}, openapi_extra=_problems(404, 409, 422), by_alias=True)
def new_hold(request: HttpRequest, asked: HoldIn) -> Status[HoldOut]:
    """Keep a camera's minutes from expiring. Copies nothing and shows no picture."""
    return Status(201, placed_hold(asked, credential_of(request), now=wall_clock()))


@api.get("/decisions", response=DecisionOut, openapi_extra=_problems(404, 422))
def decisions(request: HttpRequest, asked: Query[DecisionIn]) -> DecisionOut:
    """May an account (the own by default) do that, on any day, and by which clause. Asks nothing, opens nothing."""
    return decision_about(asked, credential_of(request), now=wall_clock())


@api.get("/who", response=HoldersOut, openapi_extra=_problems(404, 422))
def who(request: HttpRequest, asked: Query[WhoIn]) -> HoldersOut:
    """Who has the right on that day; for those who may see rights."""
    return holders_of(asked, credential_of(request), now=wall_clock())


@api.get("/audit", response=AuditOut, openapi_extra=_problems(404, 422))
def audit(request: HttpRequest, asked: Query[AuditIn]) -> AuditOut:
    """The access log, newest first: every unit's for the supervisor, the own unit's for its manager, else the own."""
    return audit_of(asked, credential_of(request), now=wall_clock())


@api.exception_handler(HaidangError)
def _ours(_request: HttpRequest, error: HaidangError) -> HttpResponse:
    detail = error.sentence if isinstance(error, Refused) else ""
    return problem(status=status_of(error), code=error.code, clause=error.clause, detail=detail)


@api.exception_handler(AuthenticationError)
def _unauthenticated(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return problem(status=401, code="unauthenticated")


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    # Names of what is wrong, never the values: they may be anything, and problems are logged by clients.
    fields = [".".join(str(part) for part in each["loc"][1:]) for each in error.errors]
    return problem(status=422, code=InvalidInput.default_code, detail=", ".join(dict.fromkeys(fields))[:300])


@api.exception_handler(HttpError)
def _http(_request: HttpRequest, error: HttpError) -> HttpResponse:
    code = {403: "csrf", 400: "invalid_input"}.get(error.status_code, "error")
    return problem(status=error.status_code, code=code)


for _path, _refusal in prohibited.REFUSALS.items():
    api.api_operation(prohibited.METHODS, _path, include_in_schema=False)(_refusal)
# A format of its own (c2sp.org/tlog-tiles), described in docs/ref/api.md.
api.post("/logs/record/samples", auth=LogDoor(), include_in_schema=False, response={202: SamplesOut})(samples)
api.get("/logs/{name}/{path:path}", auth=LogDoor(), include_in_schema=False)(log_file)
