"""H.265 out of RTP (RFC 7798 §4.4): single NAL units, AP, FU, without decoding order numbers.

Streams with them (``sprop-max-don-diff`` above 0) are not asked for (``core/sdp.py``); PACI packets and reserved types
damage their unit. Every IRAP picture is a keyframe: IDR, BLA and CRA (the leading pictures of a CRA that a decoder
starts at are its to skip).
"""

from __future__ import annotations

from haidang.core.h265.sps import PPS, SPS, VPS, nal_type
from haidang.core.rtp.assembly import MAX_UNIT_BYTES, Assembly

__all__ = ["H265Depacketiser"]

_FIRST_IRAP, _LAST_IRAP, _LAST_SLICE = 16, 23, 31
_DELIMITER, _END_OF_SEQUENCE, _END_OF_STREAM, _FILLER, _PREFIX_SEI, _SUFFIX_SEI = 35, 36, 37, 38, 39, 40
_LAST_SINGLE, _AP, _FU = 47, 48, 49
_START, _END = 0x80, 0x40


class H265Depacketiser(Assembly):
    codec = "hvc1"
    header_bytes = 2
    parameter_set_types = frozenset({VPS, SPS, PPS})
    idle_types = frozenset({_DELIMITER, _FILLER})
    end_types = frozenset({_END_OF_SEQUENCE, _END_OF_STREAM})
    sei_types = frozenset({_PREFIX_SEI, _SUFFIX_SEI})

    def nal_type(self, first_byte: int) -> int:
        return nal_type(first_byte)

    def add(self, view: memoryview, start: int, end: int) -> bool:
        kind = (view[start] >> 1) & 0x3F
        if kind == _FU and end - start > 3:  # nearly every packet
            header = view[start + 2]
            if header & _START:
                self._begin_nal_unit(view[start : start + 2], header & 0x3F, view[start + 3])
            if self._fragment_at < 0:  # its start was not there, or not one of ours
                self.damaged = True
                return False
            self.data += view[start + 3 : end]
            if header & _END:
                self._end_fragments()
            elif len(self.data) > MAX_UNIT_BYTES:
                self._too_large()
        elif end - start < 3:  # a header alone: end of sequence and of stream
            self._append_short(kind, view[start:end])
        elif kind <= _LAST_SINGLE:
            if kind == _DELIMITER and self.picture:
                return True
            self._add_nal_unit(view[start:end])
        elif kind == _AP:
            return self._add_aggregate(view, start + 2, end)
        else:
            self.damaged = True
        return False

    def _begin_nal_unit(self, payload_header: memoryview, kind: int, first_byte: int) -> None:
        """§4.4.3: the NAL unit's header is the payload header with the type in the FU header."""
        if kind > _LAST_SINGLE:
            self.damaged = True
            return
        self._begin_fragments(bytes(((payload_header[0] & 0x81) | kind << 1, payload_header[1])))
        if kind <= _LAST_SLICE:
            self._begin_picture(first_slice=first_byte >= 0x80, keyframe=_FIRST_IRAP <= kind <= _LAST_IRAP)

    def _append_short(self, kind: int, nal: memoryview) -> None:
        if len(nal) == 2 and kind in self.end_types:
            self._append_other(kind, nal)
        else:
            self.damaged = True

    def _add_nal_unit(self, nal: memoryview) -> None:
        kind = (nal[0] >> 1) & 0x3F
        if kind <= _LAST_SLICE:
            # first_slice_segment_in_pic_flag is the bit behind the header.
            self._begin_picture(first_slice=len(nal) > 2 and nal[2] >= 0x80, keyframe=_FIRST_IRAP <= kind <= _LAST_IRAP)
            self._append(nal)
        else:
            self._append_other(kind, nal)

    def _add_aggregate(self, view: memoryview, at: int, end: int) -> bool:
        """§4.4.2: NAL units behind their 16-bit sizes."""
        if self.picture and at + 2 < end and (view[at + 2] >> 1) & 0x3F == _DELIMITER:
            return True
        while at + 2 < end:
            begin = at + 2
            at = begin + (view[at] << 8 | view[at + 1])
            if at > end or at < begin + 2 or (view[begin] >> 1) & 0x3F > _LAST_SINGLE:
                self.damaged = True
                return False
            self._add_nal_unit(view[begin:at])
        return False
