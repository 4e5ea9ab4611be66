"""The own account and the operator's page; who is nobody gets neither; health."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from accounts.cast import NOW, account_of, camera, logged_in
from haidang.cameras.actions import CameraFacts, update_camera
from haidang.config.key_files import credentials_key
from haidang.supervisor.keeper_cameras import CameraPublisher

pytestmark = pytest.mark.usefixtures("port")


@pytest.mark.parametrize("path", ["/giam-sat", "/giam-sat/de-gi-1", "/tai-khoan", "/van-hanh", "/doi-mat-khau"])
def test_without_a_login_every_page_leads_to_it(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/dang-nhap?next={path.replace('/', '%2F')}"


BOARD = ["xem trực tiếp", "xem lại", "đề nghị lưu giữ", "đề nghị trích xuất", "báo cáo vụ việc", "xử lý vi phạm"]


def test_the_account_page_shows_each_right_with_its_clause_purpose_and_document() -> None:
    context = logged_in(account_of("bql-cang-ca-binh-dinh")).get("/tai-khoan").context
    rows = [(row.scope, row.actions, row.purposes, row.clause) for row in context["rights"]]
    assert rows == [
        ("Cảng cá và khu neo đậu Quy Nhơn", BOARD, ["An ninh trật tự"], "II.3.a-1"),
        ("Cảng cá và khu neo đậu Đề Gi", BOARD, ["An ninh trật tự"], "II.3.a-1"),
    ]
    assert context["rights"][0].document.startswith("Thông báo năm 2022")
    assert context["unit"].parent == "Sở Nông nghiệp và Phát triển nông thôn"
    assert [row.current for row in context["sessions"]] == [True]


def test_names_follow_the_language() -> None:
    client = logged_in(account_of("ca-phu-cat"))
    client.post("/ngon-ngu", {"language": "en", "next": "/"})
    assert client.get("/tai-khoan").context["rights"][0].scope == "Đề Gi fishing port and anchorage"


def test_only_the_operator_sees_operations_and_others_read_why_not() -> None:
    assert logged_in(account_of("vien-thong-binh-dinh")).get("/van-hanh").status_code == 200
    for unit in ("ca-phu-cat", "so-tttt", "ubnd-tinh"):
        client = logged_in(account_of(unit))
        answer = client.get("/van-hanh")
        assert answer.status_code == 403
        assert answer.context["refusal"].sentence.startswith("Không thực hiện được: đơn vị chưa được phân quyền")
        assert "operations" not in [item.key for item in client.get("/tai-khoan").context["nav"]]


def test_operations_shows_addresses_without_path_user_or_password(port: Path) -> None:
    facts = CameraFacts("Luồng", "rtsps://10.7.7.7/secret/path", username="adminuser", password="Bí-mật-7")
    update_camera(camera("de-gi-1"), facts, key=credentials_key(port), now=NOW)
    CameraPublisher(port).run_once(NOW)
    answer = logged_in(account_of("vien-thong-binh-dinh")).get("/van-hanh")
    row = next(row for row in answer.context["cameras"] if row.camera.slug == "de-gi-1")
    assert (row.address, row.listed) == ("10.7.7.7:322", True)
    page = answer.content.decode()
    assert not any(secret in page for secret in ("secret/path", "adminuser", "Bí-mật-7"))


def test_health_says_whether_the_database_answers() -> None:
    assert Client().get("/healthz").json() == {"ok": True}

    def down(*_query: object) -> object:
        raise DatabaseError("down")

    with connection.execute_wrapper(down):
        assert Client().get("/healthz").status_code == 503


def test_a_database_that_breaks_in_the_middle_gives_the_error_page() -> None:
    client = logged_in(account_of("ca-phu-cat"))
    client.raise_request_exception = False

    def broken_at_cameras(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if "session" not in sql:
            raise DatabaseError("down")
        return execute(sql, *rest)

    with connection.execute_wrapper(broken_at_cameras):
        page, answer = client.get("/giam-sat"), client.get("/api/v1/cameras")
    assert (page.status_code, page.context["account"]) == (500, None)
    assert "Việc ghi hình không bị ảnh hưởng" in page.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


def test_a_host_name_that_is_not_ours_is_refused() -> None:
    assert Client(headers={"host": "evil.example"}).get("/dang-nhap").status_code == 400


def test_who_has_no_right_is_not_sent_to_set_up_a_second_factor() -> None:
    account = account_of("ca-phu-cat")
    refused = logged_in(account).get("/phan-quyen/tai-khoan")
    assert refused.status_code == 403
    assert "chưa được phân quyền" in refused.content.decode()
    assert "xác thực hai lớp" not in refused.content.decode()
