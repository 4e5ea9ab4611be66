"""Which picture of the endless loop a camera shows at an instant: one rule for the server and the ground truth.

Every clip has ``FPS`` pictures a second in groups of ``GOP_FRAMES``, each opened by an IDR picture. A camera's
picture is a pure function of wall time, so that two clients, a restarted server and a test that only knows the
time agree. Each camera starts at its own place in the loop, which also gives each its own keyframe phase.
"""

from __future__ import annotations

from zlib import crc32

from haidang.core.units import WallUs

__all__ = ["DEFAULT_LOOP_S", "FPS", "FRAME_90K", "FRAME_US", "GOP_FRAMES", "frame_at", "into_frame_us", "loop_frames"]

FPS = 25
GOP_FRAMES = 50
FRAME_US = 1_000_000 // FPS
FRAME_90K = 90_000 // FPS
#: Long enough that boats cross, short enough to encode twelve cameras in a minute on two cores.
DEFAULT_LOOP_S = 16


def loop_frames(loop_s: int) -> int:
    """Pictures in a loop of about ``loop_s`` seconds: whole groups, so that the seam is a keyframe, and at least two,
    so that consecutive IDR pictures differ in idr_pic_id.
    """
    return max(2, round(loop_s * FPS / GOP_FRAMES)) * GOP_FRAMES


def _offset_us(camera_id: str) -> int:
    return crc32(camera_id.encode()) * 1000 % 3_600_000_000


def into_frame_us(camera_id: str, at: WallUs) -> int:
    """How long the camera has been showing its picture at ``at``; cameras tick at different instants."""
    return (at + _offset_us(camera_id)) % FRAME_US


def frame_at(camera_id: str, at: WallUs, loop: int) -> int:
    """The index, 0 ≤ index < ``loop``, of the picture that the camera shows at ``at``."""
    return (at + _offset_us(camera_id)) // FRAME_US % loop
