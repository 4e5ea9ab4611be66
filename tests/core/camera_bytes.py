"""A camera as bytes: bits of parameter sets, NAL units in RTP packets, a scripted RTSP server. For tests only."""

import base64
import struct
from collections.abc import Callable, Iterable, Sequence

from haidang.core.rtsp import Event, FrameReceived, RtspClient
from haidang.core.video import AccessUnit, VideoFormat

#: x264, 640x360, High 3.0, two B-frames; x264, 1920x1080 (cropped), Baseline; x265, 640x360, Main.
H264_SETS = (bytes.fromhex("6764001eacd940a02ff961000003000100000300320f162d96"), bytes.fromhex("68ebe3cb22c0"))
H264_BASELINE = (bytes.fromhex("6742c028d900780227e584000003000400000300c83c60c920"), bytes.fromhex("68cb83cb20"))
H265_SETS = (
    bytes.fromhex("40010c01ffff01600000030090000003000003003f959809"),
    bytes.fromhex("42010101600000030090000003000003003fa00502016965959a4932b9a02000000300200000030321"),
    bytes.fromhex("4401c172b46240"),
)
IDR, SLICE = b"\x65\x88keyframe", b"\x41\x9apicture"
SSRC = 0x1234_5678


class BitWriter:
    """Writes what ``core.bits`` reads."""

    def __init__(self) -> None:
        self.bits = ""

    def u(self, count: int, value: int) -> "BitWriter":
        self.bits += f"{value:0{count}b}" if count else ""
        return self

    def ue(self, *values: int) -> "BitWriter":
        for value in values:
            code = f"{value + 1:b}"
            self.bits += "0" * (len(code) - 1) + code
        return self

    def se(self, *values: int) -> "BitWriter":
        return self.ue(*(2 * v - 1 if v > 0 else -2 * v for v in values))

    def nal(self, header: bytes) -> bytes:
        """With the stop bit, padded, emulation prevention bytes put in."""
        bits = self.bits + "1"
        bits += "0" * (-len(bits) % 8)
        out = bytearray()
        for byte in int(bits, 2).to_bytes(len(bits) // 8, "big"):
            if byte <= 3 and out[-2:] == b"\0\0":
                out.append(3)
            out.append(byte)
        return header + bytes(out)


def unit_of(*nals: bytes) -> bytes:
    """The data of an access unit."""
    return b"".join(struct.pack(">I", len(nal)) + nal for nal in nals)


def rtp(
    payload: bytes, sequence: int, timestamp: int, *, marker: bool = False, kind: int = 96, ssrc: int = SSRC
) -> bytes:
    head = struct.pack(">BBHII", 0x80, kind | (0x80 if marker else 0), sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return head + payload


def interleaved(packet: bytes, channel: int = 0) -> bytes:
    return struct.pack(">BBH", 0x24, channel, len(packet)) + packet


def sender_report(ntp_s: float, timestamp: int, ssrc: int = SSRC) -> bytes:
    return struct.pack(">BBHIQIII", 0x80, 200, 6, ssrc, int(ntp_s * 2**32), timestamp & 0xFFFFFFFF, 0, 0)


def bye(ssrc: int = SSRC) -> bytes:
    return struct.pack(">BBHI", 0x81, 203, 1, ssrc)


def fu_a(nal: bytes, size: int) -> list[bytes]:
    pieces = [nal[at : at + size] for at in range(1, len(nal), size)]
    return [
        bytes([nal[0] & 0xE0 | 28, (0x80 if n == 0 else 0) | (0x40 if n == len(pieces) - 1 else 0) | nal[0] & 0x1F])
        + piece
        for n, piece in enumerate(pieces)
    ]


def fu_h265(nal: bytes, size: int) -> list[bytes]:
    pieces = [nal[at : at + size] for at in range(2, len(nal), size)]
    kind = nal[0] >> 1 & 0x3F
    return [
        bytes([nal[0] & 0x81 | 49 << 1, nal[1], (0x80 if n == 0 else 0) | (0x40 if n == len(pieces) - 1 else 0) | kind])
        + piece
        for n, piece in enumerate(pieces)
    ]


def stap_a(*nals: bytes) -> bytes:
    return b"\x78" + b"".join(struct.pack(">H", len(nal)) + nal for nal in nals)


def ap_h265(*nals: bytes) -> bytes:
    return b"\x60\x01" + b"".join(struct.pack(">H", len(nal)) + nal for nal in nals)


class Stream:
    """Numbers packets as a camera does."""

    def __init__(self, sequence: int = 65_530, timestamp: int = 1000, ssrc: int = SSRC) -> None:
        self.sequence, self.timestamp, self.ssrc = sequence, timestamp, ssrc

    def unit(self, *payloads: bytes, marker: bool = True, step: int = 3600) -> list[bytes]:
        """The packets of one picture; then the clock goes on."""
        out = []
        for number, payload in enumerate(payloads):
            last = marker and number == len(payloads) - 1
            out.append(rtp(payload, self.sequence, self.timestamp, marker=last, ssrc=self.ssrc))
            self.sequence += 1
        self.timestamp += step
        return out


def sdp(sets: Sequence[bytes] = H264_SETS, *, control: str = "track1", session: str = "a=control:*\r\n") -> str:
    texts = [base64.b64encode(nal).decode() for nal in sets]
    if len(sets) == 3:
        name, fmtp = "H265", f"sprop-vps={texts[0]}; sprop-sps={texts[1]}; sprop-pps={texts[2]}"
    else:
        name, fmtp = "H264", f"packetization-mode=1;sprop-parameter-sets={','.join(texts)}"
    return (
        f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=cam\r\nt=0 0\r\n{session}m=video 0 RTP/AVP 96\r\n"
        f"a=rtpmap:96 {name}/90000\r\na=fmtp:96 {fmtp}\r\na=control:{control}\r\n"
        "m=audio 0 RTP/AVP 8\r\na=control:track2\r\n"
    )


def answer(sequence: int, *fields: str, status: str = "200 OK", body: str = "") -> bytes:
    lines = [f"RTSP/1.0 {status}", f"CSeq: {sequence}", *fields]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


SETUP_FIELDS = ("Session: 42;timeout=30", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")


def dialogue(body: str | None = None, setup: Iterable[str] = SETUP_FIELDS) -> list[bytes]:
    """What a willing camera answers to the four requests."""
    return [
        answer(1, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"),
        answer(2, "Content-Type: application/sdp", body=sdp() if body is None else body),
        answer(3, *setup),
        answer(4, "Session: 42"),
    ]


def new_client(
    url: str = "rtsp://cam/live", username: str = "", password: str = "", cnonce: Callable[[], str] = lambda: "c0"
) -> RtspClient:
    return RtspClient(url, username, password, cnonce=cnonce)


def feed(client: RtspClient, *data: bytes) -> list[Event]:
    """Everything at once; it must be used to the last byte."""
    joined = b"".join(data)
    used, events = client.receive(memoryview(joined))
    assert used == len(joined)
    return events


def playing(body: str | None = None) -> RtspClient:
    """A client whose camera plays; its requests are read and forgotten."""
    client = new_client()
    client.connect()
    feed(client, *dialogue(body))
    client.data_to_send()
    return client


def frames(events: Iterable[Event]) -> list[AccessUnit]:
    return [event.unit for event in events if isinstance(event, FrameReceived)]


def h264_format(sets: Sequence[bytes] = H264_SETS) -> VideoFormat:
    return VideoFormat.from_parameter_sets("avc1", sets)


def h265_format(sets: Sequence[bytes] = H265_SETS) -> VideoFormat:
    return VideoFormat.from_parameter_sets("hvc1", sets)
