"""A host's logs as tests open them, and witnesses that answer in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.errors import Unavailable
from haidang.core.tlog.notes import COSIGNATURE, Signer
from haidang.core.tlog.policies import Witness
from haidang.host.signers import LOGS, log_signer
from haidang.host.witness_http import Answer
from haidang.supervisor.witnessed_log import WitnessedLog
from haidang.supervisor.witnessing import Witnesses
from haidang.witness.service import Witness as Service
from haidang.witness.store import WitnessStore

NOW_S = 1_795_575_600


@dataclass
class Department:
    """Real witnesses, reached without a network; ``away`` ones do not answer."""

    folder: Path
    home: Path
    names: tuple[str, ...] = ("witness.example",)
    away: set[str] = field(default_factory=set)
    clock_s: Callable[[], int] = field(default=lambda: NOW_S)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.services = {name: self._service(name) for name in self.names}

    def _service(self, name: str) -> Service:
        signer = Signer.of(name, COSIGNATURE, Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"w")[:32]))
        keys = [log_signer(self.home, log).key for log in LOGS]
        store = WitnessStore.create(self.folder / f"{name}.sqlite3")
        return Service(signer, {key.name: [key] for key in keys}, store, self.clock_s)

    def post(self, url: str, body: bytes) -> Answer:
        name = url.removeprefix("https://").partition("/")[0]
        self.asked.append(name)
        if name in self.away:
            raise Unavailable("nobody answers", code="witness_away")
        answer = self.services[name].add_checkpoint(body)
        return Answer(answer.status, answer.body.encode())

    def get(self, url: str) -> bytes:
        """A witness's page of a log, as reconciliation reads it."""
        name, _, path = url.removeprefix("https://").partition("/")
        if name in self.away:
            raise Unavailable("nobody answers", code="witness_away")
        answer = self.services[name].checkpoint(path.removesuffix("/checkpoint"))
        return answer.body.encode() if answer.status == 200 else b""

    def witnesses(self, *, quorum: int = 0) -> Witnesses:
        known = [Witness(name, service.key, f"https://{name}") for name, service in self.services.items()]
        return Witnesses(known, self.post, quorum)


def log_of(home: Path, name: str = "record", witnesses: Witnesses | None = None) -> WitnessedLog:
    return WitnessedLog(home, name, witnesses or Witnesses((), lambda url, _body: Answer(599, url.encode())))
