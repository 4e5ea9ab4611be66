"""The witness's page: how each log stands, in Vietnamese; calm while all is well. No script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from haidang.core.tlog.notes import Key
from haidang.witness.alarm_words import advice, moment, said
from haidang.witness.alarms import SETTLED_BY_HAND
from haidang.witness.notebook import Alarm
from haidang.witness.watch import LogState

__all__ = ["status_page"]

_STYLE = """
:root{color-scheme:light dark;--ground:#f6f5f2;--card:#fff;--text:#1d242b;--muted:#5a6672;--line:#d9dcdf;
--good:#1f6f4a;--bad:#a1261c;--bad-ground:#fdf1ef}
@media(prefers-color-scheme:dark){:root{--ground:#12171c;--card:#1a2127;--text:#e6eaee;--muted:#9aa7b3;--line:#2e3840;
--good:#6cc79b;--bad:#f08a7f;--bad-ground:#2a1a19}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);
font:16px/1.5 system-ui,Roboto,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:64rem;margin:0 auto;padding:2rem 1.25rem 3rem}h1{font-size:1.5rem;margin:0 0 .25rem}
h2{font-size:1.05rem;margin:0 0 .25rem;overflow-wrap:anywhere}p{margin:.25rem 0;max-width:76ch}
.nowrap{white-space:nowrap}
.muted{color:var(--muted)}.key{font:.8125rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
.state{max-width:none;
margin:1.5rem 0;padding:1rem 1.25rem;border-radius:.5rem;background:var(--card);border:1px solid var(--line);
border-inline-start:4px solid var(--good);font-size:1.125rem;font-weight:600}
.alarms{list-style:none;margin:1.5rem 0;padding:0;display:grid;gap:.75rem}
.alarms li{min-inline-size:0;overflow-wrap:anywhere;padding:1rem 1.25rem;border-radius:.5rem;
background:var(--bad-ground);border:1px solid var(--line);border-inline-start:4px solid var(--bad)}
.alarms strong{display:block;color:var(--bad);font-size:1.0625rem}
.logs{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr))}
.logs section{padding:1.25rem;border-radius:.5rem;background:var(--card);border:1px solid var(--line)}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.375rem 1rem;margin:.75rem 0 0}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}.past{margin-top:2rem}.past ul{padding-inline-start:1.25rem}
@media(max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}main{padding-top:1.25rem}}
"""
_ANSWERS = {
    "": "chờ trả lời", "ok": "nguyên vẹn", "changed": "bị thay đổi", "missing": "không còn",
    "expired": "đã hết hạn lưu", "lied": "trả lời sai",
}  # fmt: skip


def status_page(
    name: str, key: Key, alarms: Sequence[Alarm], past: Sequence[Alarm], logs: Sequence[LogState], *, now_s: int,
    note: str = "",
) -> str:  # fmt: skip
    """The whole page. ``past``: the last alarms that have ended."""
    state = _alarms(alarms) if alarms else '<p class="state">Bình thường: không có báo động.</p>'
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="15">'
        f"<title>{_title(alarms)} · Bên chứng kiến</title><style>{_STYLE}</style></head><body><main>"
        f'<h1>Bên chứng kiến {escape(name)}</h1><p class="muted">Lúc {moment(now_s)}, tự cập nhật.</p>'
        f"{f'<p>{escape(note)}</p>' if note else ''}"
        f'{state}<div class="logs">{"".join(map(_log, logs))}</div>{_past(past)}'
        f'<p class="muted past">Khóa của bên chứng kiến</p><p class="key">{escape(str(key))}</p></main></body></html>'
    )


def _title(alarms: Sequence[Alarm]) -> str:
    return f"{len(alarms)} báo động" if alarms else "Bình thường"


def _alarms(alarms: Sequence[Alarm]) -> str:
    return f'<ul class="alarms" role="alert">{"".join(map(_alarm, alarms))}</ul>'


def _alarm(alarm: Alarm) -> str:
    number = f" Số {alarm.id}." if alarm.kind in SETTLED_BY_HAND else ""
    return (
        f"<li><strong>{escape(said(alarm))}</strong>"
        f'<p class="muted">Từ {moment(alarm.since_s)}. {escape(_short(alarm.origin))}.{number}</p>'
        f"<p>{escape(advice(alarm))}</p></li>"
    )


def _log(log: LogState) -> str:
    facts = [("Theo dõi từ", moment(log.since_s))]
    if log.latest is None:
        facts.append(("Đồng xác nhận", "chưa có"))
    else:
        facts += [("Số bản ghi", _number(log.latest.size)), ("Đồng xác nhận", moment(log.latest.time_s))]
    facts.append(("Bản sao", "không có" if log.mirrored is None else f"{_number(log.mirrored)} bản ghi"))
    if log.answers:
        pieces = [f'<span class="nowrap">{_number(n)} {_ANSWERS[each]}</span>' for each, n in log.answers.items()]
        facts.append(("Mẫu kiểm tra", ", ".join(pieces)))
    if log.evidence:
        facts.append(("Bằng chứng lưu giữ", _number(log.evidence)))
    if log.latest is not None:
        facts.append(("Gốc cây", f'<span class="key">{log.latest.root.hex()}</span>'))
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    name = _short(log.origin)
    origin = "" if name == log.origin else f'<p class="key muted">{escape(log.origin)}</p>'
    return f"<section><h2>{escape(name)}</h2>{origin}<dl>{rows}</dl></section>"


def _past(alarms: Sequence[Alarm]) -> str:
    if not alarms:
        return ""
    lines = "".join(
        f"<li>{escape(said(each))} · {escape(_short(each.origin))}: {moment(each.since_s)} đến "
        f"{moment(each.ended_s or each.since_s)}{escape(f' · {each.note}' if each.note else '')}</li>"
        for each in alarms
    )
    return f'<section class="past"><h2>Báo động đã kết thúc</h2><ul class="muted">{lines}</ul></section>'


def _short(origin: str) -> str:
    """What a log of ours is a log of; another's is called by its name."""
    names = {"record": "Nhật ký ghi hình", "acts": "Nhật ký hoạt động"}
    return names.get(origin.rpartition("/")[2], origin)


def _number(number: int) -> str:
    return f"{number:,}".replace(",", ".")
