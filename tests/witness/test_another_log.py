"""Another implementation's log asked our witness (aics-witness 0.1.0's feeder, recorded), and is answered as then."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.tlog.checkpoints import add_checkpoint_of, checkpoint_of
from haidang.core.tlog.notes import COSIGNATURE, Signer, key_of, open_note
from haidang.witness.service import Witness
from haidang.witness.store import WitnessStore

SAID: dict[str, Any] = json.loads((Path(__file__).parent / "aics_feeder.json").read_text(encoding="utf-8"))
OURS = Signer.of("witness.example", COSIGNATURE, Ed25519PrivateKey.from_private_bytes(b"w" * 32))


def test_another_logs_requests_are_cosigned_as_they_were_when_it_asked(tmp_path: Path) -> None:
    log = key_of(SAID["vkey"])
    witness = Witness(
        OURS, {log.name: [log]}, WitnessStore.create(tmp_path / "w.sqlite3"), lambda: 1_795_618_000
    )  # fmt: skip
    sizes = []
    for call in SAID["calls"]:
        body = base64.b64decode(call["body"])
        answer = witness.add_checkpoint(body)
        assert answer.status == call["status"]
        if answer.status == 200:
            opened = open_note(add_checkpoint_of(body).note + answer.body.encode(), [log, OURS.key])
            assert {each.key for each in opened.verified} == {log, OURS.key}
            sizes.append(checkpoint_of(opened.text).size)
        else:
            assert answer.body == call["answer"]
    assert sizes == [1, 4, 256, 257, 257, 700, 900]
