"""Session description of a camera (RFC 4566, as RFC 2326 Appendix C uses it): the tracks, and the one to record.

Read leniently, as cameras write it: unknown lines and attributes are passed over, the last of two equal ones counts.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from haidang.core.errors import CorruptData
from haidang.core.video import VideoCodec, VideoFormat

__all__ = ["Media", "SessionDescription", "VideoChoice", "choose_video", "parse_sdp"]

_MAX_MEDIA = 64
_MAX_LINES = 4096
_CODECS: dict[str, VideoCodec] = {"h264": "avc1", "h265": "hvc1", "hevc": "hvc1"}
#: RFC 6184 §8.1; RFC 7798 §7.1: where each codec's parameter sets stand.
_SPROP = {"avc1": ("sprop-parameter-sets",), "hvc1": ("sprop-vps", "sprop-sps", "sprop-pps")}
_RTPMAP = re.compile(r"(\d{1,3})\s+([A-Za-z0-9.+-]+)/(\d{1,9})", re.ASCII)
_FMTP = re.compile(r"(\d{1,3})\s+(.*)", re.ASCII)


@dataclass(slots=True)
class Media:
    """One ``m=`` section."""

    kind: str
    payload_types: tuple[int, ...]
    control: str = ""
    #: Payload type → (encoding name in lower case, clock rate).
    encodings: dict[int, tuple[str, int]] = field(default_factory=dict)
    #: Payload type → format parameters, names in lower case.
    parameters: dict[int, dict[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class SessionDescription:
    control: str = ""
    media: list[Media] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VideoChoice:
    """What to SETUP. ``format`` is None where the description holds no usable parameter sets: they come in band."""

    control: str
    payload_type: int
    codec: VideoCodec
    format: VideoFormat | None


def parse_sdp(text: str) -> SessionDescription:
    """Read a description; raises CorruptData (``sdp``) if it is none or out of bounds."""
    lines = text.splitlines()
    if len(lines) > _MAX_LINES:
        raise CorruptData("couldn't read the camera's SDP: too many lines", code="sdp")
    session = SessionDescription()
    for line in lines:
        if line.startswith("m="):
            session.media.append(_media(line[2:]))
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            _attribute(session, name.strip().lower(), value.strip())
    if not session.media or len(session.media) > _MAX_MEDIA:
        raise CorruptData(f"couldn't use the camera's SDP: {len(session.media)} tracks", code="sdp")
    return session


def choose_video(session: SessionDescription) -> VideoChoice | None:
    """The first video track that we can depacketise; None if there is none."""
    for media in session.media:
        for payload_type in media.payload_types if media.kind == "video" else ():
            encoding, clock = media.encodings.get(payload_type, ("", 0))
            codec = _CODECS.get(encoding)
            parameters = media.parameters.get(payload_type, {})
            if codec and clock == 90_000 and not _interleaves(parameters):
                return VideoChoice(media.control, payload_type, codec, _format(codec, parameters))
    return None


def _interleaves(parameters: dict[str, str]) -> bool:
    """Whether NAL units come out of order: RFC 6184 mode 2, RFC 7798 decoding order numbers. No camera is known to."""
    return parameters.get("packetization-mode") == "2" or parameters.get("sprop-max-don-diff", "0") != "0"


def _format(codec: VideoCodec, parameters: dict[str, str]) -> VideoFormat | None:
    """Cameras write broken ones; the stream itself says it again, so a format that cannot be read is no error."""
    texts = [text for name in _SPROP[codec] for text in parameters.get(name, "").split(",")]
    try:
        sets = [base64.b64decode(text + "=" * (-len(text) % 4)) for text in texts if text]
        return VideoFormat.from_parameter_sets(codec, [nal for nal in sets if nal])
    except (CorruptData, binascii.Error, ValueError):
        return None


def _media(value: str) -> Media:
    words = value.split()
    numbers = tuple(int(word) for word in words[3:] if word.isascii() and word.isdigit() and len(word) <= 3)
    return Media(words[0].lower() if words else "", numbers)


def _attribute(session: SessionDescription, name: str, value: str) -> None:
    if not session.media:
        if name == "control":
            session.control = value
        return
    media = session.media[-1]
    if name == "control":
        media.control = value
    elif name == "rtpmap" and (match := _RTPMAP.match(value)):
        media.encodings[int(match[1])] = (match[2].lower(), int(match[3]))
    elif name == "fmtp" and (match := _FMTP.match(value)):
        pairs = (item.partition("=") for item in match[2].split(";"))
        media.parameters[int(match[1])] = {key.strip().lower(): text.strip() for key, _, text in pairs if key.strip()}
