"""A host for the scenario ``tamper``: one drawn camera, recorded, logged, cosigned by a witness in this process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.audit.actions import record
from haidang.core.errors import Unavailable
from haidang.core.host import RECORDINGS
from haidang.core.isobmff import Sample
from haidang.core.journal import CloseReason, GapReason
from haidang.core.layout import RecordingName
from haidang.core.tlog.notes import COSIGNATURE, Signer
from haidang.core.tlog.policies import Witness as Named
from haidang.core.units import Pts90k, WallUs
from haidang.core.video import VideoFormat
from haidang.host.clock import wall_clock
from haidang.host.signers import LOGS, log_signer, papers_signer
from haidang.host.witness_http import Answer
from haidang.reconcile.run import Outcome, Reconciliation, Sources
from haidang.reconcile.scratch import Scratch
from haidang.simulator.clip import Clip
from haidang.simulator.encoding import encode_scene
from haidang.simulator.looptime import FPS, FRAME_90K, FRAME_US, GOP_FRAMES
from haidang.simulator.scenes.places import scene
from haidang.storage import GapWriter, RealFileOps, RecordingWriter
from haidang.supervisor.keeper_acts import ActsKeeper
from haidang.supervisor.keeper_journals import JournalKeeper
from haidang.supervisor.keeper_log import LogKeeper
from haidang.supervisor.witnessed_log import WitnessedLog
from haidang.supervisor.witnessing import Witnesses
from haidang.web.minutes import Run, minutes_note
from haidang.witness.service import Witness
from haidang.witness.store import WitnessStore

__all__ = ["CAMERA", "SECOND_US", "SITE", "TamperedHost"]

SITE, CAMERA, _SCENE = "de-gi", "de-gi-1", "de-gi-luong-vao"
SECOND_US = 1_000_000
_FILE_S, _FILES = 12, 4
_NAME = "chung-kien.vi-du.local"


class TamperedHost:
    """A host whose time is told by us: five minutes ago it recorded, now it is looked at."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.now = WallUs(wall_clock() // SECOND_US * SECOND_US - 300 * SECOND_US)
        self.files: list[RecordingName] = []
        #: Nobody answers: what root does while the line is cut.
        self.cut = False
        signer = Signer.of(_NAME, COSIGNATURE, Ed25519PrivateKey.generate())
        keys = {log_signer(home, log).key.name: [log_signer(home, log).key] for log in LOGS}
        store = WitnessStore.create(home / "chung-kien.sqlite3")
        self._service = Witness(signer, keys, store, lambda: self.now // SECOND_US)
        self._named = Named(_NAME, signer.key, f"https://{_NAME}")
        self.root = home / RECORDINGS
        self.gaps = GapWriter(self.root, SITE, CAMERA, "main", ops=RealFileOps())
        self.start_keepers()

    def start_keepers(self) -> None:
        """A keeper that knows what is on disk alone."""
        self._logs = [WitnessedLog(self.home, log, Witnesses([self._named], self._post)) for log in LOGS]
        self._records, self._acts = LogKeeper(self._logs[0], self.root), ActsKeeper(self._logs[1])

    def record_and_log(self) -> None:
        """Some files without a hole, then a gap that goes on; rows, acts, and both logs cosigned."""
        for number in range(_FILES):
            self._record(WallUs(self.now + number * _FILE_S * SECOND_US))
            record(now=self.now, actor='Account::"bp-de-gi"', action="view_live", resource=f'Camera::"{CAMERA}"')
        self.keep(_FILES * _FILE_S + 10)
        self.gaps.open(GapReason.NETWORK, WallUs(self.now - 10 * SECOND_US))
        self.keep(150)

    def keep(self, seconds: int) -> None:
        """The keeper's rounds for so long, every ten seconds."""
        for _ in range(0, seconds, 10):
            self.now = WallUs(self.now + 10 * SECOND_US)
            self._records.run_once(self.now)
            self._acts.run_once(self.now)
            JournalKeeper(self.root).run_once(self.now)

    def reconcile(self) -> Outcome:
        """Deeply."""
        keys = {log: log_signer(self.home, log).key for log in LOGS}
        sources = Sources(self.home, self.root, keys, [self._named], self._get)
        return Reconciliation(sources, Scratch(), deep=True).run()

    def minutes(self, number: int, outcome: Outcome) -> str:
        run = Run(number, True, "", self.now, self.now)
        return minutes_note(run, outcome, {}, papers_signer(self.home)).decode()

    def media(self, number: int) -> Path:
        return self.root / self.files[number].media_path

    def journal(self, number: int) -> Path:
        return self.root / self.files[number].journal_path

    def _record(self, began: WallUs) -> None:
        clip = _clip()
        video = VideoFormat.from_parameter_sets(clip.codec, clip.parameter_sets)
        writer = RecordingWriter.create(
            self.root, SITE, CAMERA, "main", video, position_90k=Pts90k(0), sequence=len(self.files), now=began,
            ops=RealFileOps(), seal_s=2.0,
        )  # fmt: skip
        for first in range(0, _FILE_S * FPS, FPS):
            samples = [_sample(clip.pictures, index) for index in range(first, first + FPS)]
            writer.append(
                samples, Pts90k(first * FRAME_90K), received_at=WallUs(began + first * FRAME_US), captured_at=None,
                keyframe=samples[0].keyframe, lost_packets=0,
            )  # fmt: skip
        writer.close(CloseReason.ROTATED, WallUs(began + _FILE_S * SECOND_US))
        self.files.append(writer.name)

    def _post(self, _url: str, body: bytes) -> Answer:
        if self.cut:
            raise Unavailable("the line is cut", code="witness_away")
        answer = self._service.add_checkpoint(body)
        return Answer(answer.status, answer.body.encode())

    def _get(self, url: str) -> bytes:
        answer = self._service.checkpoint(url.split("/")[-2])
        return answer.body.encode() if answer.status == 200 else b""


@cache
def _clip() -> Clip:
    """Two groups of pictures, drawn once; a recording shows them again and again."""
    return encode_scene(scene(_SCENE, 2 * GOP_FRAMES), "h265")["sub"]


def _sample(pictures: tuple[bytes, ...], index: int) -> Sample:
    nal = pictures[index % len(pictures)]
    return Sample(len(nal).to_bytes(4) + nal, FRAME_90K, keyframe=index % GOP_FRAMES == 0)
