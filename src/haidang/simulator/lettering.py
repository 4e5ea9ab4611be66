"""The camera's burnt-in strip as samples: its name on the left, date and time (GMT+7) on the right."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import font_roboto
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from haidang.core.units import VIETNAM, WallUs, to_datetime
from haidang.simulator.h264.strip import BACKGROUND

__all__ = ["STRIP_ROWS", "clock_text", "font", "named_strip", "strip_luma"]

#: Macroblock rows of the strip by picture height.
STRIP_ROWS = {1080: 2, 720: 2, 360: 1, 180: 1}
_WHITE = 235
_FONTS = Path(font_roboto.__file__).parent / "files"


@lru_cache(maxsize=64)
def font(size: int, weight: str = "Medium") -> ImageFont.FreeTypeFont:
    """Roboto, which has Vietnamese letters."""
    return ImageFont.truetype(str(_FONTS / f"Roboto-{weight}.ttf"), size)


def clock_text(at: WallUs) -> str:
    return to_datetime(at).astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")


def _type_size(height: int) -> int:
    return round(height * 0.72)


@lru_cache(maxsize=256)
def _glyph(character: str, height: int) -> NDArray[np.uint8]:
    """One character of the clock in a cell of even width, so that a new second changes few macroblocks."""
    face = font(_type_size(height))
    cell = round(face.getlength("0")) + 1
    picture = Image.new("L", (cell, height), BACKGROUND)
    ImageDraw.Draw(picture).text((cell / 2, height / 2), character, fill=_WHITE, font=face, anchor="mm")
    return np.asarray(picture)


@lru_cache(maxsize=512)
def named_strip(name: str, width: int, height: int) -> NDArray[np.uint8]:
    """The strip with nothing but a name; shared, so copy before writing."""
    picture = Image.new("L", (width, height), BACKGROUND)
    ImageDraw.Draw(picture).text(
        (height / 2, height / 2), name, fill=_WHITE, font=font(_type_size(height)), anchor="lm"
    )
    return np.asarray(picture)


def strip_luma(name: str, at: WallUs, width: int, height: int) -> NDArray[np.uint8]:
    """The strip of a picture ``width`` wide, for the second in which ``at`` lies."""
    luma = named_strip(name, width, height).copy()
    glyphs = [_glyph(character, height) for character in clock_text(at)]
    x = width - height // 2 - sum(glyph.shape[1] for glyph in glyphs)
    for glyph in glyphs:
        luma[:, x : x + glyph.shape[1]] = glyph
        x += glyph.shape[1]
    return luma
