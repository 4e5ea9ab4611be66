"""Fuzz target of the RTSP client: ``python tests/fuzz/fuzz_rtsp.py -max_total_time=20`` (libFuzzer's options).

The first byte picks how far the conversation has come; the rest is what the camera says, either as it is or as the
payloads of RTP packets in sequence (so that the fuzzer need not find headers first). Anything raised but our two
errors, or more than one interleaved frame left unused, is a finding.
"""

import struct
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

with atheris.instrument_imports(include=["haidang.core"]):
    from haidang.core.rtsp import MAX_FRAME_BYTES, RtspClient, RtspProtocolError, RtspRefused

from core.camera_bytes import H264_SETS, H265_SETS, answer, dialogue, feed, new_client, playing, sdp


def asking(answers: int) -> RtspClient:
    client = new_client(username="u", password="p")
    client.connect()
    feed(client, *dialogue()[:answers])
    return client


def packets(provider: atheris.FuzzedDataProvider) -> bytes:
    """Payloads in RTP packets; a sequence number may be left out, a timestamp repeated, a header odd."""
    said, sequence, timestamp = bytearray(), 0, 0
    while provider.remaining_bytes() and sequence < 200:
        odd = provider.ConsumeIntInRange(0, 255)
        sequence += 1 if odd & 15 else 2
        timestamp += 3600 * (odd >> 4 & 1)
        first = provider.ConsumeIntInRange(0, 255) if odd >> 5 == 7 else 0x80
        head = struct.pack(">BBHII", first, 96 | (odd & 0x80), sequence & 0xFFFF, timestamp, 1)
        payload = provider.ConsumeBytes(provider.ConsumeIntInRange(0, 60))
        said += struct.pack(">BBH", 0x24, odd >> 6 & 1, len(head) + len(payload)) + head + payload
    return bytes(said)


def one_input(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    stage = provider.ConsumeIntInRange(0, 7)
    piece = provider.ConsumeIntInRange(1, 300)
    if stage < 4:
        client = asking(stage)
        said = provider.ConsumeBytes(provider.remaining_bytes())
    elif stage == 4:
        client = asking(1)
        said = answer(2, body=sdp(session=provider.ConsumeUnicodeNoSurrogates(400) + "\r\n")) + b"".join(dialogue()[2:])
    else:
        client = playing(sdp(H265_SETS if stage == 5 else H264_SETS))
        said = packets(provider) if stage != 7 else provider.ConsumeBytes(provider.remaining_bytes())
    offer(client, said, piece)


def offer(client: RtspClient, said: bytes, piece: int) -> None:
    start = end = 0
    try:
        while end < len(said):
            end = min(end + piece, len(said))
            used, _ = client.receive(memoryview(said)[start:end])
            start += used
            assert 0 <= end - start < MAX_FRAME_BYTES
            client.data_to_send()
        client.keep_alive()
        client.teardown()
        client.data_to_send()
    except (RtspProtocolError, RtspRefused) as error:
        assert str(error).startswith("couldn't ")  # noqa: PT017 - a fuzz target, no test


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
