"""The conversation with a camera: what is asked, what its answers change, what it may ask itself."""

import pytest

from core.camera_bytes import (
    H265_SETS,
    IDR,
    SETUP_FIELDS,
    Stream,
    answer,
    bye,
    dialogue,
    feed,
    frames,
    h264_format,
    h265_format,
    interleaved,
    new_client,
    playing,
    sdp,
)
from haidang.core.rtsp import Ended, FrameReceived, Playing, RtspClient, RtspProtocolError, RtspRefused

KEYFRAME = [interleaved(packet) for packet in Stream().unit(IDR)]


def test_the_four_requests_byte_for_byte() -> None:
    client = new_client("rtsp://cam:8554/live?x=1")
    agent = "User-Agent: HaiDang\r\n"
    assert client.connect().decode() == f"OPTIONS rtsp://cam:8554/live?x=1 RTSP/1.0\r\nCSeq: 1\r\n{agent}\r\n"
    options, describe, setup, play = dialogue()
    feed(client, options)
    assert client.data_to_send().decode() == (
        f"DESCRIBE rtsp://cam:8554/live?x=1 RTSP/1.0\r\nCSeq: 2\r\n{agent}Accept: application/sdp\r\n\r\n"
    )
    feed(client, describe)
    assert client.data_to_send().decode() == (
        f"SETUP rtsp://cam:8554/live?x=1/track1 RTSP/1.0\r\nCSeq: 3\r\n{agent}"
        "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
    )
    feed(client, setup)
    assert client.data_to_send().decode() == (
        f"PLAY rtsp://cam:8554/live?x=1 RTSP/1.0\r\nCSeq: 4\r\n{agent}Session: 42\r\nRange: npt=0.000-\r\n\r\n"
    )
    assert feed(client, play) == [Playing(h264_format(), 15.0)]
    assert client.data_to_send() == b""


def test_h265_is_played_too() -> None:
    client = new_client()
    client.connect()
    assert feed(client, *dialogue(sdp(H265_SETS))) == [Playing(h265_format(), 15.0)]


def test_content_base_names_the_tracks() -> None:
    client = new_client()
    client.connect()
    options, _, setup, _ = dialogue()
    body = sdp(session="a=control:rtsp://cam/all\r\n")
    feed(client, options, answer(2, "Content-Base: rtsp://cam/base/", body=body))
    assert b"SETUP rtsp://cam/base/track1 RTSP" in client.data_to_send()
    feed(client, setup)
    assert b"PLAY rtsp://cam/all RTSP" in client.data_to_send()


def test_a_camera_without_options_is_described_all_the_same() -> None:
    client = new_client()
    client.connect()
    feed(client, answer(1, status="501 Not Implemented"))
    assert client.data_to_send().startswith(b"DESCRIBE")


def test_answers_that_ask_for_patience_or_are_not_ours_are_passed_over() -> None:
    client = new_client()
    client.connect()
    assert (
        feed(client, answer(1, status="100 Continue"), answer(99), answer(0), b"RTSP/1.0 200 OK\r\nCSeq: x\r\n\r\n")
        == []
    )
    assert client.data_to_send() == b""
    feed(client, b"RTSP/1.0 200 OK\r\n\r\n")  # no CSeq at all: the oldest question
    assert client.data_to_send().startswith(b"DESCRIBE")


@pytest.mark.parametrize(
    ("transport", "channels"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=4-5", (4, 5)),
        ("RTP/AVP/TCP;interleaved=6", (6, 7)),
        ("RTP/AVP/TCP;unicast", (0, 1)),
        ("", (0, 1)),
    ],
)
def test_the_camera_chooses_the_channels(transport: str, channels: tuple[int, int]) -> None:
    client = new_client()
    client.connect()
    feed(client, *dialogue(setup=("Session: 1", f"Transport: {transport}")))
    other = interleaved(b"x" * 20, 200)
    events = feed(client, other, *(interleaved(packet, channels[0]) for packet in Stream().unit(IDR)))
    assert len(frames(events)) == 1
    assert feed(client, interleaved(bye(), channels[1])) == [Ended("bye")]


@pytest.mark.parametrize("transport", ["RTP/AVP;unicast;client_port=5000-5001", "RTP/AVP/TCP;interleaved=300-301"])
def test_another_transport_than_asked_for_is_refused(transport: str) -> None:
    client = new_client()
    client.connect()
    with pytest.raises(RtspProtocolError) as caught:
        feed(client, *dialogue(setup=("Session: 1", f"Transport: {transport}")))
    assert caught.value.code == "rtsp_transport"


@pytest.mark.parametrize(
    ("session", "keep_alive_s"), [("7", 30.0), ("7;timeout=10", 5.0), ("7 ; timeout = 0", 30.0), ("7;timeout=1", 1.0)]
)
def test_the_session_says_how_often_to_keep_it_alive(session: str, keep_alive_s: float) -> None:
    client = new_client()
    client.connect()
    assert feed(client, *dialogue(setup=(f"Session: {session}",))) == [Playing(h264_format(), keep_alive_s)]
    client.keep_alive()
    assert b"\r\nSession: 7\r\n" in client.data_to_send()


def test_the_keep_alive_is_what_the_camera_knows() -> None:
    client = playing()
    client.keep_alive()
    assert client.data_to_send().startswith(b"GET_PARAMETER rtsp://cam/live RTSP/1.0\r\nCSeq: 5\r\n")
    assert feed(client, answer(5, status="451 Parameter Not Understood")) == []
    client.keep_alive()
    assert client.data_to_send().startswith(b"OPTIONS")
    assert feed(client, answer(6, status="454 Session Not Found"), *KEYFRAME) != []


def test_keep_alives_that_are_never_answered_do_not_pile_up() -> None:
    client = playing()
    for _ in range(1000):
        client.keep_alive()
    assert len(client._pending) <= 16


@pytest.mark.parametrize(
    ("step", "status", "code"),
    [
        (1, "403 Forbidden", "rtsp_forbidden"),
        (1, "404 Not Found", "rtsp_not_found"),
        (1, "302 Found", "rtsp_redirected"),
        (2, "461 Unsupported Transport", "rtsp_no_interleaved_tcp"),
        (3, "503 Service Unavailable", "rtsp_refused"),
    ],
)
def test_a_refusal_has_its_status(step: int, status: str, code: str) -> None:
    client = new_client()
    client.connect()
    feed(client, *dialogue()[:step])
    with pytest.raises(RtspRefused) as caught:
        feed(client, answer(step + 1, status=status))
    assert (caught.value.status, caught.value.code) == (int(status[:3]), code)
    assert str(caught.value).startswith("couldn't ")


def test_an_offer_without_video_is_told_apart() -> None:
    client = new_client()
    client.connect()
    with pytest.raises(RtspProtocolError) as caught:
        feed(client, *dialogue("m=audio 0 RTP/AVP 8\r\n"))
    assert caught.value.code == "rtsp_no_video"


def test_video_may_overtake_the_answer_to_play() -> None:
    client = new_client()
    client.connect()
    *before, play = dialogue()
    events = feed(client, *before, *KEYFRAME)
    assert [type(event) for event in events] == [Playing, FrameReceived]
    assert feed(client, play) == []


def test_a_play_refused_after_all_is_a_refusal() -> None:
    client = new_client()
    client.connect()
    feed(client, *dialogue()[:3], *KEYFRAME)
    with pytest.raises(RtspRefused):
        feed(client, answer(4, status="455 Method Not Valid in This State"))


@pytest.mark.parametrize(
    ("method", "status", "event"),
    [
        ("OPTIONS", "200 OK", None),
        ("GET_PARAMETER", "200 OK", None),
        ("ANNOUNCE", "501 Not Implemented", None),
        ("PLAY_NOTIFY", "501 Not Implemented", None),
        ("REDIRECT", "200 OK", Ended("redirected")),
        ("TEARDOWN", "200 OK", Ended("closed_by_camera")),
    ],
)
def test_the_cameras_own_requests_are_answered(method: str, status: str, event: Ended | None) -> None:
    client = playing()
    body = "Content-Length: 4\r\n\r\nbody"
    events = feed(client, f"{method} rtsp://me RTSP/1.0\r\nCSeq: 9\r\nSession: 42\r\n{body}".encode())
    sent = client.data_to_send().decode()
    assert sent.startswith(f"RTSP/1.0 {status}\r\nCSeq: 9\r\nSession: 42\r\n")
    assert ("Public: " in sent) == (method == "OPTIONS")
    assert events == ([event] if event else [])


def test_a_goodbye_ends_and_what_follows_is_not_read() -> None:
    client = playing()
    assert feed(client, *KEYFRAME, interleaved(bye(), 1), b"<garbage>")[-1] == Ended("bye")
    assert feed(client, *KEYFRAME, b"<garbage>") == []
    client.keep_alive()
    client.teardown()
    assert client.data_to_send() == b""


def test_a_goodbye_of_somebody_else_is_none_of_ours() -> None:
    client = playing()
    assert feed(client, *KEYFRAME, interleaved(bye(7), 1))[1:] == []


def test_teardown_says_farewell_once() -> None:
    client = playing()
    client.teardown()
    client.teardown()
    assert client.data_to_send().count(b"TEARDOWN rtsp://cam/live RTSP/1.0") == 1
    assert feed(client, *KEYFRAME, answer(5))[-1] == Ended("torn_down")


@pytest.mark.parametrize("steps", range(4))
def test_teardown_before_a_session_stands_is_silent(steps: int) -> None:
    client = new_client()
    client.connect()
    feed(client, *dialogue()[: min(steps, 2)])
    client.data_to_send()
    client.teardown()
    assert client.data_to_send() == b""


def failing_client() -> RtspClient:
    client = playing()
    assert len(feed(client, *KEYFRAME, b"<garbage>")) == 1
    return client


def test_what_came_before_an_error_is_delivered_before_it() -> None:
    client = failing_client()
    with pytest.raises(RtspProtocolError):
        client.data_to_send()
    assert client.data_to_send() == b""
    with pytest.raises(RtspProtocolError):
        client.receive(memoryview(b"x"))
    other = failing_client()
    with pytest.raises(RtspProtocolError):
        other.receive(memoryview(b""))


def test_no_session_fields_is_fine_for_a_camera_without_sessions() -> None:
    client = new_client()
    client.connect()
    feed(client, *dialogue(setup=SETUP_FIELDS[1:]))
    client.data_to_send()
    client.keep_alive()
    assert b"Session" not in client.data_to_send()
