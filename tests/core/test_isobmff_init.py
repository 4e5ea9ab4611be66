from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData
from haidang.core.isobmff import init_segment, read_init_segment
from haidang.core.isobmff.boxes import child
from haidang.core.video import VideoFormat

#: 640x360 of x264 (High, level 3.0) and x265 (Main, level 2.1).
AVC_SETS = tuple(map(bytes.fromhex, ("6764001eacd940a02ff961000003000100000300320f162d96", "68ef8fcb")))
HEVC_SETS = tuple(
    map(
        bytes.fromhex,
        (
            "40010c01ffff01600000030090000003000003003f959809",
            "42010101600000030090000003000003003fa00502016965959a4932b9a02000000300200000030321",
            "4401c172b46240",
        ),
    )
)
AVC = VideoFormat.from_parameter_sets("avc1", AVC_SETS)
HEVC = VideoFormat.from_parameter_sets("hvc1", HEVC_SETS)

MATRIX = "00010000" + "00" * 12 + "00010000" + "00" * 12 + "40000000"


def golden(*, moov: int, trak: int, mdia: int, minf: int, stbl: int, sample_entry: str) -> bytes:
    """The init segment of a 640x360 track as the boxes of ISO/IEC 14496-12 spell it."""
    stsd = f"{16 + len(sample_entry) // 2:08x}" + "73747364" + "00000000" + "00000001" + sample_entry
    return bytes.fromhex(
        "0000001c" "66747970" "69736f35" "00000200" "69736f35" "69736f36" "6d703431"  # ftyp iso5: iso5 iso6 mp41
        f"{moov:08x}" "6d6f6f76"
        "0000006c" "6d766864" "00000000" "00000000" "00000000" "000003e8" "00000000"  # mvhd, 1000/s, no duration
        "00010000" "0100" + "00" * 10 + MATRIX + "00" * 24 + "00000002"  # rate 1, volume 1, next track 2
        f"{trak:08x}" "7472616b"
        "0000005c" "746b6864" "00000003" "00000000" "00000000" "00000001" "00000000" "00000000"  # tkhd, track 1
        + "00" * 16 + MATRIX + "02800000" "01680000"  # 640x360
        f"{mdia:08x}" "6d646961"
        "00000020" "6d646864" "00000000" "00000000" "00000000" "00015f90" "00000000" "55c4" "0000"  # mdhd 90000/s, und
        "00000026" "68646c72" "00000000" "00000000" "76696465" + "00" * 12 + "766964656f00"  # hdlr vide "video"
        f"{minf:08x}" "6d696e66"
        "00000014" "766d6864" "00000001" "0000000000000000"  # vmhd
        "00000024" "64696e66" "0000001c" "64726566" "00000000" "00000001" "0000000c" "75726c20" "00000001"  # dinf
        f"{stbl:08x}" "7374626c" + stsd +
        "00000010" "73747473" "00000000" "00000000"  # stts, stsc, stsz, stco: empty, the pictures are in fragments
        "00000010" "73747363" "00000000" "00000000"
        "00000014" "7374737a" "00000000" "00000000" "00000000"
        "00000010" "7374636f" "00000000" "00000000"
        "00000028" "6d766578" "00000020" "74726578"  # mvex: trex of track 1, sample description 1, no defaults
        "00000000" "00000001" "00000001" "00000000" "00000000" "00000000"
    )  # fmt: skip


def visual_sample_entry(kind: bytes, config: str) -> str:
    return (
        f"{86 + len(config) // 2:08x}" + kind.hex() + "00" * 6 + "0001" + "00" * 16
        + "0280" "0168" "00480000" "00480000" "00000000" "0001" + "00" * 32 + "0018" "ffff" + config
    )  # fmt: skip


def test_the_bytes_of_an_h264_initialisation_segment() -> None:
    avcc = (
        "00000034" "61766343"
        "01" "64001e" "ff" "e1"  # High, level 3.0, 4-byte lengths, one SPS
        "0019" + AVC_SETS[0].hex() + "01" "0004" + AVC_SETS[1].hex() + "fd" "f8" "f8" "00"  # of High: 4:2:0, 8 bits
    )  # fmt: skip
    assert init_segment(AVC) == golden(
        moov=0x274, trak=0x1D8, mdia=0x174, minf=0x126, stbl=0xE6, sample_entry=visual_sample_entry(b"avc1", avcc)
    )


def test_the_bytes_of_an_h265_initialisation_segment() -> None:
    hvcc = (
        "00000076" "68766343"
        "01" "01" "60000000" "900000000000" "3f"  # Main, progressive, level 2.1
        "f000" "fc" "fd" "f8" "f8" "0000" "0f" "03"  # 4:2:0, 8 bits, 4-byte lengths, three arrays
        "a0" "0001" "0018" + HEVC_SETS[0].hex() + "a1" "0001" "0029" + HEVC_SETS[1].hex()
        + "a2" "0001" "0007" + HEVC_SETS[2].hex()
    )  # fmt: skip
    assert init_segment(HEVC) == golden(
        moov=0x2B6, trak=0x21A, mdia=0x1B6, minf=0x168, stbl=0x128, sample_entry=visual_sample_entry(b"hvc1", hvcc)
    )


@pytest.mark.parametrize("video", [AVC, HEVC], ids=["h264", "h265"])
def test_a_format_reads_back_as_it_was_written(video: VideoFormat) -> None:
    assert read_init_segment(init_segment(video)) == video


@pytest.mark.parametrize("video", [AVC, HEVC], ids=["h264", "h265"])
def test_every_cut_is_refused_with_our_error(video: VideoFormat) -> None:
    whole = init_segment(video)
    for cut in range(len(whole)):
        with pytest.raises(CorruptData):
            read_init_segment(whole[:cut])


@given(at=st.integers(0, 655), value=st.integers(0, 255))
def test_a_changed_byte_gives_a_format_or_our_error(at: int, value: int) -> None:
    raw = bytearray(init_segment(AVC))
    raw[at] = value
    with suppress(CorruptData):
        assert read_init_segment(bytes(raw)).codec == "avc1"


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_our_error(raw: bytes) -> None:
    with pytest.raises(CorruptData):
        read_init_segment(raw)


def test_another_codec_is_refused() -> None:
    raw = init_segment(AVC)
    stsd = child(raw, 0, len(raw), b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    at = stsd.payload_offset + 12
    with pytest.raises(CorruptData, match="avc1"):
        read_init_segment(raw[:at] + b"vp09" + raw[at + 4 :])
