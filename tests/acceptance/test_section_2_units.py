"""II and the closing words: what each unit receives and must do."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client

from acceptance.clauses import clause, later
from accounts.cast import NOW, PASSWORD, account_of, logged_in
from haidang.accounts import actions
from haidang.accounts.models import Account, Grant, LoginSession, Unit
from haidang.core.errors import Conflict
from haidang.host.clock import wall_clock
from policy.shipped import SITES, notice
from policy.test_notice_matrix import HOLDERS
from web.screens import manager

pytestmark = pytest.mark.usefixtures("port")
OPERATOR, SUPERVISOR = "vien-thong-binh-dinh", "so-tttt"


def browser(unit: str) -> Client:
    return logged_in(Account.objects.filter(username=unit).first() or account_of(unit))


def sees(unit: str) -> list[str]:
    """The sites on the unit's wall."""
    return [site.site.slug for site in browser(unit).get("/giam-sat").context["sites"]]


def purposes(unit: str) -> set[str]:
    given = Grant.objects.filter(unit__slug=unit).values_list("purposes", flat=True)
    return {purpose for each in given for purpose in each}


def duty_of(unit: str, named: str) -> str:
    """Where the unit's sheet says that this clause's duty stands, "" if it has none."""
    duties = browser(unit).get(f"/phan-quyen/don-vi/{unit}").context["sheet"].duties
    return next((duty.where for duty in duties if duty.clause.clause == named), "")


# II.1: Viễn thông Bình Định


@clause("II.1.a-1")
@later("watch")
def test_every_stream_has_its_asset_which_leaves_only_by_a_document() -> None: ...


@clause("II.1.a-2")
def test_the_operator_alone_sees_operations() -> None:
    assert browser(OPERATOR).get("/van-hanh").status_code == 200
    for unit in HOLDERS:
        assert browser(unit).get("/van-hanh").status_code == 403, unit


@clause("II.1.a-2")
@later("watch")
def test_a_planned_window_is_maintenance_and_was_announced() -> None: ...


@clause("II.1.a-3")
@later("watch")
def test_downtime_in_the_report_is_the_induced_one_to_the_second() -> None: ...


@clause("II.1.b")
def test_twelve_units_hold_twenty_one_grants_seven_a_site() -> None:
    video = [grant for grant in notice().grants if grant.unit in HOLDERS and "view_live" in grant.actions]
    pairs = {(grant.unit, site) for grant in video for site in SITES if f'"{site}"' in grant.resource}
    assert (len({unit for unit, _site in pairs}), len(pairs)) == (12, 21)
    assert Counter(site for _unit, site in pairs) == dict.fromkeys(SITES, 7)


@clause("II.1.b")
def test_another_sites_camera_is_refused_and_not_even_listed() -> None:
    board = browser("bql-cang-ca-binh-dinh")
    listed = {camera["id"] for camera in board.get("/api/v1/cameras").json()["cameras"]}
    assert not any(name.startswith("tam-quan") for name in listed)
    assert board.get("/giam-sat/tam-quan-1").status_code == 404
    assert board.get("/api/v1/cameras/tam-quan-1").status_code == 404


@clause("II.1.c")
def test_the_two_boards_protect_cameras_each_at_its_sites() -> None:
    protected = {(each.unit, each.site) for each in notice().protections if each.unit != OPERATOR}
    assert protected == {
        ("bql-cang-ca-binh-dinh", "quy-nhon"),
        ("bql-cang-ca-binh-dinh", "de-gi"),
        ("bql-cang-ca-hoai-nhon", "tam-quan"),
    }


@clause("II.1.c")
@later("watch")
def test_damage_at_a_site_reaches_the_operator_and_that_sites_board() -> None: ...


@clause("II.1.d")
@later("watch")
def test_a_violation_goes_out_in_seconds_and_escalates_unacknowledged() -> None: ...


# II.2: Sở Thông tin và Truyền thông


@clause("II.2.a")
def test_the_supervisor_reads_rights_accounts_and_alerts_and_opens_no_picture() -> None:
    supervisor = browser(SUPERVISOR)
    for page in ("/phan-quyen/ma-tran", "/phan-quyen/tai-khoan", "/phan-quyen/ai-co-quyen", "/phan-quyen/diem-mo"):
        assert supervisor.get(page).status_code == 200, page
    assert sees(SUPERVISOR) == []
    asked = supervisor.post("/api/v1/cameras/de-gi-1/tickets", {"action": "view_live"}, content_type="application/json")
    assert asked.status_code == 404


@clause("II.2.a")
def test_the_supervisor_reads_every_units_access_log() -> None:
    for unit in HOLDERS:
        asked = browser(unit).post(
            "/api/v1/cameras/de-gi-1/tickets", {"action": "view_live"}, content_type="application/json"
        )
        assert asked.status_code in (201, 403, 404, 422), unit
    rows = browser(SUPERVISOR).get("/nhat-ky/truy-cap?loai=dang-nhap").context["rows"]
    assert {row.unit for row in rows} >= {Unit.objects.get(slug=unit).name for unit in HOLDERS}
    watched = browser(SUPERVISOR).get("/nhat-ky/truy-cap?loai=xem&camera=de-gi-1").context["rows"]
    assert {row.decision for row in watched} == {"allow", "deny"}
    for unit in HOLDERS:
        assert browser(unit).get("/nhat-ky/truy-cap").status_code == 403, unit


@clause("II.2.b")
@later("watch")
def test_a_security_incident_reaches_supervisor_and_operator() -> None: ...


# II.3 to II.7: those who watch


@clause("II.3.a-1")
def test_the_board_of_binh_dinh_sees_exactly_two_sites() -> None:
    assert sees("bql-cang-ca-binh-dinh") == ["quy-nhon", "de-gi"]
    assert purposes("bql-cang-ca-binh-dinh") == {"an-ninh-trat-tu"}


@clause("II.3.a-2")
def test_the_fisheries_see_three_sites_and_the_missing_purpose_is_an_open_point() -> None:
    assert sees("chi-cuc-thuy-san") == list(SITES)
    assert purposes("chi-cuc-thuy-san") == {"chua-neu"}
    assert "Chi cục Thủy sản" in browser(SUPERVISOR).get("/phan-quyen/diem-mo").content.decode()


@clause("II.3.b")
def test_the_board_of_binh_dinh_is_told_its_duty_to_protect() -> None:
    assert duty_of("bql-cang-ca-binh-dinh", "II.3.b") == "Quy Nhơn, Đề Gi"


@clause("II.3.b")
@later("watch")
def test_the_board_reports_from_the_quay_in_under_a_minute() -> None: ...


@clause("II.4")
def test_the_environment_sees_three_sites_for_its_purpose_alone() -> None:
    assert sees("chi-cuc-bvmt") == list(SITES)
    assert purposes("chi-cuc-bvmt") == {"ve-sinh-moi-truong"}
    asked = browser("chi-cuc-bvmt").post(
        "/api/v1/cameras/de-gi-1/tickets", {"action": "view_live", "purpose": "an-ninh-trat-tu"},
        content_type="application/json",
    )  # fmt: skip
    assert (asked.status_code, asked.json()["code"]) == (403, "purpose_not_granted")


@clause("II.5")
@pytest.mark.parametrize("slug", ["tinh-doan", "hoi-lhpn"])
def test_a_union_has_no_account_before_its_focal_person_and_a_new_password_after_another(slug: str) -> None:
    unit, by = Unit.objects.get(slug=slug), account_of("vien-thong-binh-dinh")
    assert unit.focal_required
    with pytest.raises(Conflict) as refused:
        actions.add_account(slug, slug, now=NOW)
    assert (refused.value.code, refused.value.clause) == ("focal_person_needed", "II.5")
    actions.name_focal_person(unit, name="Lê Thị Hạnh", document="Công văn 5", by=by, now=NOW)
    assert account_of(slug).display_name == "Lê Thị Hạnh"
    assert sees(slug) == list(SITES)
    actions.name_focal_person(unit, name="Nguyễn Văn Bình", document="Công văn 9", by=by, now=wall_clock())
    assert LoginSession.objects.filter(account__username=slug, ended_at=None).count() == 0
    assert Client().post("/dang-nhap", {"username": slug, "password": PASSWORD}).status_code == 200


@clause("II.6")
@pytest.mark.parametrize(
    ("station", "site"),
    [("tram-bp-quy-nhon", "quy-nhon"), ("tram-bp-de-gi", "de-gi"), ("tram-bp-tam-quan-bac", "tam-quan")],
)
def test_each_station_sees_its_own_site_for_moorings(station: str, site: str) -> None:
    assert sees(station) == [site]
    assert purposes(station) == {"quan-ly-neo-dau"}


@clause("II.7.a-1")
@pytest.mark.parametrize("unit", ["ca-hoai-nhon", "bql-cang-ca-hoai-nhon"])
def test_both_of_hoai_nhon_see_tam_quan_alone(unit: str) -> None:
    assert sees(unit) == ["tam-quan"]
    assert purposes(unit) == {"an-ninh-trat-tu"}


@clause("II.7.a-2")
def test_the_board_of_hoai_nhon_is_told_its_duty_to_protect() -> None:
    assert duty_of("bql-cang-ca-hoai-nhon", "II.7.a-2") == "Tam Quan"


@clause("II.7.a-2")
@later("watch")
def test_the_board_of_hoai_nhon_reports_from_the_quay_in_under_a_minute() -> None: ...


@clause("II.7.b-c")
@pytest.mark.parametrize(
    ("unit", "site", "other"), [("ca-phu-cat", "de-gi", "quy-nhon"), ("ca-quy-nhon", "quy-nhon", "de-gi")]
)
def test_each_police_sees_its_site_and_nothing_tells_of_the_others(unit: str, site: str, other: str) -> None:
    assert sees(unit) == [site]
    police = browser(unit)
    there, nowhere = police.get(f"/api/v1/cameras/{other}-1"), police.get(f"/api/v1/cameras/{other}-77")
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)
    for page in ("/giam-sat", "/tai-khoan", f"/phan-quyen/don-vi/{unit}", "/api/v1/cameras", "/api/v1/me"):
        assert f"{other}-" not in police.get(page).content.decode(), page


# II.8 and the closing words


@clause("II.8-1")
@later("watch")
def test_units_of_a_site_share_a_thread_and_others_see_none() -> None: ...


@clause("II.8-2")
@later("watch")
def test_a_difficulty_gets_a_number_and_its_author_sees_each_status() -> None: ...


@clause("II.8-3")
@later("watch")
def test_the_roll_up_lists_every_report_and_authors_are_told_the_direction() -> None: ...


@clause("C")
def test_each_of_the_grants_shows_its_clause_and_the_document() -> None:
    for unit in HOLDERS:
        page = browser(unit) if unit not in ("tinh-doan", "hoi-lhpn") else manager(unit)
        rights = page.get("/tai-khoan").context["rights"]
        assert rights, unit
        assert all(right.clause and right.document for right in rights), unit
    assert {grant.document for grant in notice().grants if grant.unit in HOLDERS} == {notice().document}
