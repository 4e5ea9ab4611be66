"""The log: every seal, end of a file and gap that journals tell becomes an entry of this host's transparency log.

Law: whatever goes wrong, the log is opened anew from disk, which knows how far it has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from haidang.core.host import RECORD_LOG
from haidang.core.units import WallUs
from haidang.host.log_key import log_signer
from haidang.storage.log_store import LogStore
from haidang.storage.record_log import RecordLog

__all__ = ["LogKeeper"]

#: Catching up after a long stop leaves room for others between rounds.
_BATCHES = 20


@dataclass(slots=True)
class LogKeeper:
    """Logs what is below ``root``, in the log of the host ``home``."""

    home: Path
    root: Path
    _log: RecordLog | None = None

    def run_once(self, now: WallUs) -> int:
        """One round; how many entries were logged. Raises whatever disk or key raise."""
        total = 0
        try:
            if self._log is None:
                self._log = RecordLog(self.root, LogStore(self.home / RECORD_LOG, log_signer(self.home)))
            for _ in range(_BATCHES):
                count = self._log.run_once(now)
                total += count
                if not count:
                    break
        except BaseException:
            self._log = None
            raise
        return total
