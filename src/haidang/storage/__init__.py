"""Bytes on disk: recordings appended and read, journals, gaps, adoption after a crash. No Django, no asyncio.

``writer`` (one open recording), ``gaps`` (why there is no picture), ``adoption`` (after a crash), ``reading`` and
``tail`` (everybody else), ``file_ops`` (every durable step by name).
"""

from haidang.storage.adoption import Adopted, adopt
from haidang.storage.file_ops import FileOps, RealFileOps
from haidang.storage.gaps import GapWriter, open_gaps
from haidang.storage.reading import (
    RecordingIndex,
    index_of,
    load_index,
    newest_recording,
    next_sequence,
    recordings_between,
)
from haidang.storage.tail import JournalTail
from haidang.storage.writer import RecordingWriter

__all__ = [
    "Adopted",
    "FileOps",
    "GapWriter",
    "JournalTail",
    "RealFileOps",
    "RecordingIndex",
    "RecordingWriter",
    "adopt",
    "index_of",
    "load_index",
    "newest_recording",
    "next_sequence",
    "open_gaps",
    "recordings_between",
]
