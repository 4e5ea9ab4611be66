"""The client: one camera connection as a state machine over bytes. It opens no socket and knows no time.

RFC 2326 with interleaved TCP (§10.12): OPTIONS → DESCRIBE → SETUP of the first video track that we can read → PLAY.
Which state follows which is ``state.py``'s; what is said in each is here. The camera's own requests are answered:
OPTIONS, GET_PARAMETER and SET_PARAMETER with 200, TEARDOWN and REDIRECT with 200 and ``Ended``, all else with 501.

Laws: ``receive`` gives the same events however its bytes are cut, and then the same error: RtspRefused or
RtspProtocolError and no other, after which the client is dead; memory stays bounded (a message 64 KiB + 1 MiB, a
picture 16 MiB); no password is in any text, error or ``repr``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from haidang.core.errors import CorruptData
from haidang.core.h264.depacketiser import H264Depacketiser
from haidang.core.h265.depacketiser import H265Depacketiser
from haidang.core.rtsp.address import choose_base, parse_address, resolve
from haidang.core.rtsp.auth import Credentials, choose_challenge, parse_challenges
from haidang.core.rtsp.errors import RtspProtocolError, RtspRefused
from haidang.core.rtsp.events import Ended, EndReason, Event, Playing
from haidang.core.rtsp.message import MessageReader, Request, Response
from haidang.core.rtsp.session import Session, parse_channels, parse_public
from haidang.core.rtsp.state import Happening, State, after
from haidang.core.rtsp.track import VideoTrack
from haidang.core.sdp import VideoChoice, choose_video, parse_sdp
from haidang.core.units import Pts90k

__all__ = ["MAX_FRAME_BYTES", "RtspClient"]

#: A buffer of this size never fills up: ``receive`` leaves at most one incomplete interleaved frame unused.
MAX_FRAME_BYTES = 4 + 0xFFFF

_DOLLAR = 0x24
_FRAME_HEAD_BYTES = 4
_FRAME_HEAD = struct.Struct(">BBH").unpack_from
_USER_AGENT = "HaiDang"
#: Unanswered keep-alives remembered; some cameras never answer one.
_MAX_PENDING = 16
_DEPACKETISERS = {"avc1": H264Depacketiser, "hvc1": H265Depacketiser}
_REFUSED_CODES = {
    401: "rtsp_unauthorized",
    403: "rtsp_forbidden",
    404: "rtsp_not_found",
    461: "rtsp_no_interleaved_tcp",
    **dict.fromkeys(range(300, 400), "rtsp_redirected"),  # not followed: credentials belong to the address given
}
#: Without these there is no stream.
_ESSENTIAL = frozenset({"DESCRIBE", "SETUP", "PLAY"})
#: The camera's own requests that get a 200, and what they mean to us.
_CAMERA_REQUESTS: dict[str, EndReason | None] = {
    "OPTIONS": None,
    "GET_PARAMETER": None,
    "SET_PARAMETER": None,
    "TEARDOWN": "closed_by_camera",
    "REDIRECT": "redirected",
}


class _Asked(NamedTuple):
    method: str
    url: str
    fields: tuple[str, ...]


class RtspClient:
    """``url`` is ``rtsp://`` or ``rtsps://``; user and password in it are taken out and used if none are given.

    Whoever owns the socket writes what ``connect()`` returns, then after every ``receive``, ``keep_alive`` and
    ``teardown`` what ``data_to_send()`` returns. After an error or ``Ended`` the client is dead.

    Raises InvalidInput (``rtsp_address``) for an address that is none. ``cnonce`` gives a fresh hex text each time.
    """

    def __init__(self, url: str, username: str = "", password: str = "", *, cnonce: Callable[[], str]) -> None:
        address = parse_address(url)
        if not username:
            username, password = address.username, address.password
        self._url = address.url
        self._credentials = Credentials(username, password, cnonce)
        self._state = State.IDLE
        self._reader = MessageReader()
        self._outbox = bytearray()
        self._sequence = 0
        #: What was asked and not yet answered, by CSeq, oldest first.
        self._pending: dict[int, _Asked] = {}
        self._session = Session()
        self._play_url = address.url
        self._choice: VideoChoice | None = None
        self._track: VideoTrack | None = None
        self._media_channel, self._control_channel = 0, 1
        #: The media channel once the camera plays.
        self._live_channel = -1
        #: What ended the client; ``_due`` while nobody has been told.
        self._failure: RtspRefused | RtspProtocolError | None = None
        self._due = False
        self._keep_alive_method = "OPTIONS"

    @property
    def position_90k(self) -> Pts90k | None:
        """The time of the newest video packet: it moves while the camera sends, also while a keyframe is awaited.

        What tells a camera that hangs from one with keyframes far apart. None before the first packet.
        """
        return self._track.position_90k if self._track is not None else None

    def connect(self) -> bytes:
        """The first request, to be written as soon as the connection stands (not given again by ``data_to_send``)."""
        self._move(Happening.CONNECT)
        self._ask("OPTIONS", self._url)
        return self.data_to_send()

    def receive(self, view: memoryview) -> tuple[int, list[Event]]:
        """Take bytes from the camera: how many were used, and what they mean.

        What is not used (less than ``MAX_FRAME_BYTES``) must be offered again with more behind it. Nothing keeps a
        reference to ``view``. Raises RtspRefused and RtspProtocolError; events that came before the error are
        returned first, and then ``data_to_send`` or the next ``receive`` raises it.
        """
        assert self._state is not State.IDLE, "connect first"
        if self._failure is not None:
            self._due = False
            raise self._failure
        events: list[Event] = []
        if self._state is State.ENDED:
            return len(view), events
        try:
            return self._walk(view, events), events
        except (CorruptData, RtspRefused) as error:
            self._move(Happening.FAILURE)
            self._failure = _as_ours(error)
            if events:
                self._due = True
                return len(view), events
            raise self._failure from error.__cause__

    def data_to_send(self) -> bytes:
        """What is to be written to the camera now; empty if nothing. Each byte is given once."""
        if self._due and self._failure is not None:
            self._due = False
            raise self._failure
        if not self._outbox:
            return b""
        data = bytes(self._outbox)
        self._outbox.clear()
        return data

    def keep_alive(self) -> None:
        """Queue a request that keeps the session alive; does nothing unless the camera is playing."""
        if self._state is State.PLAYING:
            self._ask(self._keep_alive_method, self._play_url)

    def teardown(self) -> None:
        """Queue the farewell, if a session stands; ``Ended("torn_down")`` follows when the camera answers."""
        was = self._state
        self._move(Happening.TEARDOWN)
        if self._state is State.TEARDOWN and was is not State.TEARDOWN:
            self._ask("TEARDOWN", self._play_url)

    def _walk(self, view: memoryview, events: list[Event]) -> int:
        """Interleaved frames and messages, one after the other, as far as they are whole. Runs for every packet."""
        at, size = 0, len(view)
        reader, track = self._reader, self._track
        while at < size:
            if view[at] != _DOLLAR or reader.busy:
                at, message = reader.read(view, at)
                if message is not None:
                    self._take_message(message, events)
                    track = self._track
            else:
                begin = at + _FRAME_HEAD_BYTES
                if begin > size:
                    return at
                _, channel, length = _FRAME_HEAD(view, at)
                end = begin + length
                if end > size:
                    return at
                at = end
                if channel == self._live_channel and track is not None:
                    track.receive(view, begin, end, events)
                    continue
                self._take_other(channel, view, begin, end, events)
            if self._state is State.ENDED:
                return size
        return at

    def _take_other(self, channel: int, view: memoryview, begin: int, end: int, events: list[Event]) -> None:
        """A frame that is not simply a playing track's next: RTCP, or video that overtakes the answer to PLAY."""
        track = self._track
        if channel == self._control_channel:
            if track is not None and track.control(bytes(view[begin:end])):
                self._end("bye", events)
        elif channel == self._media_channel:
            before = self._state
            self._move(Happening.MEDIA)  # unless a track stands, this is no RTSP
            if before is State.PLAY:
                self._begin_playing(events)
            if track is not None:
                track.receive(view, begin, end, events)

    def _take_message(self, message: Request | Response, events: list[Event]) -> None:
        if isinstance(message, Request):
            self._answer(message, events)
        elif message.status >= 200:  # 1xx only asks for patience
            self._take_response(message, events)

    def _take_response(self, response: Response, events: list[Event]) -> None:
        asked = self._settle_pending(response.headers.get("cseq"))
        if asked is None:
            return
        method, url, fields = asked
        if response.status == 401:
            challenge = choose_challenge(parse_challenges(response.headers.all("www-authenticate")))
            if self._credentials.accept(challenge):
                self._ask(method, url, *fields)
                return
        else:
            self._credentials.succeed()
        succeeded = response.status < 300
        if not succeeded and (method in _ESSENTIAL or (self._state is State.OPTIONS and response.status == 401)):
            raise _refused(method, response.status)
        if self._state in (State.PLAYING, State.TEARDOWN):
            self._take_late_response(method, events, succeeded=succeeded)
            return
        self._move(Happening.SUCCESS if succeeded else Happening.REFUSAL)
        {
            "OPTIONS": self._after_options,
            "DESCRIBE": self._after_describe,
            "SETUP": self._after_setup,
            "PLAY": self._after_play,
        }[method](response, events)

    def _take_late_response(self, method: str, events: list[Event], *, succeeded: bool) -> None:
        """The answer to a farewell or a keep-alive; of the latter the picture is the judge."""
        if method == "TEARDOWN":
            self._end("torn_down", events)
        elif method == "GET_PARAMETER" and not succeeded:
            self._keep_alive_method = "OPTIONS"

    def _after_options(self, response: Response, _events: list[Event]) -> None:
        if "GET_PARAMETER" in parse_public(response.headers.get("public")):
            self._keep_alive_method = "GET_PARAMETER"
        self._ask("DESCRIBE", self._url, "Accept: application/sdp")

    def _after_describe(self, response: Response, _events: list[Event]) -> None:
        headers = response.headers
        base = choose_base(headers.get("content-base"), headers.get("content-location"), self._url)
        session = parse_sdp(response.body.decode("utf-8", "replace"))
        self._choice = choose_video(session)
        if self._choice is None:
            raise RtspProtocolError("couldn't find H.264 or H.265 in the camera's SDP", code="rtsp_no_video")
        self._play_url = resolve(base, session.control)
        track_url = resolve(base, self._choice.control)
        self._ask("SETUP", track_url, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")

    def _after_setup(self, response: Response, _events: list[Event]) -> None:
        assert self._choice is not None
        self._session = Session.parse(response.headers.get("session"))
        self._media_channel, self._control_channel = parse_channels(response.headers.get("transport"))
        depacketiser = _DEPACKETISERS[self._choice.codec]()
        self._track = VideoTrack(self._choice.payload_type, depacketiser, self._choice.format)
        self._ask("PLAY", self._play_url, "Range: npt=0.000-")

    def _after_play(self, _response: Response, events: list[Event]) -> None:
        self._begin_playing(events)

    def _begin_playing(self, events: list[Event]) -> None:
        assert self._choice is not None
        self._live_channel = self._media_channel
        events.append(Playing(self._choice.format, self._session.keep_alive_s))

    def _answer(self, request: Request, events: list[Event]) -> None:
        known = request.method in _CAMERA_REQUESTS
        lines = ["RTSP/1.0 200 OK" if known else "RTSP/1.0 501 Not Implemented"]
        lines += [f"{name}: {value}" for name in ("CSeq", "Session") if (value := request.headers.get(name.lower()))]
        if request.method == "OPTIONS":
            lines.append(f"Public: {', '.join(_CAMERA_REQUESTS)}")
        self._send(lines)
        reason = _CAMERA_REQUESTS.get(request.method)
        if reason is not None:
            self._end(reason, events)

    def _end(self, reason: EndReason, events: list[Event]) -> None:
        self._move(Happening.END)
        events.append(Ended(reason))

    def _ask(self, method: str, url: str, *fields: str) -> None:
        self._sequence += 1
        self._pending[self._sequence] = _Asked(method, url, fields)
        if len(self._pending) > _MAX_PENDING:
            del self._pending[next(iter(self._pending))]
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._sequence}", f"User-Agent: {_USER_AGENT}"]
        if authorization := self._credentials.header(method, url):
            lines.append(f"Authorization: {authorization}")
        if self._session.identifier:
            lines.append(f"Session: {self._session.identifier}")
        self._send([*lines, *fields])

    def _send(self, lines: list[str]) -> None:
        self._outbox += ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _settle_pending(self, sequence_text: str) -> _Asked | None:
        """What a response answers: by CSeq, or the oldest if the camera sent none; None if nothing of ours."""
        if not sequence_text:
            sequence = next(iter(self._pending), 0)
        elif sequence_text.isascii() and sequence_text.isdigit() and len(sequence_text) <= 10:
            sequence = int(sequence_text)
        else:
            return None
        return self._pending.pop(sequence, None)

    def _move(self, happening: Happening) -> None:
        self._state = after(self._state, happening)


def _refused(method: str, status: int) -> RtspRefused:
    message = f"couldn't {method} the camera's stream: it answered {status}"
    return RtspRefused(message, status=status, code=_REFUSED_CODES.get(status, ""))


def _as_ours(error: CorruptData | RtspRefused) -> RtspRefused | RtspProtocolError:
    """Broken SDP, RTP or video is the camera's protocol error like any other."""
    if isinstance(error, RtspRefused | RtspProtocolError):
        return error
    ours = RtspProtocolError(str(error), code=error.code)
    ours.__cause__ = error
    return ours
