"""A department's witness with one mirror, and the host that it watches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from haidang.witness.mirrored_log import MirroredLog
from haidang.witness.notebook import Alarm
from haidang.witness.parts import watch_of
from haidang.witness.setup import Mirroring, make_witness, read_witness
from haidang.witness.watch import Watch
from witness.a_host import LOG, Clock, Host


@dataclass
class Department:
    folder: Path
    host: Host
    clock: Clock
    seed: int = 7

    def __post_init__(self) -> None:
        self.watch = self._opened()

    @property
    def mirror(self) -> MirroredLog:
        return self.watch.mirrors[0]

    def _opened(self) -> Watch:
        settings = read_witness(self.folder)
        return watch_of(
            self.folder, settings, self.clock, source_of=lambda _settings: self.host, random=Random(self.seed)
        )  # fmt: skip

    def restart(self) -> None:
        self.watch.notebook.close()
        self.watch = self._opened()

    def round(self, *, cosigned: bool = True) -> None:
        if cosigned:
            assert self.host.cosign(self.watch.witness).status == 200
        self.mirror.run_once(self.clock())

    def alarms(self) -> list[Alarm]:
        return self.watch.alarms()

    def kinds(self) -> list[str]:
        return [each.kind for each in self.alarms()]


@pytest.fixture
def department(tmp_path: Path) -> Iterator[Department]:
    folder = tmp_path / "witness"
    mirroring = Mirroring(["https://host.example/api/v1/logs/record"])
    make_witness(folder, "witness.example", [str(LOG.key)], mirroring)
    made = Department(folder, Host(tmp_path / "tlog"), Clock())
    yield made
    made.watch.notebook.close()
