"""However the bytes are cut, the same events come out, then the same error."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from core.camera_bytes import (
    H264_BASELINE,
    IDR,
    SLICE,
    Stream,
    answer,
    bye,
    dialogue,
    fu_a,
    interleaved,
    new_client,
    sender_report,
    stap_a,
)
from haidang.core.rtsp import MAX_FRAME_BYTES, Event, RtspProtocolError, RtspRefused


def conversation(tail: bytes) -> bytes:
    """All that a lively camera says, in one piece."""
    stream = Stream()
    media = [interleaved(packet) for nal in (IDR, SLICE) for packet in stream.unit(*fu_a(nal, 3))]
    changed = [interleaved(packet) for packet in stream.unit(stap_a(*H264_BASELINE), IDR)]
    *before, play = dialogue()
    request = b"OPTIONS * RTSP/1.0\r\nCSeq: 3\r\n\r\n\r\n"
    report = interleaved(sender_report(3_863_030_400.0, 4600), 1)
    return b"".join([*before, media[0], play, *media[1:], request, report, b"\r\n", answer(5), *changed, tail])


TAILS = [
    b"",
    interleaved(bye(), 1),
    b"<garbage>",
    b"RTSP/1.0 200 OK\r\nContent-Length: x\r\n\r\n",
    b"TEARDOWN * RTSP/1.0\r\n\r\n",
]


def outcome(data: bytes, cuts: list[int]) -> tuple[list[Event], bytes, str]:
    """Events, bytes sent, code of the error; bytes are offered as a socket's owner does."""
    client = new_client()
    sent, events, pending = client.connect(), list[Event](), b""
    bounds = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    try:
        for start, end in pairwise(bounds):
            pending += data[start:end]
            used, found = client.receive(memoryview(pending))
            pending = pending[used:]
            events += found
            assert len(pending) < MAX_FRAME_BYTES
            sent += client.data_to_send()
    except (RtspProtocolError, RtspRefused) as error:
        return events, b"", error.code  # answers that were still to be sent may be lost with the connection
    return events, sent, ""


@given(st.sampled_from(TAILS), st.lists(st.integers(1, 3000), max_size=40))
@settings(max_examples=200)
def test_any_cutting_gives_the_same_events(tail: bytes, cuts: list[int]) -> None:
    data = conversation(tail)
    assert outcome(data, cuts) == outcome(data, [])


def test_byte_by_byte_too() -> None:
    for tail in TAILS:
        data = conversation(tail)
        whole = outcome(data, [])
        assert outcome(data, list(range(len(data)))) == whole
        assert len(whole[0]) >= 5
