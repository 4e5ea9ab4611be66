"""Our keeper asked another implementation's witness (aics-witness 0.1.0, recorded): each request is the one it took."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.tlog.notes import ED25519, Signer, key_of, open_note
from haidang.core.tlog.policies import Witness
from haidang.core.units import WallUs
from haidang.host.witness_http import Answer
from haidang.storage.log_store import LogStore
from haidang.supervisor.witnessing import Witnesses

SAID: dict[str, Any] = json.loads((Path(__file__).parent / "aics_witness.json").read_text(encoding="utf-8"))
SIGNER = Signer.of("haidang.example/record", ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32)))
THEIRS = Witness("theirs", key_of(SAID["vkey"]), "https://witness")
NOW = WallUs(1_795_617_960_000_000)


def test_another_witness_took_these_requests_and_its_words_are_ours_to_publish(tmp_path: Path) -> None:
    store = LogStore(tmp_path, SIGNER)
    calls: Iterator[dict[str, Any]] = iter(())

    def recorded(_url: str, body: bytes) -> Answer:
        call = next(calls)
        assert base64.b64encode(body).decode() == call["body"]
        return Answer(call["status"], base64.b64decode(call["answer"]))

    witnesses = Witnesses([THEIRS], recorded)
    for step in SAID["steps"]:
        while store.size < step["size"]:
            more = range(store.size, min(step["size"], store.size + 4000))
            store.append([b"entry %d" % number for number in more], b"")
        if step["fresh"]:
            witnesses = Witnesses([THEIRS], recorded)
        calls = iter(step["calls"])
        witnesses.cosign(store, NOW)
        assert next(calls, None) is None
        assert witnesses.enough(store.note)
        assert {each.key for each in open_note(store.note, [SIGNER.key, THEIRS.key]).verified} == {
            SIGNER.key, THEIRS.key,
        }  # fmt: skip
