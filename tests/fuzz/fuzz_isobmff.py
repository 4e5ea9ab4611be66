"""Fuzzes everything that reads bytes of ours back from a disk: recordings, init segments, journals.

Run it for as long as you like: ``python tests/fuzz/fuzz_isobmff.py -max_total_time=60 [CORPUS_FOLDER]``
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["haidang.core"]):
    from haidang.core.errors import CorruptData
    from haidang.core.isobmff import Sample, fragment, init_segment, samples_are_whole, scan
    from haidang.core.journal import encode, read_records
    from haidang.core.video import VideoFormat

#: 640x360 High, of x264.
_SETS = ("6764001eacd940a02ff961000003000100000300320f162d96", "68ef8fcb")
_INIT = init_segment(VideoFormat.from_parameter_sets("avc1", map(bytes.fromhex, _SETS)))
_FRAGMENT = b"".join(fragment(1, 0, [Sample(b"\0\0\0\x02\x65\x88", 3600, keyframe=True)]))


def _scan(raw: bytes) -> None:
    try:
        found = scan(lambda offset, size: raw[offset : offset + size], len(raw))
    except CorruptData:
        return
    ends = [one.end_bytes for one in found.fragments]
    assert found.good_size_bytes == (ends[-1] if ends else found.init_size_bytes) <= len(raw)
    assert all(raw[one.offset_bytes + 4 : one.offset_bytes + 8] == b"moof" for one in found.fragments)


def one_input(raw: bytes) -> None:
    """Only CorruptData may come out, and never a byte that is not there."""
    _scan(raw)
    _scan(_INIT + raw)
    _scan(_INIT + _FRAGMENT + raw)
    samples_are_whole(raw)
    for record in read_records(raw):
        assert len(encode(record)) == 64


def main() -> None:
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
