"""What reconciliation finds: where store, journals, rows, log and witness disagree (``haidang check``).

A finding is *wrong* where somebody must answer for it, a *note* where it is explained or only limits what can be said.
Kinds are codes; ``web.finding_texts`` has the words.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from haidang.core.errors import CorruptData
from haidang.core.units import WallUs

__all__ = ["NOTES", "WRONG", "Finding", "dump_finding", "parse_finding"]

#: Somebody must answer for these.
WRONG = frozenset(
    {
        "file_missing", "file_cut", "file_grown", "bytes_changed", "file_added", "file_unknown", "file_unreadable",
        "journal_missing", "journal_changed", "gap_journal_changed", "gap_journal_missing", "gap_added",
        "minutes_unexplained", "gap_told_late", "sealed_again", "expired_early", "act_told_late",
        "log_missing", "log_checkpoint", "log_tile", "log_entry", "log_root", "chain_broken", "seals_broken",
        "expired_unknown", "clock_back", "clock_behind", "clock_ahead",
        "row_missing", "row_changed", "row_added", "row_minutes", "row_gap", "act_missing", "act_changed",
        "act_added", "act_twice", "replica_bad", "log_longer_elsewhere", "log_differs_elsewhere",
    }
)  # fmt: skip
#: Explained, or what this reconciliation cannot say.
NOTES = frozenset(
    {
        "log_silent", "clock_step", "camera_clock", "journal_rewritten", "expired_still_there", "emergency_expiry",
        "witness_away", "no_witness", "never_cosigned", "rows_away", "stopped_early", "more_findings",
        "replica_kept", "replica_good", "replica_unread",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """``facts`` are small values by name, for the words; "" and 0 where a field does not apply."""

    kind: str
    site: str = ""
    camera: str = ""
    stream: str = ""
    file: str = ""
    from_us: WallUs = WallUs(0)  # noqa: RUF009 - a number by another name
    to_us: WallUs = WallUs(0)  # noqa: RUF009 - as above
    facts: dict[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.kind in WRONG | NOTES, f"{self.kind} is no kind of finding"

    @property
    def wrong(self) -> bool:
        return self.kind in WRONG


def dump_finding(finding: Finding) -> str:
    """One line of JSON, without what does not apply."""
    said = {name: value for name, value in asdict(finding).items() if value}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def parse_finding(text: str) -> Finding:
    """Raises CorruptData (``finding``)."""
    try:
        said: dict[str, Any] = json.loads(text)
        return Finding(**said)
    except (ValueError, TypeError, AssertionError) as error:
        raise CorruptData(f"couldn't read a finding: {error}", code="finding") from error
