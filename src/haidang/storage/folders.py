"""The tree of recordings, listed: which days a camera has, which files a day has. Names only."""

from __future__ import annotations

import re
from pathlib import Path

from haidang.core.errors import InvalidInput
from haidang.core.layout import RecordingName, Stream

__all__ = ["day_names", "is_day_name", "journals_of_day", "names_in", "recordings_of_day"]

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def is_day_name(name: str) -> bool:
    return _DAY.fullmatch(name) is not None


def day_names(root: Path, site: str, camera: str) -> list[str]:
    """The days that have a folder, oldest first."""
    return sorted(name for name in names_in(root / site / camera) if is_day_name(name))


def recordings_of_day(root: Path, site: str, camera: str, stream: Stream, day: str) -> list[RecordingName]:
    """The recording files in the folder of a day, oldest first. Files with other names are passed over."""
    return _named(root, site, camera, day, f"Z-{stream}.mp4")


def journals_of_day(root: Path, site: str, camera: str, stream: Stream, day: str) -> list[RecordingName]:
    """The same by their journals: of a recording that has expired, the journal may be left alone."""
    return _named(root, site, camera, day, f"Z-{stream}.journal")


def _named(root: Path, site: str, camera: str, day: str, suffix: str) -> list[RecordingName]:
    names = []
    for name in names_in(root / site / camera / day):
        if name.endswith(suffix):
            try:
                names.append(RecordingName.parse(f"{site}/{camera}/{day}/{name}"))
            except InvalidInput:
                continue  # something that a person put there
    return sorted(names)


def names_in(folder: Path) -> list[str]:
    """What is in a folder, in no order; nothing if there is none."""
    try:
        return [entry.name for entry in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
