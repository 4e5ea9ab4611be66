"""The demonstration records twelve cameras and shows each account exactly its own."""

import pytest

from system.stack.conftest import Stack
from system.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]


def visible(stack: Stack, account: str) -> set[str]:
    with stack.client(account) as client:
        return {camera["id"] for camera in client.get("/api/v1/cameras").raise_for_status().json()["cameras"]}


def test_twelve_cameras_record_both_streams(stack: Stack) -> None:
    def recorded() -> int:
        return len(
            {(p.parent.parent.name, p.stem.rpartition("-")[2]) for p in stack.home.glob("recordings/*/*/*/*.mp4")}
        )

    assert eventually(lambda: recorded() == 24, "24 streams recorded")


def test_the_port_board_sees_its_eight_cameras(stack: Stack) -> None:
    seen = visible(stack, "bql-cang-ca-binh-dinh")
    assert len(seen) == 8
    assert not any(camera.startswith("tam-quan") for camera in seen)


def test_the_district_police_see_four(stack: Stack) -> None:
    seen = visible(stack, "ca-phu-cat")
    assert {camera[:5] for camera in seen} == {"de-gi"}
    assert len(seen) == 4


def test_a_camera_of_others_is_the_same_404_as_one_that_does_not_exist(stack: Stack) -> None:
    with stack.client("bql-cang-ca-binh-dinh") as client:
        others = client.get("/api/v1/cameras/tam-quan-luong-vao")
        nobody = client.get("/api/v1/cameras/tam-quan-luong-vap")
        refused = client.post("/api/v1/cameras/tam-quan-luong-vao/tickets", json={"action": "view_live"})
    assert others.status_code == nobody.status_code == refused.status_code == 404
    assert (
        others.json() == {**nobody.json(), "instance": others.json().get("instance")} or others.json() == nobody.json()
    )


def test_the_supervisor_sees_no_picture(stack: Stack) -> None:
    assert visible(stack, "so-tttt") == set()


def test_the_youth_union_may_watch_but_not_play_back(stack: Stack) -> None:
    with stack.client("tinh-doan") as client:
        live = client.post("/api/v1/cameras/de-gi-luong-vao/tickets", json={"action": "view_live"})
        window = {"action": "view_playback", "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:10:00Z"}
        playback = client.post("/api/v1/cameras/de-gi-luong-vao/tickets", json=window)
    assert live.status_code == 201
    assert playback.status_code == 403
    assert playback.json()["code"]


def test_every_unit_has_an_account_and_the_file_is_private(stack: Stack) -> None:
    assert len(stack.accounts()) == 22
    assert (stack.home / "demo-accounts.json").stat().st_mode & 0o777 == 0o600


def test_no_secret_is_in_logs_or_process_lists(stack: Stack) -> None:
    secrets = [stack.home.joinpath("secrets/simulator.password").read_text(encoding="utf-8").strip()]
    secrets += [account[key] for account in stack.accounts().values() for key in ("password", "token")]
    logged = "".join(path.read_text(encoding="utf-8", errors="replace") for path in stack.home.glob("log/*"))
    assert [n for n, secret in enumerate(secrets) if secret in logged] == []
    from_lists = "".join(
        path.read_bytes().decode(errors="replace") for path in (stack.home / "run").glob("*.json")
    )  # fmt: skip
    assert not any(secret in from_lists for secret in secrets)
