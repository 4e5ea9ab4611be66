"""How much room the recordings have: what the keeper leaves in ``state/disk.json`` for pages and commands.

A snapshot, never a source of truth.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from haidang.core.errors import CorruptData
from haidang.core.settings import RetentionSettings
from haidang.core.units import WallUs

__all__ = ["DiskLevel", "DiskState", "dump_disk_state", "level_of", "parse_disk_state"]

#: "" = enough; alarm: people should act; emergency: the oldest unheld footage expires early; last: without waiting
#: for witnesses.
DiskLevel = Literal["", "alarm", "emergency", "last"]


@dataclass(frozen=True, slots=True)
class DiskState:
    at_us: WallUs
    total_bytes: int
    free_bytes: int
    level: DiskLevel
    #: Bytes of files that are planned to go, and have not gone yet.
    going_bytes: int
    #: An emergency that finds nothing more to take: all that is left is held, or too new.
    nothing_left: bool
    #: A witness says that this host's clock is wrong: nothing expires by a clock that is doubted.
    clock_doubted: bool
    #: Files that could not be taken away as they should.
    faults: int

    @property
    def free_percent(self) -> int:
        return self.free_bytes * 100 // self.total_bytes if self.total_bytes else 0


def level_of(total_bytes: int, free_bytes: int, settings: RetentionSettings) -> DiskLevel:
    """How bad it is."""
    for level, percent in (
        ("last", settings.emergency_without_witness_percent),
        ("emergency", settings.emergency_free_percent),
        ("alarm", settings.alarm_free_percent),
    ):
        if free_bytes * 100 < percent * total_bytes:
            return level  # type: ignore[return-value]  # one of the three above
    return ""


def dump_disk_state(state: DiskState) -> bytes:
    return json.dumps(asdict(state)).encode()


def parse_disk_state(data: bytes) -> DiskState:
    """Raises CorruptData (``disk_state``)."""
    try:
        said: dict[str, Any] = json.loads(data)
        state = DiskState(**said)
    except (ValueError, TypeError) as error:
        raise CorruptData(f"couldn't read how much room there is: {error}", code="disk_state") from error
    kinds = {"level": str, "nothing_left": bool, "clock_doubted": bool}
    wrong = [name for name, value in said.items() if type(value) is not kinds.get(name, int)]
    if wrong or state.level not in get_args(DiskLevel):
        raise CorruptData(f"couldn't read how much room there is: {', '.join(wrong) or 'level'}", code="disk_state")
    return state
