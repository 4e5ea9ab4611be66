"""One access unit under construction: NAL units come out of RTP payloads and go in behind their length.

Laws: ``data`` is never longer than ``MAX_UNIT_BYTES`` and one packet; payload bytes are copied once; parameter sets,
delimiters and filler stay out of ``data`` (``core/video.py`` says why). What is malformed damages the unit, no more.

RFC 6184 and RFC 7798 differ in where they write the type and in nothing else that matters here, so each derives
from ``Assembly`` and gives ``add``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from haidang.core.errors import CorruptData
from haidang.core.sei import has_recovery_point
from haidang.core.video import VideoCodec

__all__ = ["MAX_UNIT_BYTES", "Assembly"]

MAX_UNIT_BYTES = 16 * 1024 * 1024
_MAX_NAL_UNITS = 4096
_MAX_PARAMETER_SETS = 256
_LENGTH = 4


class Assembly(ABC):
    codec: ClassVar[VideoCodec]
    #: Bytes of a NAL unit's header.
    header_bytes: ClassVar[int]
    parameter_set_types: ClassVar[frozenset[int]]
    #: Delimiters, filler: not kept.
    idle_types: ClassVar[frozenset[int]]
    #: End of sequence and of stream: kept behind a picture, meaningless before one.
    end_types: ClassVar[frozenset[int]]
    sei_types: ClassVar[frozenset[int]]

    def __init__(self) -> None:
        self.data = bytearray()
        #: Parameter sets since ``take_parameter_sets``; they outlive a unit that is dropped.
        self._parameter_sets: list[bytes] = []
        self.clear()

    def clear(self) -> None:
        """Forget the unit, whole or not."""
        self.data.clear()
        self.picture = False
        #: Its first slice is the picture's first: nothing is missing before it.
        self.starts_picture = False
        self.keyframe = False
        self.recovery_point = False
        self.damaged = False
        self._nal_units = 0
        #: Where the NAL unit in fragments begins; -1 between fragmented ones.
        self._fragment_at = -1

    @abstractmethod
    def add(self, view: memoryview, start: int, end: int) -> bool:
        """Take the payload ``view[start:end]`` (not empty). True: it begins the next unit and was not taken."""

    @abstractmethod
    def nal_type(self, first_byte: int) -> int:
        """NAL unit type out of a header's first byte."""

    @property
    def inside_fragments(self) -> bool:
        return self._fragment_at >= 0

    @property
    def whole(self) -> bool:
        """A picture without known damage, no NAL unit still open."""
        return self.picture and not self.damaged and self._fragment_at < 0

    def take_parameter_sets(self) -> list[bytes]:
        taken, self._parameter_sets = self._parameter_sets, []
        return taken

    def _begin_picture(self, *, first_slice: bool, keyframe: bool) -> None:
        """A slice comes in."""
        if not self.picture:
            self.picture = True
            self.starts_picture = first_slice
        self.keyframe = self.keyframe or keyframe

    def _append(self, nal: memoryview) -> None:
        self._count()
        self.data += len(nal).to_bytes(_LENGTH, "big")
        self.data += nal

    def _append_other(self, kind: int, nal: memoryview) -> None:
        """A NAL unit that is no slice."""
        if kind in self.parameter_set_types:
            self._keep_parameter_set(bytes(nal))
        elif kind in self.sei_types:
            self._append(nal)
            self._look_into_sei(bytes(nal))
        elif kind not in self.idle_types and (self.picture or kind not in self.end_types):
            self._append(nal)

    def _begin_fragments(self, header: bytes) -> None:
        if self._fragment_at >= 0:  # the one before never ended
            self.damaged = True
        self._count()
        self._fragment_at = len(self.data)
        self.data += b"\0\0\0\0"
        self.data += header

    def _end_fragments(self) -> None:
        at, self._fragment_at = self._fragment_at, -1
        begin = at + _LENGTH
        self.data[at:begin] = (len(self.data) - begin).to_bytes(_LENGTH, "big")
        kind = self.nal_type(self.data[begin])
        if kind in self.sei_types:
            self._look_into_sei(bytes(self.data[begin:]))
        elif kind in self.parameter_set_types:
            self._keep_parameter_set(bytes(self.data[begin:]))
            del self.data[at:]
        elif kind in self.idle_types:
            del self.data[at:]

    def _count(self) -> None:
        self._nal_units += 1
        if self._nal_units > _MAX_NAL_UNITS or len(self.data) > MAX_UNIT_BYTES:
            self._too_large()

    def _too_large(self) -> None:
        raise CorruptData("couldn't take a picture of this size: no end in sight", code="rtp_picture_too_large")

    def _keep_parameter_set(self, nal: bytes) -> None:
        if nal in self._parameter_sets:
            return
        if len(self._parameter_sets) >= _MAX_PARAMETER_SETS:
            raise CorruptData("couldn't take so many parameter sets", code="parameter_set")
        self._parameter_sets.append(nal)

    def _look_into_sei(self, nal: bytes) -> None:
        self.recovery_point = self.recovery_point or has_recovery_point(nal[self.header_bytes :])
