"""The client: one camera connection as a state machine over bytes. It opens no socket and knows no time."""

from __future__ import annotations

from collections.abc import Callable

from haidang.core.rtsp.events import Event

__all__ = ["MAX_FRAME_BYTES", "RtspClient"]

#: A buffer of this size never fills up: ``receive`` leaves at most one incomplete interleaved frame unused.
MAX_FRAME_BYTES = 4 + 0xFFFF


class RtspClient:
    """``url`` is ``rtsp://`` or ``rtsps://``; user and password in it are taken out and used if none are given.

    Whoever owns the socket writes what ``connect()`` returns, then after every ``receive``, ``keep_alive`` and
    ``teardown`` what ``data_to_send()`` returns. After an error or ``Ended`` the client is dead.
    """

    def __init__(self, url: str, username: str = "", password: str = "", *, cnonce: Callable[[], str]) -> None:
        raise NotImplementedError

    def connect(self) -> bytes:
        """The first request, to be written as soon as the connection stands (not given again by ``data_to_send``)."""
        raise NotImplementedError

    def receive(self, view: memoryview) -> tuple[int, list[Event]]:
        """Take bytes from the camera: how many were used, and what they mean.

        What is not used (less than ``MAX_FRAME_BYTES``) must be offered again with more behind it. Nothing keeps a
        reference to ``view``. Raises RtspRefused and RtspProtocolError.
        """
        raise NotImplementedError

    def data_to_send(self) -> bytes:
        """What is to be written to the camera now; empty if nothing. Each byte is given once."""
        raise NotImplementedError

    def keep_alive(self) -> None:
        """Queue a request that keeps the session alive; does nothing unless the camera is playing."""
        raise NotImplementedError

    def teardown(self) -> None:
        """Queue the farewell, if a session stands; ``Ended("torn_down")`` follows when the camera answers."""
        raise NotImplementedError
