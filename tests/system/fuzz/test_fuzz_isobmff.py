"""A few seconds of coverage-guided fuzzing of what reads recordings and journals; the fuzzer itself runs longer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.test_isobmff_init import AVC
from haidang.core.isobmff import Sample, fragment, init_segment
from haidang.core.journal import GapOpen, GapReason, encode
from haidang.core.units import WallUs

pytestmark = pytest.mark.system

pytest.importorskip("atheris", reason="atheris has no wheel for this Python")

FUZZER = Path(__file__).parents[2] / "fuzz" / "fuzz_isobmff.py"


def test_ten_seconds_of_fuzzing_find_nothing(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "init").write_bytes(init_segment(AVC))
    (corpus / "fragment").write_bytes(b"".join(fragment(1, 0, [Sample(b"\0\0\0\x02\x65\x88", 3600)] * 3)))
    (corpus / "journal").write_bytes(encode(GapOpen(GapReason.NETWORK, WallUs(1), "timeout")))
    command = [sys.executable, str(FUZZER), "-max_total_time=10", f"-artifact_prefix={tmp_path}/", str(corpus)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert "Done" in ran.stderr
