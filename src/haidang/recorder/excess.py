"""More than any camera sends: what would fill the disk, or its folders, for every other camera.

Law: within ``WINDOW_US`` at most so many bytes, pictures and changes of format are taken from one connection. The
limits lie far above real cameras and above what a network that was stuck delivers at once.
"""

from __future__ import annotations

from haidang.core.rtsp import RtspProtocolError

__all__ = ["MAX_BYTES", "MAX_FORMATS", "MAX_PICTURES", "WINDOW_US", "Excess", "TooMuch"]

WINDOW_US = 10_000_000
#: 128 Mbit/s, five times a 4K camera.
MAX_BYTES = 160 * 1024 * 1024
MAX_PICTURES = 3_000
#: Each begins a file.
MAX_FORMATS = 20


class TooMuch(RtspProtocolError):  # noqa: N818 - names what was found
    """The camera is left alone for a while."""


class Excess:
    """Counts one connection; ``now_us`` is monotonic."""

    def __init__(self) -> None:
        self.found = False
        self._since_us = 0
        self._bytes = self._pictures = self._formats = 0

    def picture(self, size_bytes: int, now_us: int) -> None:
        """Raises TooMuch."""
        self._turn(now_us)
        self._bytes += size_bytes
        self._pictures += 1
        self._check(self._bytes > MAX_BYTES or self._pictures > MAX_PICTURES, "pictures", "too_many_pictures")

    def format_changed(self, now_us: int) -> None:
        """Raises TooMuch."""
        self._turn(now_us)
        self._formats += 1
        self._check(self._formats > MAX_FORMATS, "formats", "too_many_formats")

    def _turn(self, now_us: int) -> None:
        if now_us - self._since_us > WINDOW_US:
            self._since_us = now_us
            self._bytes = self._pictures = self._formats = 0

    def _check(self, exceeded: bool, what: str, code: str) -> None:  # noqa: FBT001 - the condition, not a mode
        if exceeded:
            self.found = True
            raise TooMuch(f"couldn't go on with the camera: more {what} than any camera sends", code=code)
