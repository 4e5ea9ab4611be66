"""Formats: configuration records byte for byte, codec strings, equality."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.camera_bytes import H264_BASELINE, H264_SETS, H265_SETS, BitWriter, h264_format, h265_format
from haidang.core.errors import CorruptData
from haidang.core.video import VideoCodec, VideoFormat

SPS, PPS = (nal.hex() for nal in H264_SETS)
VPS5, SPS5, PPS5 = (nal.hex() for nal in H265_SETS)


def test_the_avcc_of_a_high_profile_repeats_chroma_and_depths() -> None:
    assert h264_format().config_record.hex() == f"0164001effe10019{SPS}010006{PPS}fdf8f800"


def test_the_avcc_of_baseline_does_not() -> None:
    sps, pps = (nal.hex() for nal in H264_BASELINE)
    assert h264_format(H264_BASELINE).config_record.hex() == f"0142c028ffe10019{sps}010005{pps}"


def test_the_hvcc_record() -> None:
    fixed = "01" + "01600000009000000000003f" + "f000fcfdf8f80000" + "0f" + "03"
    arrays = f"a000010018{VPS5}a100010029{SPS5}a200010007{PPS5}"
    assert h265_format().config_record.hex() == fixed + arrays


@pytest.mark.parametrize(
    ("video", "text"),
    [
        (h264_format(), "avc1.64001E"),
        (h264_format(H264_BASELINE), "avc1.42C028"),
        (h265_format(), "hvc1.1.6.L63.90"),
    ],
)
def test_codec_strings(video: VideoFormat, text: str) -> None:
    assert video.codec_string == text


def test_codec_string_of_a_high_tier_profile_space() -> None:
    sps = bytearray(H265_SETS[1])
    sps[3] = 0x40 | 0x20 | 2  # space A, high tier, profile 2
    assert h265_format((H265_SETS[0], bytes(sps), H265_SETS[2])).codec_string == "hvc1.A2.6.H63.90"


@pytest.mark.parametrize("video", [h264_format(), h264_format(H264_BASELINE), h265_format()])
def test_a_config_record_gives_the_format_back(video: VideoFormat) -> None:
    assert VideoFormat.from_config_record(video.codec, video.config_record) == video


def test_the_order_in_which_sets_come_does_not_matter() -> None:
    second_pps = BitWriter().ue(1, 0).nal(b"\x68")
    one = VideoFormat.from_parameter_sets("avc1", [second_pps, *reversed(H264_SETS)])
    other = VideoFormat.from_parameter_sets("avc1", [*H264_SETS, second_pps, b"\x09\xf0"])
    assert one == other
    assert one.parameter_sets == (*H264_SETS, second_pps)


def test_of_two_sets_with_one_id_the_later_counts() -> None:
    changed = BitWriter().ue(0, 0).u(9, 0x155).nal(b"\x68")
    assert VideoFormat.from_parameter_sets("avc1", [*H264_SETS, changed]).parameter_sets == (H264_SETS[0], changed)


@pytest.mark.parametrize(
    ("codec", "sets", "code"),
    [
        ("avc1", [], "parameter_set_missing"),
        ("avc1", H264_SETS[:1], "parameter_set_missing"),
        ("hvc1", H265_SETS[1:], "parameter_set_missing"),
        ("avc1", [b"", *H264_SETS], "parameter_set"),
        ("avc1", [H264_SETS[0][:6], H264_SETS[1]], "parameter_set"),
        ("avc1", [*H264_SETS, b"\x68" + b"\xff" * 5000], "parameter_set"),
        ("avc1", [*H264_SETS, *(BitWriter().ue(n, 0).nal(b"\x68") for n in range(256))], "parameter_set"),
    ],
)
def test_sets_that_make_no_format(codec: VideoCodec, sets: list[bytes], code: str) -> None:
    with pytest.raises(CorruptData) as caught:
        VideoFormat.from_parameter_sets(codec, sets)
    assert caught.value.code == code


@given(st.sampled_from([h264_format(), h265_format()]), st.data())
def test_a_damaged_record_is_corrupt_data_or_a_format(video: VideoFormat, data: st.DataObject) -> None:
    record = bytearray(video.config_record)
    record[data.draw(st.integers(0, len(record) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(record[: data.draw(st.integers(0, len(record)))])
    for candidate in (bytes(record), cut):
        try:
            assert VideoFormat.from_config_record(video.codec, candidate).codec == video.codec
        except CorruptData:
            continue
