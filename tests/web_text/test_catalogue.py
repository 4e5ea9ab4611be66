"""Both languages are whole: every sentence of templates, Python and script has its English."""

from __future__ import annotations

import re

import pytest

from web_text.catalogue import read_catalogue
from web_text.messages_in_use import ROOT, TEMPLATES, Message, in_python, in_template, in_use

CATALOGUE = ROOT / "src/haidang/web/locale/en/LC_MESSAGES/django.po"
SCRIPTS = ROOT / "web-ui/src"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)
#: It reads what people type, in both languages.
READS_VIETNAMESE = {"time-parser.ts"}


@pytest.fixture(scope="module")
def english() -> dict[Message, list[str]]:
    return read_catalogue(CATALOGUE)


def test_every_sentence_in_use_is_translated(english: dict[Message, list[str]]) -> None:
    missing = {f"{path}: {message.text}" for message, path in in_use().items() if not all(english.get(message) or [""])}
    assert missing == set()


def test_no_translation_is_left_of_a_sentence_that_is_gone(english: dict[Message, list[str]]) -> None:
    assert {message.text for message in set(english) - set(in_use())} == set()


def test_translations_keep_what_is_filled_in(english: dict[Message, list[str]]) -> None:
    wrong = [
        message.text
        for message, translations in english.items()
        for translation in translations
        if sorted(PLACEHOLDER.findall(message.text)) != sorted(PLACEHOLDER.findall(translation))
    ]
    assert wrong == []


def test_translations_are_english(english: dict[Message, list[str]]) -> None:
    assert [text for texts in english.values() for text in texts if VIETNAMESE.search(text)] == []


def test_the_script_says_only_what_the_page_gives_it() -> None:
    given = set(re.findall(r'<data value="(\w+)">', (TEMPLATES / "web/_texts.html").read_text(encoding="utf-8")))
    source = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.ts") if ".test." not in path.name)
    asked = set(re.findall(r'\btext\(\s*"(\w+)"', source))
    asked |= {key for pair in re.findall(r'\btext\([^()]*\? "(\w+)" : "(\w+)"', source) for key in pair}
    asked |= set(re.findall(r'\["(days|hours|minutes|seconds)", ', source)) | {"seconds"}
    assert asked == given


def test_no_script_holds_a_sentence() -> None:
    found = [
        f"{path.name}: {literal}"
        for path in SCRIPTS.glob("*.ts")
        if ".test." not in path.name and path.name not in READS_VIETNAMESE
        for literal in re.findall(r'"[^"\n]*"|`[^`]*`', without_comments(path.read_text(encoding="utf-8")))
        if VIETNAMESE.search(literal)
    ]
    assert found == []


def test_no_template_holds_a_sentence_outside_translate() -> None:
    found = []
    for path in TEMPLATES.rglob("*.html"):
        text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"{%\s*blocktranslate\b.*?endblocktranslate\s*%}", "", text, flags=re.DOTALL)
        rest = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL).replace("Hải Đăng", "")
        if VIETNAMESE.search(rest):
            found.append(path.name)
    assert found == []


def without_comments(source: str) -> str:
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.DOTALL)


def test_messages_are_found_in_both_kinds_of_source() -> None:
    template = (
        '{% translate "một" %}{% blocktranslate count n=n %}{{ n }} hai{% plural %}{{ n }} ba{% endblocktranslate %}'
    )
    assert list(in_template(template)) == [Message("một"), Message("%(n)s hai", "%(n)s ba")]
    assert list(in_python('_("một"); lazy("hai" "ba"); print("bốn"); ngettext("năm", "sáu", 2)')) == [
        Message("một"), Message("haiba"), Message("năm", "sáu"),
    ]  # fmt: skip
