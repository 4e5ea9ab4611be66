"""A camera's credentials, opened for one connection attempt and kept nowhere.

The key is read each time: a key put right, or a password sealed anew, holds from the next attempt on.
"""

from __future__ import annotations

from pathlib import Path

from haidang.core.camera_list import ListedCamera
from haidang.core.errors import CorruptData
from haidang.core.sealed import open_sealed
from haidang.recorder.failures import CredentialsUnreadable

__all__ = ["password_of"]


def password_of(camera: ListedCamera, key_path: Path) -> str:
    """The password in clear; "" where the camera has none. Raises CredentialsUnreadable."""
    if not camera.sealed_password:
        return ""
    try:
        return open_sealed(camera.sealed_password, camera=camera.camera, key=key_path.read_bytes())
    except (OSError, CorruptData, ValueError) as error:
        raise CredentialsUnreadable(f"couldn't open the credentials of camera {camera.camera}") from error
