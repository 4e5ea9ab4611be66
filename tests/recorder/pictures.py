"""Pictures for tests of decisions: the formats are real, the pictures are a few bytes."""

from collections.abc import Iterator

from haidang.core.units import Pts90k, WallUs
from haidang.core.video import AccessUnit, VideoFormat

FRAME_90K, FRAME_US = 3600, 40_000
#: 2026-11-25 03:04:05.678 UTC
BEGAN = WallUs(1_795_575_845_678_000)

SMALL = VideoFormat.from_parameter_sets(
    "avc1", [bytes.fromhex("6764001eacb201405ff2e022000003000200000300641e2c5c90"), bytes.fromhex("68ebccb22c")]
)
LARGE = VideoFormat.from_parameter_sets(
    "avc1", [bytes.fromhex("6764001facb200a00b760220000003002000000641e30649"), bytes.fromhex("68ebccb22c")]
)


def unit(number: int, *, gop: int = 25, first_pts: int = 0, lost: int = 0, size: int = 20) -> AccessUnit:
    """The ``number``-th picture of a 25/s camera."""
    data = number.to_bytes(4, "big") + bytes(max(0, size - 4))
    return AccessUnit(data, Pts90k(first_pts + number * FRAME_90K), number % gop == 0, lost, None)


def units(start: int, end: int, *, gop: int = 25, first_pts: int = 0) -> Iterator[AccessUnit]:
    for number in range(start, end):
        yield unit(number, gop=gop, first_pts=first_pts)


def numbers(samples: list[bytes]) -> list[int]:
    """Which pictures these are."""
    return [int.from_bytes(data[:4], "big") for data in samples]
