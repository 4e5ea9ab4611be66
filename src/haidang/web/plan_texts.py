"""A plan of policy as sentences that a person who is no engineer reads before agreeing to it.

Law: every change of a plan gives exactly one sentence, and what widens access says so; a kind that has no sentence of
its own is a programmer's error, held by a test over all kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haidang.core.policy import Change, Notice, Plan
from haidang.web.rights_matrix import role_name, spoken
from haidang.web.texts import action_name

__all__ = ["PlanLine", "day_text", "lines_of"]

_ARROW = " → "
_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class PlanLine:
    kind: str
    sentence: str
    widens: bool
    unwatches: bool
    #: Recordings are erased earlier than they were.
    erases: bool = False


def lines_of(plan: Plan, old: Notice | None, new: Notice) -> list[PlanLine]:
    """One line a change, in the plan's order."""
    words = _Words(old, new)
    return [
        PlanLine(
            change.kind, words.sentence(change), change.widens and not _erases(change), change.unwatches,
            _erases(change),
        )
        for change in plan.changes
    ]  # fmt: skip


def _erases(change: Change) -> bool:
    return change.kind == "retention_changed" and change.widens


def day_text(day: date) -> str:
    return f"{day:%d/%m/%Y}"


class _Words:
    """Slugs of two notices as names."""

    def __init__(self, old: Notice | None, new: Notice) -> None:
        both = [notice for notice in (old, new) if notice is not None]
        english = get_language() == "en"
        self._units = {unit.slug: unit.name for notice in both for unit in notice.units}
        self._sites = {site.slug: site.short for notice in both for site in notice.sites}
        self._purposes = {purpose.slug: spoken(purpose) for notice in both for purpose in notice.purposes}
        self._kinds = {k.slug: k.name_en if english else k.name for notice in both for k in notice.kinds}
        self._answers = {answer.id: answer for notice in both for answer in notice.answers}

    def sentence(self, change: Change) -> str:
        facts = dict(change.facts)
        told: dict[str, Callable[[Change, dict[str, str]], str]] = {
            "unit_added": self._unit_added, "unit_changed": self._unit_changed, "unit_ended": self._unit_ended,
            "name_changed": self._name_changed, "site_added": self._site, "site_changed": self._site,
            "purpose_added": self._purpose, "purpose_changed": self._purpose, "grant_added": self._grant_added,
            "grant_ended": self._grant_ended, "grant_removed": self._grant_removed,
            "grant_widened": self._grant_changed, "grant_narrowed": self._grant_changed,
            "answer_changed": self._answer, "duty_changed": self._duty, "route_changed": self._route,
            "succession_added": self._succession, "succession_removed": self._succession, "base_changed": _text_changed,
            "schema_changed": _text_changed, "retention_changed": self._retention,
        }  # fmt: skip
        return told[change.kind](change, facts)

    def _retention(self, change: Change, facts: dict[str, str]) -> str:
        before, now = (_period(each or _NOTHING) for each in _pair(facts.get("days", "")))
        said = _("Thời hạn lưu trữ tại %(site)s: %(before)s → %(now)s") % {
            "site": self._where(change.site), "before": before, "now": now,
        }  # fmt: skip
        if "valid_from" in facts:
            said += _(" từ ngày %(day)s") % {"day": self._value("valid_from", facts["valid_from"])}
        return said + f" ({facts.get('clause', _NOTHING)}; {facts.get('document', _NOTHING)})."

    def _unit(self, slug: str) -> str:
        return self._units.get(slug, slug)

    def _where(self, site: str) -> str:
        return self._sites.get(site, site) if site else _("toàn hệ thống")

    def _unit_added(self, change: Change, facts: dict[str, str]) -> str:
        values = {"unit": self._unit(change.unit), "role": role_name(facts.get("role", "holder")).lower()}
        return _("Thêm %(unit)s (%(role)s); tài khoản của đơn vị có các quyền chung của mọi đơn vị.") % values

    def _unit_changed(self, change: Change, facts: dict[str, str]) -> str:
        return _("%(unit)s thay đổi: %(facts)s.") % {"unit": self._unit(change.unit), "facts": self._listed(facts)}

    def _unit_ended(self, change: Change, facts: dict[str, str]) -> str:
        unit = self._unit(change.unit)
        if "removed" in facts:
            return _("%(unit)s không còn trong bộ quyền.") % {"unit": unit}
        return _("%(unit)s tồn tại đến hết ngày %(day)s; sau đó mọi tài khoản của đơn vị hết quyền.") % {
            "unit": unit, "day": self._value("valid_to", _after(facts.get("valid_to", ""))),
        }  # fmt: skip

    def _name_changed(self, change: Change, facts: dict[str, str]) -> str:
        if "name" not in facts:
            return _("%(unit)s: cập nhật tên gọi khác.") % {"unit": self._unit(change.unit)}
        before, now = _pair(facts["name"])
        return _("%(before)s đổi tên thành %(now)s.") % {"before": before, "now": now}

    def _site(self, change: Change, facts: dict[str, str]) -> str:
        site = self._where(change.site)
        if change.kind == "site_added":
            return _("Thêm khu vực %(site)s; chưa đơn vị nào có quyền tại đó vì việc này.") % {"site": site}
        if "removed" in facts:
            return _("Khu vực %(site)s không còn trong bộ quyền.") % {"site": site}
        return _("Khu vực %(site)s thay đổi: %(facts)s.") % {"site": site, "facts": self._listed(facts)}

    def _purpose(self, change: Change, facts: dict[str, str]) -> str:
        purpose = self._purposes.get(facts.get("slug", ""), facts.get("slug", ""))
        if change.kind == "purpose_added":
            return _("Thêm mục đích “%(purpose)s”.") % {"purpose": purpose}
        if "removed" in facts:
            return _("Mục đích “%(purpose)s” không còn trong bộ quyền.") % {"purpose": purpose}
        rest = {name: value for name, value in facts.items() if name != "slug"}
        return _("Mục đích “%(purpose)s” thay đổi: %(facts)s.") % {"purpose": purpose, "facts": self._listed(rest)}

    def _grant_added(self, change: Change, facts: dict[str, str]) -> str:
        said = (
            _("%(unit)s được %(actions)s tại %(site)s từ ngày %(day)s")
            if change.site
            else _("%(unit)s được %(actions)s trên toàn hệ thống từ ngày %(day)s")
        )
        sentence = said % {
            "unit": self._unit(change.unit), "actions": self._value("actions", facts.get("actions", "")),
            "site": self._where(change.site), "day": self._value("valid_from", facts.get("valid_from", "")),
        }  # fmt: skip
        if facts.get("valid_to"):
            sentence += _(" đến hết ngày %(day)s") % {"day": self._value("valid_to", facts["valid_to"])}
        if facts.get("purposes"):
            sentence += _(", vì mục đích %(purposes)s") % {
                "purposes": self._value("purposes", facts["purposes"]).lower()
            }
        return sentence + _(" (mục %(clause)s; %(document)s).") % {
            "clause": facts.get("clause", ""), "document": facts.get("document", ""),
        }  # fmt: skip

    def _grant_ended(self, change: Change, facts: dict[str, str]) -> str:
        values = {
            "unit": self._unit(change.unit), "site": self._where(change.site),
            "day": self._value("valid_to", _after(facts.get("valid_to", ""))),
        }  # fmt: skip
        if change.site:
            return _("%(unit)s hết quyền tại %(site)s sau ngày %(day)s.") % values
        return _("%(unit)s hết quyền trên toàn hệ thống sau ngày %(day)s.") % values

    def _grant_removed(self, change: Change, facts: dict[str, str]) -> str:
        return _("Bỏ quyền của %(unit)s: %(actions)s, %(site)s (mục %(clause)s), kể từ nay và cho mọi ngày.") % {
            "unit": self._unit(change.unit), "actions": self._value("actions", facts.get("actions", "")),
            "site": self._where(change.site), "clause": facts.get("clause", ""),
        }  # fmt: skip

    def _grant_changed(self, change: Change, facts: dict[str, str]) -> str:
        said = (
            _("Mở rộng hoặc thay đổi quyền của %(unit)s, %(site)s: %(facts)s.")
            if change.widens
            else _("Thu hẹp quyền của %(unit)s, %(site)s: %(facts)s.")
        )
        return said % {
            "unit": self._unit(change.unit), "site": self._where(change.site), "facts": self._listed(facts),
        }  # fmt: skip

    def _answer(self, change: Change, facts: dict[str, str]) -> str:  # noqa: ARG002 - as the others
        number = facts.get("id", "")
        answer = self._answers.get(number)
        english = get_language() == "en"
        question = "" if answer is None else (answer.question_en if english else "") or answer.question
        if "removed" in facts:
            return _("Bỏ cách hiểu %(id)s: %(question)s") % {"id": number, "question": question}
        names: dict[str, str] = {}
        if answer is not None:
            shown = (answer.choice_names_en if english else answer.choice_names) or answer.choices
            names = dict(zip(answer.choices, shown, strict=False))
        value = _after(facts.get("value", ""))
        if not value:
            return _("Cập nhật nội dung của cách hiểu %(id)s: %(question)s") % {"id": number, "question": question}
        document = _after(facts.get("document", "")) or (answer.document if answer is not None else "")
        said = _("Cách hiểu %(id)s (%(question)s): %(value)s") % {
            "id": number, "question": question, "value": names.get(value, value),
        }  # fmt: skip
        return said + (f" ({document})." if document else ".")

    def _duty(self, change: Change, facts: dict[str, str]) -> str:
        said = (
            _("%(unit)s có trách nhiệm bảo vệ camera tại %(site)s (mục %(clause)s).")
            if "added" in facts
            else _("%(unit)s thôi trách nhiệm bảo vệ camera tại %(site)s (mục %(clause)s).")
        )
        return said % {
            "unit": self._unit(change.unit), "site": self._where(change.site), "clause": facts.get("clause", ""),
        }  # fmt: skip

    def _route(self, change: Change, facts: dict[str, str]) -> str:
        slug = facts.get("kind", "")
        kind = self._kinds.get(slug, slug)
        values = {
            "kind": kind[:1].lower() + kind[1:],
            "unit": self._unit(change.unit),
            "site": self._where(change.site),
        }
        if change.unit and change.widens and "removed" not in facts:
            return _("%(unit)s được thông báo về %(kind)s, %(site)s.") % values
        if change.unit:
            return _("Thay đổi thứ tự người nhận thông báo về %(kind)s, %(site)s.") % values
        return _("Cập nhật loại vụ việc, vi phạm: %(kind)s.") % values

    def _succession(self, change: Change, facts: dict[str, str]) -> str:
        said = (
            _("%(new)s kế thừa %(old)s từ ngày %(day)s (%(document)s).")
            if change.kind == "succession_added"
            else _("Bỏ việc kế thừa: %(new)s kế thừa %(old)s từ ngày %(day)s (%(document)s).")
        )
        return said % {
            "new": self._unit(change.unit), "old": ", ".join(self._unit(slug) for slug in _split(facts.get("old", ""))),
            "day": self._value("on", facts.get("on", "")), "document": facts.get("document", ""),
        }  # fmt: skip

    def _listed(self, facts: dict[str, str]) -> str:
        """Fields that differ, each as was and is."""
        said = []
        for name, value in facts.items():
            before, now = _pair(value)
            label = _label(name)
            if before:
                said.append(f"{label} {self._value(name, before)}{_ARROW}{self._value(name, now)}")
            else:
                said.append(f"{label} {self._value(name, now)}")
        return "; ".join(said)

    def _value(self, name: str, value: str) -> str:
        """One value of a fact, as people read it."""
        if value in ("", _NOTHING):
            return _("không đặt")
        of_each: dict[str, Callable[[str], str]] = {
            "actions": action_name, "purposes": lambda slug: self._purposes.get(slug, slug), "unit": self._unit,
            "parent": self._unit, "decided_by": self._unit, "deputies": self._unit, "valid_from": _day_said,
            "valid_to": _day_said, "on": _day_said, "role": lambda role: role_name(role).lower(),
            "focal_person": lambda said: _("có") if said == "true" else _("không"),
        }  # fmt: skip
        return ", ".join(of_each[name](each) for each in _split(value)) if name in of_each else value


def _day_said(text: str) -> str:
    try:
        return day_text(date.fromisoformat(text))
    except ValueError:
        return text


def _text_changed(change: Change, facts: dict[str, str]) -> str:  # noqa: ARG001 - as the others
    if change.kind == "base_changed":
        return _(
            "Thay đổi phần luật chung (các điều cấm và quyền của mọi đơn vị). Phải đọc toàn văn trước khi phê duyệt."
        )
    return _("Thay đổi cấu trúc quyết định (schema). Phải đọc toàn văn trước khi phê duyệt.")


def _period(days: str) -> str:
    return _("giữ tất cả") if days == _NOTHING else _("%(days)s ngày") % {"days": days}


def _label(name: str) -> str:
    labels = {
        "actions": _("việc được làm:"), "purposes": _("mục đích:"), "clause": _("điều khoản:"),
        "document": _("văn bản:"), "valid_from": _("từ ngày"), "valid_to": _("đến hết ngày"), "parent": _("cấp trên:"),
        "role": _("vai trò:"), "focal_person": _("phải cử đầu mối:"), "name": _("tên:"), "short": _("tên ngắn:"),
        "name_en": _("tên tiếng Anh:"), "aliases": _("tên gọi khác:"), "kind": _("loại quyền:"),
    }  # fmt: skip
    return labels.get(name, f"{name}:")


def _pair(value: str) -> tuple[str, str]:
    """Was and is; ("", value) of something new."""
    before, arrow, now = value.partition(_ARROW)
    return (before, now) if arrow else ("", value)


def _after(value: str) -> str:
    now = _pair(value)[1]
    return "" if now == _NOTHING else now


def _split(value: str) -> list[str]:
    return [each for each in value.split(", ") if each]
