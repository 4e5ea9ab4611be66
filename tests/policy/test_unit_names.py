"""Official names, letter by letter: they are printed on screens and records."""

from __future__ import annotations

import unicodedata

from policy.shipped import notice, notice_2025, overlay_texts, texts

NAMES = {
    "vien-thong-binh-dinh": "Viễn thông Bình Định",
    "bql-cang-ca-binh-dinh": "Ban Quản lý Cảng cá Bình Định",
    "chi-cuc-thuy-san": "Chi cục Thủy sản",
    "chi-cuc-bvmt": "Chi cục Bảo vệ môi trường",
    "tinh-doan": "Tỉnh đoàn Bình Định",
    "hoi-lhpn": "Hội Liên hiệp Phụ nữ tỉnh Bình Định",
    "tram-bp-quy-nhon": "Trạm Biên phòng Quy Nhơn",
    "tram-bp-de-gi": "Trạm Biên phòng Đề Gi",
    "tram-bp-tam-quan-bac": "Trạm Biên phòng Tam Quan Bắc",
    "ca-hoai-nhon": "Công an thị xã Hoài Nhơn",
    "bql-cang-ca-hoai-nhon": "Ban Quản lý Cảng cá và Dịch vụ đô thị thị xã Hoài Nhơn",
    "ca-phu-cat": "Công an huyện Phù Cát",
    "ca-quy-nhon": "Công an thành phố Quy Nhơn",
    "so-tttt": "Sở Thông tin và Truyền thông",
    "so-nnptnt": "Sở Nông nghiệp và Phát triển nông thôn",
    "so-tnmt": "Sở Tài nguyên và Môi trường",
    "bch-bdbp": "Bộ Chỉ huy Bộ đội Biên phòng tỉnh",
    "ubnd-hoai-nhon": "Ủy ban nhân dân thị xã Hoài Nhơn",
    "ubnd-phu-cat": "Ủy ban nhân dân huyện Phù Cát",
    "ubnd-quy-nhon": "Ủy ban nhân dân thành phố Quy Nhơn",
    "ubnd-tinh": "Ủy ban nhân dân tỉnh Bình Định",
    "vp-ubnd": "Văn phòng Ủy ban nhân dân tỉnh",
}


def test_units_carry_their_official_names() -> None:
    assert {unit.slug: unit.name for unit in notice().units} == NAMES


def test_texts_are_nfc_and_de_gi_is_spelt_right() -> None:
    for unit in notice().units:
        assert unicodedata.is_normalized("NFC", unit.name)
        assert "Đê Gi" not in unit.name
    assert next(site for site in notice().sites if site.slug == "de-gi").name == "Cảng cá và khu neo đậu Đề Gi"


def test_every_file_of_the_sets_is_nfc_and_speaks_the_official_register() -> None:
    for name, text in [*texts().items(), *overlay_texts().items()]:
        assert unicodedata.is_normalized("NFC", text), name
        assert "VMS" not in text, name
    for answer in notice().answers:
        for word in (answer.question, answer.reason, *answer.choice_names):
            assert not {"!", "bạn", "tôi"} & {*word.split(), *word}, word
            assert "Đê Gi" not in word


def test_what_the_press_calls_a_station_is_an_alias() -> None:
    units = {unit.slug: unit for unit in notice().units}
    assert "Trạm Kiểm soát Biên phòng Mũi Tấn" in units["tram-bp-quy-nhon"].aliases
    assert "Đồn Biên phòng Cát Khánh" in units["tram-bp-de-gi"].aliases
    assert "Đồn Biên phòng Tam Quan Nam" in units["tram-bp-tam-quan-bac"].aliases
    assert {unit.slug for unit in notice_2025().units} > set(units)
