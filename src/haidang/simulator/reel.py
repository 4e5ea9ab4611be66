"""A clip made ready for serving: every picture's packets, and the strip that goes over it.

Most pictures of a second are the same for every camera that shares the clip: they are packetised once, with a
strip that repeats the one before. Keyframes and the first picture of each second get a strip of their own.
"""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from haidang.core.units import WallUs
from haidang.simulator.clip import Clip
from haidang.simulator.h264.strip import skipped_picture, strip_slice
from haidang.simulator.h264.syntax import SliceHeader, picture_syntax, read_header
from haidang.simulator.lettering import STRIP_ROWS, strip_luma
from haidang.simulator.looptime import FPS, GOP_FRAMES
from haidang.simulator.rtp import PAYLOAD_TYPE, Packed, join, packetise

__all__ = ["Luma", "Reel"]

Luma = NDArray[np.uint8]


class Reel:
    """Packets of a clip. Shared by every camera and client that shows it."""

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        self.frames = len(clip.pictures)
        self._strip_px = 16 * STRIP_ROWS[clip.height]
        self._still = np.zeros((self._strip_px, clip.width), np.uint8)
        self._syntax = picture_syntax(*clip.parameter_sets) if clip.codec == "avc1" else None
        #: Made when a picture is first sent: a whole clip at once would hold up every other camera.
        self._quiet: list[Packed | None] = [None] * self.frames

    def _header(self, index: int) -> SliceHeader:
        assert self._syntax is not None, "only H.264 has strips laid over it"
        return read_header(self.clip.pictures[index], self._syntax)

    def _repeating(self, index: int) -> Packed:
        """The packets of a picture whose strip is that of the picture before (an IDR picture's: without any)."""
        packed = self._quiet[index]
        if packed is not None:
            return packed
        picture = self.clip.pictures[index]
        if self._syntax is None:
            sets = () if index % GOP_FRAMES else self.clip.parameter_sets
            packed = packetise([*sets, picture], "hvc1")
        else:
            header = self._header(index)
            over = [] if header.idr else [strip_slice(header, self._syntax, self._still, self._still)]
            packed = packetise([*over, picture], "avc1")
        self._quiet[index] = packed
        return packed

    def strip(self, name: str, at: WallUs) -> Luma | None:
        """The strip's samples for that second; None where it is baked in."""
        return strip_luma(name, at, self.clip.width, self._strip_px) if self.clip.codec == "avc1" else None

    def packets(self, index: int, strip: Luma | None, before: Luma | None) -> Packed:
        """Picture ``index`` under ``strip``; ``before`` is the strip of the picture before it."""
        quiet = self._repeating(index)
        if strip is None or self._syntax is None or (strip is before and index % GOP_FRAMES):
            return quiet
        header = self._header(index)
        if header.idr:
            own = strip_slice(header, self._syntax, strip)
            return join(packetise([*self.clip.parameter_sets, own], "avc1", ends_picture=False), quiet)
        assert before is not None, "a P picture follows one with a strip"
        return join(
            packetise([strip_slice(header, self._syntax, strip, before)], "avc1", ends_picture=False), quiet, skip=1
        )

    def frozen(self, index: int, strip: Luma | None) -> Packed:
        """What an encoder that sees one picture for ever sends at ``index``: its group's keyframe, then repeats."""
        key = index - index % GOP_FRAMES
        if index == key or self._syntax is None:
            return self.packets(key, strip, None)
        macroblocks = (self.clip.width // 16) * -(-self.clip.height // 16)
        return packetise([skipped_picture(self._header(index), self._syntax, macroblocks)], "avc1")

    def sdp(self, name: str) -> str:
        """The session description of this picture format (RFC 4566; RFC 6184 §8.2.1, RFC 7798 §7.2.1)."""
        sets = [base64.b64encode(one).decode() for one in self.clip.parameter_sets]
        if self.clip.codec == "hvc1":
            encoding, parameters = "H265", f"sprop-vps={sets[0]};sprop-sps={sets[1]};sprop-pps={sets[2]}"
        else:
            level = self.clip.parameter_sets[0][1:4].hex()
            encoding = "H264"
            parameters = f"packetization-mode=1;profile-level-id={level};sprop-parameter-sets={','.join(sets)}"
        lines = [
            "v=0",
            "o=- 1 1 IN IP4 0.0.0.0",
            f"s={name}",
            "c=IN IP4 0.0.0.0",
            "t=0 0",
            "a=range:npt=now-",
            "a=control:*",
            f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
            f"a=rtpmap:{PAYLOAD_TYPE} {encoding}/90000",
            f"a=fmtp:{PAYLOAD_TYPE} {parameters}",
            f"a=framerate:{FPS}",
            f"a=framesize:{PAYLOAD_TYPE} {self.clip.width}-{self.clip.height}",
            "a=control:trackID=1",
        ]
        return "\r\n".join(lines) + "\r\n"
