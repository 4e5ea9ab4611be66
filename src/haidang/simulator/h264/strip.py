"""The strip over the picture: a few macroblock rows whose samples we choose, written bit by bit.

The encoder never sees the strip: it encodes the picture below, whose slices are then moved down (syntax.py).
In IDR pictures the strip is an I slice: macroblocks with lettering are I_PCM, so that they decode to exactly
our samples; flat ones are Intra_16x16 with horizontal prediction and no coefficients. In P pictures it is one
skip run, broken by I_PCM where the lettering has changed. (ITU-T H.264 §7.3.5, tables 7-11 and 7-13, §9.2.1)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from haidang.simulator.h264.bits import BitWriter
from haidang.simulator.h264.syntax import PictureSyntax, SliceHeader, finish_slice, of_strip, write_header

__all__ = ["BACKGROUND", "skipped_picture", "strip_slice"]

Luma = NDArray[np.uint8]

#: Luma of the flat parts, near black; chroma is neutral everywhere.
BACKGROUND = 24
_CHROMA = bytes([128]) * 128
_I_PCM = 25
#: A flat macroblock, (bits, how many): mb_type Intra_16x16 with horizontal prediction and no coefficients ue(2),
#: intra_chroma_pred_mode ue(0), mb_qp_delta se(0), then coeff_token for none, whose form depends on the counts of
#: the neighbours (§9.2.1); I_PCM counts as 16.
_FLAT_BESIDE_FLAT = (0b011_1_1_1, 6)
_FLAT_BESIDE_SAMPLES = (0b011_1_1_000011, 11)
#: Intra macroblock types in P slices come after the five inter types.
_P_INTRA = 5


def _blocks(luma: Luma) -> Luma:
    """(rows*16, columns*16) samples → (macroblock, 16, 16) in slice order."""
    rows, columns = luma.shape[0] // 16, luma.shape[1] // 16
    return luma.reshape(rows, 16, columns, 16).transpose(0, 2, 1, 3).reshape(rows * columns, 16, 16)


def strip_slice(header: SliceHeader, syntax: PictureSyntax, luma: Luma, before: Luma | None = None) -> bytes:
    """The NAL unit of the strip for the picture whose own slice has ``header``.

    ``before``: the strip in the picture referred to; only P pictures take one, and must.
    """
    assert header.intra == (before is None), "a P strip needs the strip before it, an I strip none"
    own = of_strip(header)
    writer = write_header(own, syntax)
    blocks = _blocks(luma)
    columns = luma.shape[1] // 16
    if before is None:
        _write_intra(writer, blocks, columns)
    else:
        changed = np.flatnonzero((blocks != _blocks(before)).any(axis=(1, 2)))
        at = 0
        for index in changed.tolist():
            writer.ue(index - at)
            writer.ue(_P_INTRA + _I_PCM)
            writer.aligned(blocks[index].tobytes() + _CHROMA)
            at = index + 1
        if at < len(blocks):
            writer.ue(len(blocks) - at)
    return finish_slice(own, writer)


def _write_intra(writer: BitWriter, blocks: Luma, columns: int) -> None:
    flat = (blocks == BACKGROUND).all(axis=(1, 2))
    flat_right_edge = (blocks[:, :, 15] == BACKGROUND).all(axis=1)
    sampled = ~flat
    sampled[::columns] = True
    follows = np.zeros_like(sampled)
    follows[1:] = ~flat_right_edge[:-1]
    sampled |= follows
    for index, as_samples in enumerate(sampled.tolist()):
        if as_samples:
            writer.ue(_I_PCM)
            writer.aligned(blocks[index].tobytes() + _CHROMA)
            continue
        above = index >= columns and sampled[index - columns]
        writer.u(*(_FLAT_BESIDE_SAMPLES if sampled[index - 1] or above else _FLAT_BESIDE_FLAT))


def skipped_picture(header: SliceHeader, syntax: PictureSyntax, macroblocks: int) -> bytes:
    """A whole P picture that repeats the one before: one slice of one skip run."""
    assert not header.intra, "only P pictures can skip"
    own = of_strip(header)
    writer = write_header(own, syntax)
    writer.ue(macroblocks)
    return finish_slice(own, writer)
