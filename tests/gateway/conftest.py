"""What most of these tests hold in their hands: a clock that they move."""

import pytest

from gateway.cast import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()
