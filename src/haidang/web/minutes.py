"""The minutes of a reconciliation ("Biên bản đối soát"): a text in Vietnamese that people read and a key signs.

A signed note (c2sp.org/signed-note): what stands above the signature line is the whole of it, so that anybody with the
host's papers key can check it, and nobody has to trust a page. Every line is one fact or one finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils import translation

from haidang.accounts.entities import username_in
from haidang.core.findings import Finding
from haidang.core.tlog.notes import Signer, sign_note
from haidang.core.units import WallUs
from haidang.reconcile.run import Outcome
from haidang.web.finding_texts import instant_text, sentence_of

__all__ = ["Run", "minutes_note"]


_LOGS = {"record": "ghi hình", "acts": "hoạt động"}


@dataclass(frozen=True, slots=True)
class Run:
    """``number`` 0: a command on the host that no row tells of."""

    number: int
    deep: bool
    asked_by: str
    started_at: WallUs
    finished_at: WallUs


def minutes_note(run: Run, outcome: Outcome, cameras: Mapping[str, str], signer: Signer) -> bytes:
    """The minutes, signed."""
    with translation.override("vi"):
        text = "".join(f"{_one_line(line)}\n" for line in _lines(run, outcome, cameras))
    return sign_note(text, [signer.sign(text)])


def _lines(run: Run, outcome: Outcome, cameras: Mapping[str, str]) -> Iterator[str]:
    yield "BIÊN BẢN ĐỐI SOÁT DỮ LIỆU GHI HÌNH VÀ NHẬT KÝ"
    yield f"Số: {run.number}"
    yield f"Thực hiện từ {instant_text(run.started_at)} đến {instant_text(run.finished_at)} (giờ Việt Nam)"
    asked_by = username_in(run.asked_by)
    yield f"Người yêu cầu: {f'tài khoản {asked_by}' if asked_by else 'máy chủ, theo lịch hoặc bằng lệnh'}"
    kind = "toàn bộ, tính lại mã kiểm tra của mọi đoạn đã niêm phong" if run.deep else "nhanh, không đọc lại hình"
    yield f"Phạm vi: {kind}"
    facts = outcome.facts
    for name, checkpoint in facts["checkpoints"].items():
        yield f"Nhật ký {_LOGS[name]}: {checkpoint['origin']}, {checkpoint['size']} bản ghi, gốc {checkpoint['root']}"
    for each in facts["remembered"] or []:
        at = instant_text(WallUs(each["cosigned_s"] * 1_000_000))
        who = f"Bên chứng kiến {each['witness']} ({_LOGS[each['log']]})"
        yield f"{who}: {each['size']} bản ghi lúc {at}, gốc {each['root']}"
    yield (
        f"Đã đối soát {facts['files'] or 0} tệp ghi hình, {facts['hashed_bytes'] or 0} byte hình, "
        f"{facts['entries'] or 0} bản ghi, {facts['acts_rows'] or 0} mục nhật ký truy cập"
    )
    wrong = [each for each in outcome.findings if each.wrong]
    notes = [each for each in outcome.findings if not each.wrong]
    yield f"KẾT QUẢ: {_verdict(outcome.wrong)}"
    yield from _listed("Sai lệch", wrong, outcome.counts, cameras)
    yield from _listed("Ghi chú", notes, outcome.counts, cameras)


def _verdict(wrong: int) -> str:
    return "không phát hiện sai lệch" if wrong == 0 else f"phát hiện {wrong} sai lệch"


def _listed(what: str, findings: list[Finding], counts: Mapping[str, int], cameras: Mapping[str, str]) -> Iterator[str]:
    for number, finding in enumerate(findings, 1):
        yield f"{what} {number}: {sentence_of(finding, cameras)}"
    kinds = {each.kind for each in findings}
    for kind in sorted(kinds):
        more = counts[kind] - sum(each.kind == kind for each in findings)
        if more:
            yield f"{what}: {sentence_of(Finding('more_findings', facts={'more': more}), cameras)}"


def _one_line(text: str) -> str:
    """A note's line holds no control character: a file's name may hold any."""
    return "".join(each if each.isprintable() else "�" for each in text)
