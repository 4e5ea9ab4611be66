"""What an operator may say about a camera, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.cast import NOW, camera
from haidang.audit.models import Entry
from haidang.cameras.actions import CameraFacts, add_camera, update_camera
from haidang.cameras.models import Camera
from haidang.core.errors import CorruptData, HaidangError
from haidang.core.sealed import open_sealed

KEY = bytes(range(32))
FACTS = CameraFacts("Luồng vào 2", "rtsp://10.0.0.9:554/main", username="admin", password="Bí-mật-7")
pytestmark = pytest.mark.usefixtures("port")


def test_a_password_is_kept_sealed_to_its_camera_and_told_nowhere() -> None:
    add_camera("de-gi-9", "de-gi", FACTS, key=KEY, now=NOW)
    row = Camera.objects.get(slug="de-gi-9")
    assert open_sealed(row.sealed_password, camera="de-gi-9", key=KEY) == "Bí-mật-7"
    with pytest.raises(CorruptData):
        open_sealed(row.sealed_password, camera="de-gi-1", key=KEY)
    assert "Bí-mật-7" not in str(vars(row))
    assert "Bí-mật-7" not in str([vars(entry) for entry in Entry.objects.all()])


def test_each_sealing_has_a_fresh_nonce() -> None:
    for slug in ("de-gi-8", "de-gi-9"):
        add_camera(slug, "de-gi", FACTS, key=KEY, now=NOW)
    nonces = {row.sealed_password.split(".")[1] for row in Camera.objects.filter(slug__in=["de-gi-8", "de-gi-9"])}
    assert len(nonces) == 2


@pytest.mark.parametrize(
    ("slug", "site", "facts", "code"),
    [
        ("De Gi", "de-gi", FACTS, "invalid_slug"),
        ("../etc", "de-gi", FACTS, "invalid_slug"),
        ("de-gi-9", "phu-yen", FACTS, "unknown_site"),
        ("de-gi-1", "de-gi", FACTS, "camera_exists"),
        ("de-gi-9", "de-gi", replace(FACTS, main_url="http://10.0.0.9/"), "invalid_stream_url"),
        ("de-gi-9", "de-gi", replace(FACTS, sub_url="rtsp://u:p@10.0.0.9/"), "credentials_in_url"),
        ("de-gi-9", "de-gi", replace(FACTS, name="  "), "invalid_name"),
        ("de-gi-9", "de-gi", replace(FACTS, ingest="magic"), "invalid_ingest"),
        ("de-gi-9", "de-gi", replace(FACTS, tls_sha256="xyz"), "invalid_tls_sha256"),
        ("de-gi-9", "de-gi", replace(FACTS, main_url=f"rtsp://10.0.0.9/{'x' * 600}"), "too_long"),
    ],
)
def test_facts_that_cannot_be_used_are_refused_and_nothing_is_kept(
    slug: str, site: str, facts: CameraFacts, code: str
) -> None:
    with pytest.raises(HaidangError) as refused:
        add_camera(slug, site, facts, key=KEY, now=NOW)
    assert refused.value.code == code
    assert "p@" not in str(refused.value)
    assert Camera.objects.count() == 12


def test_an_update_says_what_changed_and_keeps_the_password_that_is_not_given() -> None:
    add_camera("de-gi-9", "de-gi", FACTS, key=KEY, now=NOW)
    sealed = camera("de-gi-9").sealed_password
    changed = update_camera(camera("de-gi-9"), replace(FACTS, name="Luồng ra", password=None), key=KEY, now=NOW)
    assert changed == ["name"]
    assert camera("de-gi-9").sealed_password == sealed
    entries = Entry.objects.filter(action="update_camera").count()
    assert update_camera(camera("de-gi-9"), replace(FACTS, name="Luồng ra", password=None), key=KEY, now=NOW) == []
    assert Entry.objects.filter(action="update_camera").count() == entries


def test_a_password_can_be_taken_away() -> None:
    add_camera("de-gi-9", "de-gi", FACTS, key=KEY, now=NOW)
    update_camera(camera("de-gi-9"), replace(FACTS, password=""), key=KEY, now=NOW)
    assert camera("de-gi-9").sealed_password == ""
