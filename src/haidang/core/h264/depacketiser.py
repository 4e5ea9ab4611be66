"""H.264 out of RTP (RFC 6184 §5): single NAL units, STAP-A, FU-A, which is packetization modes 0 and 1.

Mode 2 (STAP-B, MTAP, FU-B) is not asked for (``core/sdp.py``); such a packet damages its unit, as does a reserved type.
"""

from __future__ import annotations

from haidang.core.h264.sps import PPS, SPS, nal_type
from haidang.core.rtp.assembly import MAX_UNIT_BYTES, Assembly

__all__ = ["H264Depacketiser"]

_SLICE, _IDR, _SEI, _DELIMITER, _END_OF_SEQUENCE, _END_OF_STREAM, _FILLER = 1, 5, 6, 9, 10, 11, 12
_LAST_SINGLE, _STAP_A, _FU_A = 23, 24, 28
_START, _END = 0x80, 0x40


class H264Depacketiser(Assembly):
    codec = "avc1"
    header_bytes = 1
    parameter_set_types = frozenset({SPS, PPS})
    idle_types = frozenset({_DELIMITER, _FILLER})
    end_types = frozenset({_END_OF_SEQUENCE, _END_OF_STREAM})
    sei_types = frozenset({_SEI})

    def nal_type(self, first_byte: int) -> int:
        return nal_type(first_byte)

    def add(self, view: memoryview, start: int, end: int) -> bool:
        kind = view[start] & 0x1F
        if kind == _FU_A and end - start > 2:  # nearly every packet
            header = view[start + 1]
            if header & _START:
                self._begin_nal_unit(view[start], header & 0x1F, view[start + 2])
            if self._fragment_at < 0:  # its start was not there, or not one of ours
                self.damaged = True
                return False
            self.data += view[start + 2 : end]
            if header & _END:
                self._end_fragments()
            elif len(self.data) > MAX_UNIT_BYTES:
                self._too_large()
        elif 0 < kind <= _LAST_SINGLE:
            if kind == _DELIMITER and self.picture:
                return True
            self._add_nal_unit(view[start:end])
        elif kind == _STAP_A:
            return self._add_aggregate(view, start + 1, end)
        else:
            self.damaged = True
        return False

    def _begin_nal_unit(self, indicator: int, kind: int, first_byte: int) -> None:
        """§5.8: the NAL unit's header is put together from the indicator and the type in the FU header."""
        if not 0 < kind <= _LAST_SINGLE:
            self.damaged = True
            return
        self._begin_fragments(bytes(((indicator & 0xE0) | kind,)))
        if _SLICE <= kind <= _IDR:
            self._begin_picture(first_slice=first_byte >= 0x80, keyframe=kind == _IDR)

    def _add_nal_unit(self, nal: memoryview) -> None:
        kind = nal[0] & 0x1F
        if _SLICE <= kind <= _IDR:
            # first_mb_in_slice is 0 exactly if its Exp-Golomb code starts with a 1.
            self._begin_picture(first_slice=len(nal) > 1 and nal[1] >= 0x80, keyframe=kind == _IDR)
            self._append(nal)
        else:
            self._append_other(kind, nal)

    def _add_aggregate(self, view: memoryview, at: int, end: int) -> bool:
        """§5.7.1: NAL units behind their 16-bit sizes."""
        if self.picture and at + 2 < end and view[at + 2] & 0x1F == _DELIMITER:
            return True
        while at + 2 < end:
            begin = at + 2
            at = begin + (view[at] << 8 | view[at + 1])
            if at > end or at == begin or not 0 < view[begin] & 0x1F <= _LAST_SINGLE:
                self.damaged = True
                return False
            self._add_nal_unit(view[begin:at])
        return False
