"""The clock over encoded pictures: decoded, it is exactly what we drew, and the picture below is untouched."""

from io import BytesIO

import av
import numpy as np
import pytest

from haidang.core.errors import CorruptData
from haidang.core.layout import Stream
from haidang.core.units import WallUs
from haidang.simulator.clip import Clip
from haidang.simulator.h264.strip import BACKGROUND, skipped_picture, strip_slice
from haidang.simulator.h264.syntax import picture_syntax, read_header, read_slice, write_slice
from haidang.simulator.lettering import STRIP_ROWS, strip_luma
from haidang.simulator.reel import Luma

Encoded = dict[Stream, Clip]
_START = b"\0\0\0\1"
_AT = 1_795_568_999_500_000


def _decoded(units: list[bytes]) -> list[Luma]:
    with av.open(BytesIO(b"".join(_START + unit for unit in units)), "r", format="h264") as container:
        return [np.asarray(frame.to_ndarray(), np.uint8) for frame in container.decode(video=0)]


def _under(clip: Clip, strips: list[Luma]) -> list[bytes]:
    """The clip's NAL units with those strips."""
    syntax = picture_syntax(*clip.parameter_sets)
    units: list[bytes] = [*clip.parameter_sets]
    before: Luma | None = None
    for picture, luma in zip(clip.pictures, strips, strict=True):
        header = read_header(picture, syntax)
        units += [strip_slice(header, syntax, luma, None if header.idr else before), picture]
        before = luma
    return units


def _clocks(clip: Clip) -> list[Luma]:
    height = 16 * STRIP_ROWS[clip.height]
    return [
        strip_luma("Đề Gi · Luồng vào", WallUs(_AT + 40_000 * index), clip.width, height)
        for index in range(len(clip.pictures))
    ]


@pytest.mark.parametrize(("stream", "size"), [("main", (1920, 1080)), ("sub", (640, 360))])
def test_the_strip_decodes_to_exactly_its_samples(encoded: Encoded, stream: Stream, size: tuple[int, int]) -> None:
    clip = encoded[stream]
    strips = _clocks(clip)
    frames = _decoded(_under(clip, strips))
    assert len(frames) == 100
    assert frames[0].shape == (size[1] * 3 // 2, size[0])
    for frame, luma in zip(frames, strips, strict=True):
        assert np.array_equal(frame[: luma.shape[0]], luma)


@pytest.mark.parametrize("stream", ["main", "sub"])
def test_what_the_strip_says_does_not_reach_the_picture(encoded: Encoded, stream: Stream) -> None:
    clip = encoded[stream]
    strips = _clocks(clip)
    blank = [np.full_like(strips[0], BACKGROUND)] * len(strips)
    height = strips[0].shape[0]
    for one, other in zip(_decoded(_under(clip, strips)), _decoded(_under(clip, blank)), strict=True):
        below = slice(height, clip.height)
        assert int(np.abs(one[below].astype(int) - other[below].astype(int)).max()) <= 2


def test_a_quiet_second_costs_a_few_bytes_and_a_new_one_a_few_macroblocks(encoded: Encoded) -> None:
    clip = encoded["main"]
    syntax = picture_syntax(*clip.parameter_sets)
    header = read_header(clip.pictures[1], syntax)
    now, then = (strip_luma("A", WallUs(_AT + step), clip.width, 32) for step in (0, 1_000_000))
    assert len(strip_slice(header, syntax, now, now)) < 12
    assert 384 < len(strip_slice(header, syntax, then, now)) < 20 * 384


def test_a_skipped_picture_repeats_the_one_before(encoded: Encoded) -> None:
    clip = encoded["sub"]
    syntax = picture_syntax(*clip.parameter_sets)
    units = _under(clip, _clocks(clip))[:4]
    still = skipped_picture(read_header(clip.pictures[1], syntax), syntax, 40 * 23)
    first, second = _decoded([*units, still])
    assert np.array_equal(first, second)


def test_headers_read_back_as_written(encoded: Encoded) -> None:
    clip = encoded["main"]
    syntax = picture_syntax(*clip.parameter_sets)
    for index in (0, 1, 49, 50, 99):
        header, data = read_slice(clip.pictures[index], syntax)
        assert write_slice(header, syntax, data) == clip.pictures[index]
        assert (header.first_mb, header.deblocking_idc) == (240, 2)
        assert header.frame_num == index % 50 % 16
    assert [read_header(clip.pictures[index], syntax).idr_pic_id for index in (0, 50)] == [0, 1]


def test_an_encoder_with_other_settings_is_refused_not_guessed() -> None:
    with pytest.raises(CorruptData, match="couldn't use the encoded picture"):
        picture_syntax(
            bytes.fromhex("6764001facd9405005bb011000000300100000030320f1831960"), bytes.fromhex("68ebe3cb22c0")
        )
