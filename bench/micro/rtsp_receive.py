"""Packets per second through ``RtspClient.receive`` against the bare loop that the design was measured with.

``python bench/micro/rtsp_receive.py``: both walk the same synthetic stream (1080p25 at 4 Mbit/s: FU-A packets of 1400
bytes) in turn, once with one packet a read (paced cameras) and once with 64 KiB a read. Prints JSON; the ratio is the
client's time over the loop's.
"""

import base64
import gc
import json
import statistics
import struct
import sys
import time
from collections.abc import Callable, Iterator

from haidang.core.rtsp import FrameReceived, Playing, RtspClient

SPS = bytes.fromhex("6764001eacd940a02ff961000003000100000300320f162d96")
PPS = bytes.fromhex("68ebe3cb22c0")
ROUNDS, GOPS, MTU = 9, 4, 1400
Receive = Callable[[bytearray, memoryview], int]


def packets() -> list[bytes]:
    """GOPs of one keyframe of 100 kB and 49 pictures of 18 kB."""
    out: list[bytes] = []
    sequence, timestamp = 0, 0
    for _ in range(GOPS):
        for number in range(50):
            kind, size = (5, 100_000) if number == 0 else (1, 18_000)
            for at in range(0, size, MTU):
                last = at + MTU >= size
                fu = (0x80 if at == 0 else 0) | (0x40 if last else 0) | kind
                payload = bytes([0x60 | 28, fu]) + b"\xff" * min(MTU, size - at)
                head = struct.pack(">BBHII", 0x80, 96 | (0x80 if last else 0), sequence & 0xFFFF, timestamp, 7)
                out.append(b"$\0" + struct.pack(">H", len(head) + len(payload)) + head + payload)
                sequence += 1
            timestamp += 3600
    return out


def client() -> Receive:
    """Ours, playing."""
    sprop = ",".join(base64.b64encode(nal).decode() for nal in (SPS, PPS))
    sdp = f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 sprop-parameter-sets={sprop}\r\n"
    rtsp = RtspClient("rtsp://127.0.0.1/", cnonce=lambda: "0")
    rtsp.connect()
    events = [
        event
        for sequence, fields in enumerate(("", f"Content-Length: {len(sdp)}\r\n", "Session: 1\r\n", ""), start=1)
        for event in rtsp.receive(
            memoryview(
                f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\n{fields}\r\n{sdp if 'Length' in fields else ''}".encode()
            )
        )[1]
    ]
    assert isinstance(events[0], Playing)

    def receive(_buffer: bytearray, view: memoryview) -> int:
        _, events = rtsp.receive(view)
        return sum(isinstance(event, FrameReceived) for event in events) if events else 0

    return receive


class BareLoop:
    """FU-A and single NAL units in one function, no bounds, no wait for a keyframe, one header form."""

    def __init__(self) -> None:
        self.unit = bytearray()
        self.expected: int | None = None
        self.begin = -1
        self.key = False
        self.lost = 0
        self.state = "PLAYING"
        self.timestamp: int | None = None
        self.unwrapped = 0

    def receive(self, buffer: bytearray, view: memoryview) -> int:  # noqa: C901 - one function is what it is measured for
        at, size, unit, units = 0, len(buffer), self.unit, []
        while size - at >= 4:
            if buffer[at] != 36:
                raise ValueError
            length = buffer[at + 2] << 8 | buffer[at + 3]
            p = at + 4
            end = p + length
            if end > size:
                break
            if buffer[at + 1] == 0:
                kind, sequence, timestamp = struct.unpack_from(">BHI", buffer, p + 1)
                if sequence != self.expected and self.expected is not None:
                    self.lost += 1
                self.expected = (sequence + 1) & 0xFFFF
                first, q = buffer[p], p + 12
                if first != 0x80:
                    raise ValueError
                nal = buffer[q] & 31
                if nal == 28:
                    fu = buffer[q + 1]
                    if fu & 0x80:
                        self.begin = len(unit)
                        unit += b"\0\0\0\0"
                        unit.append((buffer[q] & 0xE0) | (fu & 31))
                        if fu & 31 == 5:
                            self.key = True
                    unit += view[q + 2 : end]
                    if fu & 0x40 and self.begin >= 0:
                        struct.pack_into(">I", unit, self.begin, len(unit) - self.begin - 4)
                        self.begin = -1
                elif nal < 24:
                    unit += struct.pack(">I", end - q)
                    unit += view[q:end]
                if kind & 0x80:
                    step = (timestamp - self.timestamp) & 0xFFFFFFFF if self.timestamp is not None else 0
                    self.unwrapped += step - (1 << 32) if step > 0x7FFFFFFF else step
                    self.timestamp = timestamp
                    units.append((bytes(unit), self.unwrapped, self.key))
                    unit.clear()
                    self.key = False
            at = p + length
        return len(units)


def reads(stream: list[bytes], size: int) -> Iterator[bytearray]:
    """Whole packets, up to ``size`` bytes a read."""
    pending = bytearray()
    for packet in stream:
        if pending and len(pending) + len(packet) > size:
            yield pending
            pending = bytearray()
        pending += packet
    yield pending


def seconds(receive: Receive, chunks: list[tuple[bytearray, memoryview]]) -> float:
    gc.disable()
    started = time.process_time()
    units = sum(receive(buffer, view) for buffer, view in chunks)
    taken = time.process_time() - started
    gc.enable()
    assert units == 50 * GOPS, units
    return taken


def measure(stream: list[bytes], read_bytes: int) -> dict[str, float]:
    chunks = [(buffer, memoryview(buffer)) for buffer in reads(stream, read_bytes)]
    pairs = [(seconds(client(), chunks), seconds(BareLoop().receive, chunks)) for _ in range(ROUNDS)]
    ours, bare = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {
        "read_bytes": read_bytes,
        "client_packets_per_s": round(len(stream) / ours),
        "bare_loop_packets_per_s": round(len(stream) / bare),
        "ratio": round(statistics.median(a / b for a, b in pairs), 2),
    }


def main() -> None:
    stream = packets()
    json.dump({name: measure(stream, size) for name, size in (("paced", 1), ("64 KiB", 65536))}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
