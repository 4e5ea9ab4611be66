"""The camera list as a worker reads it, and the lock on a camera."""

from pathlib import Path

from structlog.testing import capture_logs

from haidang.core.camera_list import CameraList, ListedCamera, dump_camera_list
from haidang.core.units import WallUs
from haidang.recorder.listing import CameraLock, ListFollower
from haidang.recorder.shares import worker_of


def write(path: Path, *names: str) -> None:
    cameras = tuple(ListedCamera(name, "de-gi", f"rtsp://127.0.0.1/{name}", None) for name in names)
    beside = path.with_suffix(".new")
    beside.write_text(dump_camera_list(CameraList(WallUs(0), cameras)), encoding="utf-8")
    beside.replace(path)


def test_it_gives_its_share_once_for_each_change(tmp_path: Path) -> None:
    path, names = tmp_path / "cameras.json", [f"camera-{number}" for number in range(20)]
    write(path, *names)
    followers = [ListFollower(path, worker=worker, workers=2) for worker in range(2)]
    shares = [follower.read_changed() or {} for follower in followers]
    assert sorted([*shares[0], *shares[1]]) == sorted(names)
    assert all(worker_of(name, 2) == 1 for name in shares[1])
    assert [follower.read_changed() for follower in followers] == [None, None]
    write(path, *names[:1])
    assert sum(len(follower.read_changed() or {}) for follower in followers) == 1


def test_a_missing_or_broken_list_changes_nothing_and_is_told_once_each_time(tmp_path: Path) -> None:
    path = tmp_path / "cameras.json"
    follower = ListFollower(path, worker=0, workers=1)
    with capture_logs() as told:
        assert [follower.read_changed() for _ in range(3)] == [None] * 3
        path.write_text("{", encoding="utf-8")
        assert [follower.read_changed() for _ in range(3)] == [None] * 3
        path.write_bytes(b"\xff\xfe")
        assert follower.read_changed() is None
        write(path, "first")
        assert list(follower.read_changed() or {}) == ["first"]
        path.unlink()
        assert [follower.read_changed() for _ in range(3)] == [None] * 3
    assert [line["problem"] for line in told] == [
        "FileNotFoundError",
        "camera_list",
        "UnicodeDecodeError",
        "FileNotFoundError",
    ]


def test_a_list_of_two_cameras_with_one_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cameras.json"
    write(path, "first", "first")
    assert ListFollower(path, worker=0, workers=1).read_changed() is None


def test_a_camera_is_locked_for_one_only_until_it_is_released(tmp_path: Path) -> None:
    first, second = CameraLock(tmp_path, "cau-cang"), CameraLock(tmp_path, "cau-cang")
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
