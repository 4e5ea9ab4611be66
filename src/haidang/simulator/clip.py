r"""An encoded loop on disk and in memory.

File: ``HDCLIP1\n``, 4-byte length, JSON head, the pictures' slices one behind the other, SHA-256 of all before.
A file that does not end in its own hash is no clip: whoever was killed writing it, or a power cut, costs one
encoding. Files appear whole (written beside, then renamed) and are never changed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from haidang.core.errors import CorruptData
from haidang.simulator.rtp import Codec

__all__ = ["Clip", "read_clip", "write_clip"]

_MAGIC = b"HDCLIP1\n"


@dataclass(frozen=True, slots=True)
class Clip:
    codec: Codec
    width: int
    height: int
    #: VPS, SPS, PPS as the codec has them, without start codes.
    parameter_sets: tuple[bytes, ...]
    #: One NAL unit a picture (H.264: below the strip); every GOP_FRAMES-th is an IDR picture.
    pictures: tuple[bytes, ...]


def write_clip(path: Path, clip: Clip) -> None:
    head = json.dumps(
        {
            "codec": clip.codec,
            "width": clip.width,
            "height": clip.height,
            "parameter_sets": [base64.b64encode(one).decode() for one in clip.parameter_sets],
            "sizes": [len(picture) for picture in clip.pictures],
        }
    ).encode()
    body = b"".join((_MAGIC, len(head).to_bytes(4, "big"), head, *clip.pictures))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(body + hashlib.sha256(body).digest())
    part.replace(path)


def read_clip(path: Path) -> Clip:
    """Raises CorruptData (``clip``) for anything but a whole clip; FileNotFoundError as usual."""
    data = path.read_bytes()
    body, digest = data[:-32], data[-32:]
    if not body.startswith(_MAGIC) or hashlib.sha256(body).digest() != digest:
        raise CorruptData(f"couldn't use the encoded scene {path.name}: it isn't whole", code="clip")
    start = len(_MAGIC) + 4
    end = start + int.from_bytes(body[len(_MAGIC) : start], "big")
    head = json.loads(body[start:end])
    pictures = []
    for size in head["sizes"]:
        pictures.append(body[end : end + size])
        end += size
    sets = tuple(base64.b64decode(one) for one in head["parameter_sets"])
    return Clip(head["codec"], head["width"], head["height"], sets, tuple(pictures))
