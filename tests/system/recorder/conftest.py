"""A recorder's host directory for each test, its workers ended whatever happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from system.recorder.recorder_host import RecorderHost


@pytest.fixture
def host(tmp_path: Path) -> Iterator[RecorderHost]:
    made = RecorderHost(tmp_path / "home")
    try:
        yield made
    finally:
        made.end()
