"""A scene small enough to encode in a second: one group of pictures of the quietest place."""

import pytest

from haidang.core.layout import Stream
from haidang.simulator.clip import Clip
from haidang.simulator.encoding import encode_scene
from haidang.simulator.looptime import GOP_FRAMES
from haidang.simulator.scenes.places import scene


@pytest.fixture(scope="session")
def encoded() -> dict[Stream, Clip]:
    """Both streams of two groups of pictures."""
    return encode_scene(scene("quy-nhon-luong-vao", 2 * GOP_FRAMES), "plain")
