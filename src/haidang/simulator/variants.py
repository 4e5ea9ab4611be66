"""The forms in which one scene is encoded: as it is, and as the picture faults need it.

A form is two streams drawn from the same renderings. Geometry: the scene is drawn 1920×1080; the strip covers
its top rows and the encoder gets what is below, scaled by a whole divisor or 2/3, so that ground truth scales
with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from haidang.core.layout import Stream
from haidang.simulator.lettering import STRIP_ROWS
from haidang.simulator.rtp import Codec

__all__ = ["FORMS", "Form", "StreamShape", "shape"]

Form = Literal["plain", "cover", "move", "blur", "low", "high", "small", "h265"]
FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True, slots=True)
class StreamShape:
    codec: Codec
    width: int
    height: int
    kbit_s: int
    #: libx264's constant rate factor: quality when the rate allows more.
    crf: int

    @property
    def strip_px(self) -> int:
        return 16 * STRIP_ROWS[self.height]

    @property
    def hidden_rows(self) -> int:
        """Rows of the 1080 drawn that the strip takes away."""
        return self.strip_px * 1080 // self.height


def shape(form: Form, stream: Stream) -> StreamShape:
    """What to encode for that form of a scene."""
    width, height = {
        ("main", False): (1920, 1080),
        ("main", True): (1280, 720),
        ("sub", False): (640, 360),
        ("sub", True): (320, 180),
    }[stream, form == "small"]
    kbit_s, crf = (3800, 25) if stream == "main" else (450, 26)
    if form == "low":
        kbit_s, crf = kbit_s // 4, crf + 9
    if form == "high":
        kbit_s, crf = kbit_s * 2, crf - 6
    return StreamShape("hvc1" if form == "h265" else "avc1", width, height, kbit_s, crf)
