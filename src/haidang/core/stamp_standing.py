"""How time stamps of the logs stand: what the keeper leaves in ``state/stamps.json`` for pages and commands.

A snapshot, never a source of truth: the files beside the log are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from haidang.core.errors import CorruptData
from haidang.core.units import WallUs

__all__ = ["StampStanding", "dump_stamps", "parse_stamps"]

_NEVER = WallUs(0)


@dataclass(frozen=True, slots=True)
class StampStanding:
    """Of one log: its newest stamp; ``problem`` is "" or the code of what keeps it from the next."""

    size: int = 0
    #: By the authority's clock.
    stamped_us: WallUs = _NEVER
    signer: str = ""
    problem: str = ""
    #: When the problem began.
    since_us: WallUs = _NEVER
    detail: str = ""


def dump_stamps(standings: Mapping[str, StampStanding]) -> bytes:
    """As it lies on disk, by the logs' names."""
    return json.dumps({log: asdict(each) for log, each in standings.items()}, ensure_ascii=False, indent=1).encode()


def parse_stamps(data: bytes) -> dict[str, StampStanding]:
    """Raises CorruptData (``stamp_standing``)."""
    try:
        return {log: StampStanding(**each) for log, each in json.loads(data).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise CorruptData(f"couldn't read how time stamps stand: {error}", code="stamp_standing") from error
