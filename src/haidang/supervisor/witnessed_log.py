"""A log of this host with its witnesses: opened, kept alive by a tick a round, cosigned, and told of.

Law: whatever goes wrong, the log is opened anew from disk, which knows how far it has come.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from haidang.core.errors import HaidangError
from haidang.core.host import LOG_FOLDERS, LOG_STANDING
from haidang.core.log_entries import Tick
from haidang.core.log_standing import LogStanding, dump_standing
from haidang.core.tlog.checkpoints import checkpoint_of
from haidang.core.tlog.merkle import EMPTY_ROOT
from haidang.core.tlog.notes import open_note
from haidang.core.units import WallUs
from haidang.host.files import replace_file
from haidang.host.signers import log_signer
from haidang.storage.log_store import LogStore
from haidang.supervisor.witnessing import Witnesses

__all__ = ["WitnessedLog"]


@dataclass(slots=True)
class WitnessedLog:
    """``name``: ``record`` or ``acts``."""

    home: Path
    name: str
    witnesses: Witnesses
    _standing: LogStanding | None = None

    def open(self) -> LogStore:
        """The log, a crash's batch finished. Raises what disk, key or a log that is not whole raise."""
        return LogStore(self.home / LOG_FOLDERS[self.name], log_signer(self.home, self.name))

    def tick(self, store: LogStore, now: WallUs) -> Tick:
        """That the log is alive, and what of it was cosigned before."""
        size, root, cosigned_s = 0, EMPTY_ROOT, 0
        if store.cosigned_note:
            keys = [store.key, *(each.key for each in self.witnesses.witnesses)]
            opened = open_note(store.cosigned_note, keys)
            checkpoint = checkpoint_of(opened.text)
            size, root = checkpoint.size, checkpoint.root
            cosigned_s = max(each.time_s for each in opened.verified)
        return Tick(now, size, root, cosigned_s)

    def cosign(self, store: LogStore, now: WallUs) -> None:
        """Ask the witnesses, publish, and tell how the log stands."""
        self.witnesses.cosign(store, now)
        self._tell(
            LogStanding(
                self.name, store.origin, now, store.size, store.checkpoint.root, self.cosigned_size(store),
                self.witnesses.standing,
            )
        )  # fmt: skip

    def cosigned_size(self, store: LogStore) -> int:
        """Entries below it are in a checkpoint that enough witnesses have cosigned (without any: a signed one)."""
        if not store.cosigned_note:
            return 0
        opened = open_note(store.cosigned_note, [store.key])
        # Witnesses may have been named since: what only others have cosigned does not count for those of today.
        return checkpoint_of(opened.text).size if self.witnesses.enough(store.cosigned_note) else 0

    def failed(self, error: BaseException, now: WallUs) -> None:
        """Tell that the log cannot go on, and since when."""
        code = error.code if isinstance(error, HaidangError) else type(error).__name__
        before = self._standing or LogStanding(self.name, "", now, 0, EMPTY_ROOT, 0, ())
        since = before.error_since_us if before.error == code else now
        self._tell(dataclasses.replace(before, at_us=now, error=code, error_since_us=since))

    def _tell(self, standing: LogStanding) -> None:
        self._standing = standing
        folder = self.home / LOG_STANDING
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        replace_file(folder / f"{self.name}.json", dump_standing(standing), mode=0o640, durable=False)
