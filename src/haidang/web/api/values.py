"""What goes in and out of the API. Instants are RFC 3339 text; unknown keys are refused."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema

from haidang.core.errors import InvalidInput
from haidang.core.units import WallUs, from_datetime, to_datetime

__all__ = [
    "CameraId",
    "CameraOut",
    "CamerasOut",
    "DecisionOut",
    "ExpiredOut",
    "GapOut",
    "HeldOut",
    "HoldIn",
    "HoldOut",
    "HolderOut",
    "HoldersOut",
    "HoldsOut",
    "Instant",
    "InstantOut",
    "MeOut",
    "ProblemOut",
    "PurposeOut",
    "RecordingsOut",
    "RightOut",
    "SiteOut",
    "SpanOut",
    "StateOut",
    "TicketIn",
    "TicketOut",
    "UnitOut",
    "instant_of",
    "rfc3339",
]

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+ -]\d\d:\d\d)", re.ASCII
)  # a "+" of a query that was not percent-encoded arrives as a space
CameraId = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9-]+$")]
_MIN, _MAX = WallUs(0), WallUs(7_258_118_400_000_000)  # 1970 to 2200


def instant_of(text: str) -> WallUs:
    """Read RFC 3339. Raises InvalidInput (``invalid_time``)."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise InvalidInput("couldn't use the time: RFC 3339 like 2026-11-25T08:00:00Z", code="invalid_time")
    day, clock, fraction, zone = match.groups()
    zone = "+00:00" if zone in "Zz" else zone.replace(" ", "+")
    try:
        at = from_datetime(datetime.fromisoformat(f"{day}T{clock}{(fraction or '.0')[:7]:0<7}{zone}"))
    except (ValueError, OverflowError) as error:
        raise InvalidInput("couldn't use the time: no such day, hour or zone", code="invalid_time") from error
    if not _MIN <= at <= _MAX:
        raise InvalidInput("couldn't use the time: from 1970 to 2200", code="invalid_time")
    return at


def rfc3339(at: WallUs) -> str:
    """The instant with ``Z``, exact to the microsecond: what the API said can be asked back."""
    return f"{to_datetime(at).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _is_instant(text: str) -> str:
    try:
        instant_of(text)
    except InvalidInput as error:
        raise ValueError(str(error)) from error
    return text


Instant = Annotated[
    str, AfterValidator(_is_instant), WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 40})
]
InstantOut = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
StreamName = Literal["main", "sub"]
ViewAction = Literal["view_live", "view_playback"]


class ProblemOut(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    clause: str


class SiteOut(Schema):
    id: str
    name: str
    short: str


class StateOut(Schema):
    kind: Literal["recording", "gap", "unknown"]
    since: InstantOut | None
    reason: str | None
    text: str


class PurposeOut(Schema):
    id: str
    name: str
    clause: str


class CameraOut(Schema):
    id: str
    name: str
    site: SiteOut
    streams: list[StreamName]
    actions: list[ViewAction]
    purposes: list[PurposeOut]
    state: StateOut


class CamerasOut(Schema):
    cameras: list[CameraOut]


class TicketIn(Schema):
    model_config = ConfigDict(extra="forbid")

    action: ViewAction
    purpose: Annotated[str, Field(max_length=63, pattern=r"^[a-z0-9-]*$")] = ""
    #: Playback only.
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None


class TicketOut(Schema):
    url: str
    expires_at: InstantOut
    ends_at: InstantOut


class SpanOut(Schema):
    from_: Annotated[InstantOut, Field(serialization_alias="from")]
    to: InstantOut


class GapOut(Schema):
    from_: Annotated[InstantOut, Field(serialization_alias="from")]
    to: InstantOut | None
    reason: str
    text: str


class ExpiredOut(Schema):
    """There were pictures, and their time is over."""

    from_: Annotated[InstantOut, Field(serialization_alias="from")]
    to: InstantOut


class HeldOut(Schema):
    """What a hold keeps of the window; told to those who may place holds there."""

    id: int
    from_: Annotated[InstantOut, Field(serialization_alias="from")]
    to: InstantOut


class HoldIn(Schema):
    """Minutes of a camera to keep from expiring, until when at the latest."""

    model_config = ConfigDict(extra="forbid")

    camera: CameraId
    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    until: Instant
    purpose: Annotated[str, Field(max_length=63, pattern=r"^[a-z0-9-]*$")] = ""


class HoldOut(Schema):
    """``camera`` null: every camera of the site. ``released_at`` null and ``in_force`` false: it lapsed by itself."""

    id: int
    site: str
    camera: str | None
    from_: Annotated[InstantOut, Field(serialization_alias="from")]
    to: InstantOut
    kind: Literal["manual", "incident", "storm"]
    reason: str
    until: InstantOut
    unit: str
    placed_at: InstantOut
    in_force: bool
    released_at: InstantOut | None


class HoldsOut(Schema):
    holds: list[HoldOut]


class RecordingsOut(Schema):
    camera: str
    stream: StreamName
    from_: Annotated[InstantOut, Field(serialization_alias="from")]
    to: InstantOut
    now: InstantOut
    retention_days: int | None
    spans: list[SpanOut]
    gaps: list[GapOut]
    expired: list[ExpiredOut]
    holds: list[HeldOut]


class UnitOut(Schema):
    id: str
    name: str


class RightOut(Schema):
    scope: str
    actions: list[str]
    purposes: list[str]
    clause: str


class MeOut(Schema):
    account: str
    unit: UnitOut
    must_change_password: bool
    session_ends_at: InstantOut
    rights: list[RightOut]


class DecisionOut(Schema):
    """Why an account may or may not; ``sentence`` is what its person would read."""

    account: str
    action: str
    resource: str
    on: str
    allowed: bool
    reason: str
    clause: str
    document: str
    policies: list[str]
    sentence: str


class HolderOut(Schema):
    unit: UnitOut
    clause: str
    document: str
    purposes: list[str]
    valid_from: str | None
    valid_to: str | None
    accounts: list[str]


class HoldersOut(Schema):
    resource: str
    action: str
    on: str
    holders: list[HolderOut]
