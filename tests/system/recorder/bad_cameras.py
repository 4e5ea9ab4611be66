"""Cameras that misbehave, each on its own port of one loop, and one that plays a clip as it should.

usage: python bad_cameras.py PORT CLIP.h264 — PORT good, +1 hangs after PLAY, +2 accepts and never answers, +3 refuses
(404), +4 answers garbage, +5 plays and then sends garbage, +6 listens never (connection refused).
"""

import asyncio
import base64
import random
import struct
import sys
import time
from pathlib import Path

FPS, MTU = 25, 1400


def access_units(stream: bytes) -> tuple[list[bytes], list[list[bytes]]]:
    """Parameter sets and pictures of an Annex B stream of one slice a picture."""
    sets: list[bytes] = []
    pictures: list[list[bytes]] = []
    for part in stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1"):
        kind = part[0] & 31 if part else 0
        if kind in (7, 8) and part not in sets:
            sets.append(part)
        elif kind in (1, 5):
            pictures.append([part])
    return sets, pictures


def packets(nals: list[bytes]) -> list[bytes]:
    payloads = []
    for nal in nals:
        if len(nal) <= MTU:
            payloads.append(nal)
            continue
        for at in range(1, len(nal), MTU):
            edge = (0x80 if at == 1 else 0) | (0x40 if at + MTU >= len(nal) else 0)
            payloads.append(bytes([nal[0] & 0xE0 | 28, edge | nal[0] & 31]) + nal[at : at + MTU])
    return payloads


class Camera:
    def __init__(self, clip: Path, behaviour: str) -> None:
        self.sets, self.pictures = access_units(clip.read_bytes())
        self.behaviour = behaviour

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the recorder left
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.behaviour == "silent":
            await reader.read()
        if self.behaviour == "garbage":
            while True:
                writer.write(random.randbytes(4000))
                await writer.drain()
                await asyncio.sleep(0.01)
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            method, url, _ = head.split(" ", 2)
            sequence = next(line.split(":")[1].strip() for line in head.split("\r\n") if line.startswith("CSeq"))
            if self.behaviour == "refuse":
                writer.write(f"RTSP/1.0 404 Not Found\r\nCSeq: {sequence}\r\n\r\n".encode())
                continue
            body, extra = "", "Session: 1;timeout=60\r\n"
            if method == "DESCRIBE":
                body, extra = self._sdp(), f"Content-Base: {url}/\r\nContent-Type: application/sdp\r\n"
            elif method == "SETUP":
                extra += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            length = f"Content-Length: {len(body)}\r\n"
            writer.write(f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\n{extra}{length}\r\n{body}".encode())
            if method == "PLAY":
                await self._play(writer)

    def _sdp(self) -> str:
        sprop = ",".join(base64.b64encode(unit).decode() for unit in self.sets)
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
            f"a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;sprop-parameter-sets={sprop}\r\na=control:t\r\n"
        )

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        sequence, began = random.getrandbits(16), time.monotonic()
        for number in range(10**9):
            if writer.is_closing():
                return
            if self.behaviour == "hang" and number == FPS:
                await asyncio.sleep(3600)
            if self.behaviour == "spoil" and number == FPS:
                writer.write(b"$\0\xff\xff" + random.randbytes(70_000) + random.randbytes(70_000))
            payloads = packets(self.pictures[number % len(self.pictures)])
            for index, payload in enumerate(payloads):
                marker = 0x80 if index == len(payloads) - 1 else 0
                header = struct.pack(">BBHII", 0x80, 96 | marker, sequence & 0xFFFF, number * 3600 & 0xFFFFFFFF, 7)
                writer.write(struct.pack(">cBH", b"$", 0, len(header) + len(payload)) + header + payload)
                sequence += 1
            await writer.drain()
            await asyncio.sleep(max(0.0, began + (number + 1) / FPS - time.monotonic()))


async def main(port: int, clip: Path) -> None:
    behaviours = ("good", "hang", "silent", "refuse", "garbage", "spoil")
    for offset, behaviour in enumerate(behaviours):
        await asyncio.start_server(Camera(clip, behaviour).serve, "127.0.0.1", port + offset)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
