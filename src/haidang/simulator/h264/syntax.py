"""Parameter sets and slice headers of what our encoder writes, read and written bit for bit (ITU-T H.264 §7.3).

Supported is what libx264 makes under our settings: progressive 4:2:0, CAVLC, one reference, no weighted
prediction, no memory management commands. Anything else raises CorruptData (``h264``) rather than guess.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from haidang.core.errors import CorruptData
from haidang.simulator.h264.bits import BitReader, BitWriter, escape, unescape

__all__ = [
    "PictureSyntax",
    "SliceHeader",
    "below_strip",
    "finish_slice",
    "of_strip",
    "picture_syntax",
    "read_header",
    "read_slice",
    "taller_sps",
    "write_header",
    "write_slice",
]

_HIGH_PROFILES = (100, 110, 122)
_IDR = 5


@dataclass(frozen=True, slots=True)
class PictureSyntax:
    """What the parameter sets say about the layout of slice headers."""

    frame_num_bits: int
    #: None for picture order count type 2.
    poc_lsb_bits: int | None
    deblocking_control: bool


@dataclass(frozen=True, slots=True)
class SliceHeader:
    nal_byte: int
    first_mb: int
    slice_type: int
    pps_id: int
    frame_num: int
    idr_pic_id: int
    poc_lsb: int
    qp_delta: int
    deblocking_idc: int
    deblocking_offsets: tuple[int, int]
    #: P slices: num_ref_idx_active_override, -1 where there is none.
    active_refs: int = -1
    #: IDR: no_output_of_prior_pics_flag, long_term_reference_flag; else adaptive_ref_pic_marking_mode_flag.
    marking: int = 0

    @property
    def idr(self) -> bool:
        return self.nal_byte & 31 == _IDR

    @property
    def intra(self) -> bool:
        return self.slice_type % 5 == 2


def _unsupported(what: str) -> CorruptData:
    return CorruptData(f"couldn't use the encoded picture: {what}", code="h264")


def _sps_up_to_height(reader: BitReader) -> tuple[int, int | None]:
    """Read on to just before pic_height_in_map_units_minus1; give frame_num and poc_lsb sizes."""
    profile = reader.u(8)
    reader.u(16)
    reader.ue()
    if profile in _HIGH_PROFILES:
        chroma_format, depth_luma, depth_chroma = reader.ue(), reader.ue(), reader.ue()
        if (chroma_format, depth_luma, depth_chroma, reader.u(1), reader.u(1)) != (1, 0, 0, 0, 0):
            raise _unsupported("it is not plain 8-bit 4:2:0")
    frame_num_bits = reader.ue() + 4
    poc_type = reader.ue()
    if poc_type == 1:
        raise _unsupported("picture order count type 1")
    poc_lsb_bits = reader.ue() + 4 if poc_type == 0 else None
    reader.ue()
    reader.u(1)
    reader.ue()
    return frame_num_bits, poc_lsb_bits


def picture_syntax(sps: bytes, pps: bytes) -> PictureSyntax:
    """From NAL units without start codes."""
    reader = BitReader(unescape(sps[1:]))
    frame_num_bits, poc_lsb_bits = _sps_up_to_height(reader)
    reader.ue()
    if not reader.u(1):
        raise _unsupported("it is interlaced")
    reader = BitReader(unescape(pps[1:]))
    reader.ue()
    reader.ue()
    entropy, order_present = reader.u(1), reader.u(1)
    slice_groups, refs, _ = reader.ue(), reader.ue(), reader.ue()
    weighted, _ = reader.u(1), reader.u(2)
    reader.se(), reader.se(), reader.se()
    deblocking_control, _, redundant = reader.u(1), reader.u(1), reader.u(1)
    if entropy or order_present or slice_groups or refs or weighted or redundant:
        raise _unsupported("it was not encoded with our settings")
    return PictureSyntax(frame_num_bits, poc_lsb_bits, bool(deblocking_control))


def taller_sps(sps: bytes, rows: int) -> bytes:
    """The same sequence with ``rows`` more macroblock rows; cropping stays as it is."""
    reader = BitReader(unescape(sps[1:]))
    _sps_up_to_height(reader)
    before = reader.position
    height = reader.ue()
    tail, tail_bits = reader.rest_without_trailing()
    head = BitReader(unescape(sps[1:])).u(before)
    writer = BitWriter()
    writer.u(head, before)
    writer.ue(height + rows)
    writer.u(tail, tail_bits)
    return sps[:1] + escape(writer.finish())


def read_slice(nal: bytes, syntax: PictureSyntax) -> tuple[SliceHeader, tuple[int, int]]:
    """The header and the slice data behind it as (value, bits)."""
    reader = BitReader(unescape(nal[1:]))
    return _read_header(reader, nal, syntax), reader.rest_without_trailing()


def read_header(nal: bytes, syntax: PictureSyntax) -> SliceHeader:
    """The header alone, without taking the whole slice in hand."""
    return _read_header(BitReader(unescape(nal[1:65])), nal, syntax)


def _read_header(reader: BitReader, nal: bytes, syntax: PictureSyntax) -> SliceHeader:
    first_mb, slice_type, pps_id = reader.ue(), reader.ue(), reader.ue()
    frame_num = reader.u(syntax.frame_num_bits)
    idr = nal[0] & 31 == _IDR
    idr_pic_id = reader.ue() if idr else 0
    poc_lsb = reader.u(syntax.poc_lsb_bits) if syntax.poc_lsb_bits is not None else 0
    active_refs = -1
    if slice_type % 5 != 2:
        if reader.u(1):
            active_refs = reader.ue()
        if reader.u(1):
            raise _unsupported("reference lists are reordered")
    marking = 0
    if nal[0] & 0x60:
        marking = reader.u(2 if idr else 1)
        if marking and not idr:
            raise _unsupported("memory management commands")
    qp_delta = reader.se()
    idc, offsets = 0, (0, 0)
    if syntax.deblocking_control:
        idc = reader.ue()
        offsets = (reader.se(), reader.se()) if idc != 1 else (0, 0)
    return SliceHeader(
        nal[0],
        first_mb,
        slice_type,
        pps_id,
        frame_num,
        idr_pic_id,
        poc_lsb,
        qp_delta,
        idc,
        offsets,
        active_refs,
        marking,
    )


def write_header(header: SliceHeader, syntax: PictureSyntax) -> BitWriter:
    """A writer that stands where the slice data begins."""
    writer = BitWriter()
    writer.ue(header.first_mb)
    writer.ue(header.slice_type)
    writer.ue(header.pps_id)
    writer.u(header.frame_num, syntax.frame_num_bits)
    if header.idr:
        writer.ue(header.idr_pic_id)
    if syntax.poc_lsb_bits is not None:
        writer.u(header.poc_lsb, syntax.poc_lsb_bits)
    if not header.intra:
        writer.u(header.active_refs >= 0, 1)
        if header.active_refs >= 0:
            writer.ue(header.active_refs)
        writer.u(0, 1)
    if header.nal_byte & 0x60:
        writer.u(header.marking, 2 if header.idr else 1)
    writer.se(header.qp_delta)
    if syntax.deblocking_control:
        writer.ue(header.deblocking_idc)
        if header.deblocking_idc != 1:
            writer.se(header.deblocking_offsets[0])
            writer.se(header.deblocking_offsets[1])
    return writer


def finish_slice(header: SliceHeader, writer: BitWriter) -> bytes:
    """The NAL unit of a slice whose data has been written."""
    return bytes([header.nal_byte]) + escape(writer.finish())


def write_slice(header: SliceHeader, syntax: PictureSyntax, data: tuple[int, int]) -> bytes:
    """The NAL unit of ``header`` with slice data ``(value, bits)`` behind it."""
    writer = write_header(header, syntax)
    writer.u(*data)
    return finish_slice(header, writer)


def below_strip(header: SliceHeader, *, first_mb: int, idr_pic_id: int) -> SliceHeader:
    """The header of an encoded picture moved down under a strip: nothing is filtered across the seam (idc 2)."""
    return replace(header, first_mb=first_mb, idr_pic_id=idr_pic_id, deblocking_idc=2)


def of_strip(header: SliceHeader) -> SliceHeader:
    """The header of the strip's own slice in the same picture: first macroblocks, no deblocking, exact samples."""
    return replace(header, first_mb=0, qp_delta=0, deblocking_idc=1)
