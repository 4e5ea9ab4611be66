"""The states of a connection and the only ways between them.

Rule 1: every change of state is in this table; ``client.py`` asks it and never sets a state by itself.
Rule 2: what the table does not name is a protocol error of the camera.
"""

from __future__ import annotations

from enum import Enum, auto

from haidang.core.rtsp.errors import RtspProtocolError

__all__ = ["Happening", "State", "after"]


class State(Enum):
    IDLE = auto()
    OPTIONS = auto()  # asked, as are the next three
    DESCRIBE = auto()
    SETUP = auto()
    PLAY = auto()
    PLAYING = auto()
    TEARDOWN = auto()
    ENDED = auto()
    DEAD = auto()


class Happening(Enum):
    CONNECT = auto()
    SUCCESS = auto()  # 2xx to the request that the state is named for
    REFUSAL = auto()  # any other final status to it
    MEDIA = auto()  # a video packet, which may overtake the answer to PLAY
    TEARDOWN = auto()  # we want to end
    END = auto()  # the camera ends
    FAILURE = auto()  # an error was raised


_S, _H = State, Happening
_TABLE: dict[State, dict[Happening, State]] = {
    _S.IDLE: {_H.CONNECT: _S.OPTIONS, _H.TEARDOWN: _S.ENDED},
    # A camera without OPTIONS is still a camera.
    _S.OPTIONS: {_H.SUCCESS: _S.DESCRIBE, _H.REFUSAL: _S.DESCRIBE, _H.TEARDOWN: _S.ENDED},
    _S.DESCRIBE: {_H.SUCCESS: _S.SETUP, _H.TEARDOWN: _S.ENDED},
    _S.SETUP: {_H.SUCCESS: _S.PLAY, _H.MEDIA: _S.SETUP, _H.TEARDOWN: _S.ENDED},
    _S.PLAY: {_H.SUCCESS: _S.PLAYING, _H.MEDIA: _S.PLAYING, _H.TEARDOWN: _S.TEARDOWN},
    # Its SUCCESS is the late answer to PLAY, or the answer to a keep-alive, whose REFUSAL is no harm while media comes.
    _S.PLAYING: {_H.SUCCESS: _S.PLAYING, _H.REFUSAL: _S.PLAYING, _H.MEDIA: _S.PLAYING, _H.TEARDOWN: _S.TEARDOWN},
    _S.TEARDOWN: {_H.SUCCESS: _S.ENDED, _H.REFUSAL: _S.ENDED, _H.MEDIA: _S.TEARDOWN, _H.TEARDOWN: _S.TEARDOWN},
    _S.ENDED: {_H.TEARDOWN: _S.ENDED},
    _S.DEAD: {_H.TEARDOWN: _S.DEAD},
}


def after(state: State, happening: Happening) -> State:
    """The next state; raises RtspProtocolError (``rtsp_state``) where the table knows none."""
    if happening is Happening.FAILURE:
        return State.DEAD
    if happening is Happening.END:
        return State.ENDED
    try:
        return _TABLE[state][happening]
    except KeyError as error:
        raise RtspProtocolError(
            f"couldn't follow the camera: {happening.name} while {state.name}", code="rtsp_state"
        ) from error
