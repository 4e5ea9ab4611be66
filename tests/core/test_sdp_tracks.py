"""Session descriptions as cameras write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.camera_bytes import H264_SETS, H265_SETS, h264_format, h265_format, sdp
from haidang.core.errors import CorruptData
from haidang.core.sdp import VideoChoice, choose_video, parse_sdp


def chosen(text: str) -> VideoChoice | None:
    return choose_video(parse_sdp(text))


def test_h264_with_its_parameter_sets() -> None:
    assert chosen(sdp()) == VideoChoice("track1", 96, "avc1", h264_format())


def test_h265_with_its_parameter_sets() -> None:
    assert chosen(sdp(H265_SETS, control="rtsp://cam/2")) == VideoChoice("rtsp://cam/2", 96, "hvc1", h265_format())


def test_the_first_video_track_that_we_can_read_is_chosen() -> None:
    text = (
        "v=0\nm=application 0 RTP/AVP 107\na=rtpmap:107 vnd.onvif.metadata/90000\n"
        "m=video 0 RTP/AVP 26\na=control:jpeg\n"
        "m=video 0 RTP/AVP 97 98\na=rtpmap:97 MP4V-ES/90000\na=rtpmap:98 h264/90000\na=control:second\n"
    )
    assert chosen(text) == VideoChoice("second", 98, "avc1", None)


@pytest.mark.parametrize(
    "attributes",
    [
        "a=rtpmap:96 H264/90000\na=fmtp:96 packetization-mode=2",  # interleaved
        "a=rtpmap:96 H265/90000\na=fmtp:96 sprop-max-don-diff=1",
        "a=rtpmap:96 H264/48000",
        "a=rtpmap:96 JPEG/90000",
        "a=rtpmap:97 H264/90000",
        "",
    ],
)
def test_what_we_cannot_read_is_not_chosen(attributes: str) -> None:
    assert chosen(f"m=video 0 RTP/AVP 96\n{attributes}\n") is None


@pytest.mark.parametrize("sets", ["", "====", "Z0IAHg==", "Z0IAHg==,aMuDyyA=", "Zm9v", "\u00e9"])
def test_parameter_sets_that_cannot_be_used_are_left_to_the_stream(sets: str) -> None:
    choice = chosen(f"m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 sprop-parameter-sets={sets}\n")
    assert choice == VideoChoice("", 96, "avc1", None)


def test_base64_without_its_padding_is_read() -> None:
    assert chosen(sdp().replace("=\r", "\r").replace("==,", ",")) == VideoChoice("track1", 96, "avc1", h264_format())


def test_names_are_read_in_any_case_and_with_any_blanks() -> None:
    text = (
        sdp().replace("sprop-parameter-sets", " Sprop-Parameter-Sets").replace("a=rtpmap:96 H264", "a=rtpmap: 96  h264")
    )
    choice = chosen(text)
    assert choice is not None
    assert choice.format == h264_format()


def test_controls_of_session_and_track_are_told_apart() -> None:
    session = parse_sdp(sdp(session="a=control:rtsp://cam/all\r\n"))
    assert (session.control, [media.control for media in session.media]) == ("rtsp://cam/all", ["track1", "track2"])


@pytest.mark.parametrize("text", ["", "v=0\n", "<html>", "m=video\n" * 65, "a=x\n" * 5000 + "m=video 0 RTP/AVP 96\n"])
def test_what_is_no_description_is_corrupt_data(text: str) -> None:
    with pytest.raises(CorruptData):
        parse_sdp(text)


lines = st.one_of(
    st.text(max_size=60),
    st.sampled_from(sdp(H264_SETS).splitlines() + sdp(H265_SETS).splitlines()),
    st.builds("a=fmtp:96 {}={}".format, st.sampled_from(["sprop-sps", "sprop-parameter-sets"]), st.text(max_size=40)),
)


@given(st.lists(lines, max_size=30))
def test_arbitrary_lines_raise_nothing_else(many: list[str]) -> None:
    try:
        chosen("\n".join(many))
    except CorruptData:
        return
