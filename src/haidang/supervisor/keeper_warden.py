"""The warden: no stream outlives its right.

Twice a second it asks the gateway what runs, and ends what nobody could start now: login or token gone, account or unit
off, grant over, camera out of use. Law: each round ends with an order, be it for no stream, and only after decisions
were made: the order is what keeps the other streams alive, so a database that does not answer, or a list that cannot be
read, ends them all after ``warden_timeout_s``.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol, TypeVar

import structlog

from haidang.accounts.authority import authority, vietnam_day
from haidang.accounts.entities import is_able
from haidang.accounts.models import Account
from haidang.accounts.queries import live_credentials
from haidang.cameras.entities import camera_resource
from haidang.cameras.queries import all_cameras
from haidang.core.errors import CorruptData, Unavailable
from haidang.core.messages import EndedStream, EndReason, OpenStream
from haidang.core.units import WallUs
from haidang.gateway.sockets import address_of

__all__ = ["ControlDoor", "Gateway", "Warden", "streams_to_end"]

log = structlog.get_logger("keeper.warden")

_S = TypeVar("_S", bound=OpenStream)
_TIMEOUT_S = 2.0
#: A list of every stream of the largest gateway (``gateway.max_viewers``).
_MAX_ANSWER_BYTES = 32 * 1024 * 1024


class Gateway(Protocol):
    """What the warden needs of a gateway."""

    def open_streams(self) -> list[OpenStream]:
        """Everything that runs. Raises Unavailable when the gateway does not answer."""

    def end(self, streams: dict[str, EndReason]) -> None:
        """End these, each for its reason; the others have been checked. Raises Unavailable."""


class ControlDoor:
    """The gateway's control socket (``core.messages``); one connection, made anew when it breaks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None

    def open_streams(self) -> list[OpenStream]:
        return self._read(OpenStream, self._ask({"op": "list"}), "streams")

    def ended_streams(self) -> tuple[list[EndedStream], int]:
        answer = self._ask({"op": "ended"})
        return self._read(EndedStream, answer, "ended"), int(answer.get("lost", 0))

    def take(self, stream_ids: Sequence[str]) -> None:
        self._ask({"op": "taken", "streams": list(stream_ids)})

    def end(self, streams: dict[str, EndReason]) -> None:
        self._ask({"op": "end", "streams": streams})

    @staticmethod
    def _read(kind: type[_S], answer: dict[str, Any], name: str) -> list[_S]:
        try:
            return [kind(**{field.name: each[field.name] for field in fields(kind)}) for each in answer[name]]
        except (KeyError, TypeError) as error:
            raise CorruptData("couldn't read the gateway's list of streams", code="gateway_answer") from error

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        try:
            if self._file is None:
                self._file = self._connect()
            self._file.write(json.dumps(order).encode() + b"\n")
            self._file.flush()
            line = self._file.readline(_MAX_ANSWER_BYTES)
        except OSError as error:
            self.close()
            raise Unavailable(f"couldn't ask the gateway: {error}", code="gateway_away") from error
        try:
            answer = json.loads(line)
        except ValueError as error:
            self.close()
            raise Unavailable("couldn't ask the gateway: it hung up", code="gateway_away") from error
        if not isinstance(answer, dict) or "error" in answer:
            raise CorruptData(f"couldn't ask the gateway: it said {str(answer)[:200]}", code="gateway_answer")
        return answer

    def _connect(self) -> Any:
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            door.settimeout(_TIMEOUT_S)
            with address_of(self._path) as address:
                door.connect(address)
            return door.makefile("rwb")
        finally:
            door.close()  # the file keeps the connection


@dataclass(slots=True)
class Warden:
    """Asks, decides, ends."""

    gateway: Gateway
    idle_s: int
    _away: bool = False

    def run_once(self, now: WallUs) -> int:
        """One round; how many streams were ended. A gateway that is away has no streams."""
        try:
            ending = streams_to_end(self.gateway.open_streams(), now=now, idle_s=self.idle_s)
            self.gateway.end(ending)
        except Unavailable:
            if not self._away:
                log.info("gateway away")
            self._away = True
            return 0
        self._away = False
        for stream in ending:
            log.info("stream ended", stream=stream, reason=ending[stream])
        return len(ending)


def streams_to_end(streams: Sequence[OpenStream], *, now: WallUs, idle_s: int) -> dict[str, EndReason]:
    """Of the running streams, those that must end, each with its reason. A fixed number of queries."""
    door = authority()  # even for no streams: it tells whether decisions can be made at all
    if not streams:
        return {}
    credentials = live_credentials((stream.session for stream in streams), now=now, idle_s=idle_s)
    cameras = {camera.slug: camera for camera in all_cameras()}
    today = vietnam_day(now)
    able = {
        account.username
        for account in Account.objects.filter(username__in={stream.account for stream in streams})
        if is_able(account, today)
    }
    ending: dict[str, EndReason] = {}
    for stream in streams:
        credential, camera = credentials.get(stream.session), cameras.get(stream.camera)
        if stream.account not in able:
            ending[stream.stream_id] = "account_ended"
        elif credential is None or credential.account.username != stream.account:
            ending[stream.stream_id] = "session_ended"
        elif (
            camera is None
            or not door.decide(
                credential.account, stream.action, camera_resource(camera), now=now, purpose=stream.purpose
            ).allowed
        ):
            ending[stream.stream_id] = "grant_ended"
    return ending
