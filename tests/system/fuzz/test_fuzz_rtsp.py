"""A bounded run of the RTSP client's fuzzer; a longer one is ``python tests/fuzz/fuzz_rtsp.py -max_total_time=600``."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system
TARGET = Path(__file__).resolve().parents[2] / "fuzz" / "fuzz_rtsp.py"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="atheris has no release for Python 3.12 and later")
def test_the_fuzzer_finds_nothing_in_ten_seconds(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(TARGET), "-max_total_time=10", "-rss_limit_mb=1024", "-timeout=5", "-print_final_stats=1"],
        cwd=tmp_path,  # where a finding would be left
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    assert "number_of_executed_units" in run.stderr
