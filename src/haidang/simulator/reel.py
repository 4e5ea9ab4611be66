"""A clip made ready for serving: every picture's packets, and the strip that goes over it.

Most pictures of a second are the same for every camera that shares the clip: they are packetised once, with a
strip that repeats the one before. Keyframes and the first picture of each second get a strip of their own.
"""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from haidang.core.units import WallUs
from haidang.simulator.clip import Clip
from haidang.simulator.h264.strip import skipped_picture, strip_slice
from haidang.simulator.h264.syntax import picture_syntax, read_header, read_slice, write_slice
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
        if clip.codec == "hvc1":
            self._quiet = [
                packetise([*(() if index % GOP_FRAMES else clip.parameter_sets), picture], "hvc1")
                for index, picture in enumerate(clip.pictures)
            ]
            return
        self._syntax = picture_syntax(*clip.parameter_sets)
        self._headers = [read_header(picture, self._syntax) for picture in clip.pictures]
        still = np.zeros((self._strip_px, clip.width), np.uint8)
        self._quiet = []
        for header, picture in zip(self._headers, clip.pictures, strict=True):
            over = [] if header.idr else [strip_slice(header, self._syntax, still, still)]
            self._quiet.append(packetise([*over, picture], "avc1"))

    def strip(self, name: str, at: WallUs) -> Luma | None:
        """The strip's samples for that second; None where it is baked in."""
        return strip_luma(name, at, self.clip.width, self._strip_px) if self.clip.codec == "avc1" else None

    def packets(self, index: int, strip: Luma | None, before: Luma | None) -> Packed:
        """Picture ``index`` under ``strip``; ``before`` is the strip of the picture before it."""
        quiet = self._quiet[index]
        if strip is None:
            return quiet
        header = self._headers[index]
        if header.idr:
            own = strip_slice(header, self._syntax, strip)
            return join(packetise([*self.clip.parameter_sets, own], "avc1", ends_picture=False), quiet)
        assert before is not None, "a P picture follows one with a strip"
        if strip is before:
            return quiet
        return join(
            packetise([strip_slice(header, self._syntax, strip, before)], "avc1", ends_picture=False), quiet, skip=1
        )

    def frozen(self, index: int, strip: Luma | None, *, odd: bool) -> Packed:
        """What an encoder that sees one picture for ever sends at ``index``: its group's keyframe, then repeats.

        ``odd`` alternates from group to group, for consecutive IDR pictures must differ in idr_pic_id.
        """
        key = index - index % GOP_FRAMES
        if strip is None:
            return self._quiet[key]
        if index != key:
            macroblocks = (self.clip.width // 16) * -(-self.clip.height // 16)
            return packetise([skipped_picture(self._headers[index], self._syntax, macroblocks)], "avc1")
        header, data = read_slice(self.clip.pictures[key], self._syntax)
        header = replace(header, idr_pic_id=header.idr_pic_id + self.frames // GOP_FRAMES * odd)
        own = strip_slice(header, self._syntax, strip)
        picture = write_slice(header, self._syntax, data)
        return packetise([*self.clip.parameter_sets, own, picture], "avc1")

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
