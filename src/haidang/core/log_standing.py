"""How a log stands with its witnesses: what its keeper leaves in ``state/log/<log>.json`` for pages and commands.

A snapshot, never a source of truth: the log's own files are.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from typing import Any

from haidang.core.errors import CorruptData
from haidang.core.units import WallUs

__all__ = ["LogStanding", "WitnessStanding", "dump_standing", "parse_standing"]

_NEVER = WallUs(0)


@dataclass(frozen=True, slots=True)
class WitnessStanding:
    """One witness; ``problem`` is "" while it cosigns, else a code, since ``since_us``.

    ``away``: it does not answer. ``refused``: it will not cosign, ``detail`` says why. ``contradiction``: it saw
    another history of this log. ``rolled_back``: it saw a longer one. ``clock``: its time is far from ours.
    """

    name: str
    size: int
    cosigned_s: int
    problem: str
    since_us: WallUs
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LogStanding:
    """At ``at_us``: the log's size and root, up to where it is cosigned, and its witnesses.

    ``error`` is "" or the code of what keeps the log from going on, since ``error_since_us``.
    """

    log: str
    origin: str
    at_us: WallUs
    size: int
    root: bytes
    cosigned_size: int
    witnesses: tuple[WitnessStanding, ...]
    error: str = ""
    error_since_us: WallUs = _NEVER

    @property
    def problems(self) -> tuple[str, ...]:
        """Codes of what is wrong, the log's own first."""
        found = [self.error] if self.error else []
        return (*found, *(each.problem for each in self.witnesses if each.problem))


def dump_standing(standing: LogStanding) -> bytes:
    """As it lies on disk."""
    said = asdict(standing)
    said["root"] = base64.b64encode(standing.root).decode()
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def parse_standing(data: bytes) -> LogStanding:
    """Raises CorruptData (``log_standing``)."""
    try:
        said: dict[str, Any] = json.loads(data)
        said["root"] = base64.b64decode(said["root"])
        said["witnesses"] = tuple(WitnessStanding(**each) for each in said["witnesses"])
        return LogStanding(**said)
    except (ValueError, TypeError, KeyError) as error:
        raise CorruptData(f"couldn't read how the log stands: {error}", code="log_standing") from error
