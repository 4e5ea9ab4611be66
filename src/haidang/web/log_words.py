"""How this host's logs stand with their witnesses, and copies with their store, in words; quiet while all is well."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.audit import reconciliations
from haidang.core.errors import CorruptData
from haidang.core.host import LOG_STANDING, STAMP_STANDING
from haidang.core.log_standing import LogStanding, WitnessStanding, parse_standing
from haidang.core.stamp_standing import parse_stamps
from haidang.core.units import WallUs
from haidang.footage.queries import replica_counts
from haidang.host.signers import LOGS
from haidang.web.disk_words import HostWarning
from haidang.web.finding_texts import instant_text

__all__ = ["LOG_NAMES", "LogLine", "log_lines", "log_warnings"]

#: The keeper says it every ten seconds.
_STALE_US = 5 * 60 * 1_000_000
LOG_NAMES: dict[str, str | Promise] = {"record": lazy("Nhật ký ghi hình"), "acts": lazy("Nhật ký hoạt động")}
_PROBLEMS: dict[str, str | Promise] = {
    "away": lazy(
        "%(log)s: bên chứng kiến %(witness)s không trả lời từ %(since)s. Ghi hình vẫn tiếp tục; trích xuất phải chờ."
    ),
    "refused": lazy("%(log)s: bên chứng kiến %(witness)s từ chối xác nhận từ %(since)s (%(detail)s)."),
    "contradiction": lazy(
        "%(log)s: BÁO ĐỘNG: bên chứng kiến %(witness)s đã thấy một nội dung khác từ %(since)s; "
        "nhật ký có thể đã bị viết lại."
    ),
    "rolled_back": lazy(
        "%(log)s: BÁO ĐỘNG: bên chứng kiến %(witness)s đã thấy nhiều bản ghi hơn từ %(since)s; "
        "nhật ký có thể đã bị đưa về trạng thái cũ."
    ),
    "clock": lazy("%(log)s: đồng hồ máy chủ khác với bên chứng kiến %(witness)s từ %(since)s (%(detail)s)."),
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One log in figures. ``cosigned_at`` "" where nobody has cosigned; ``stamped_at`` "" where nobody has stamped."""

    name: str
    origin: str
    size: int
    cosigned_size: int
    cosigned_at: str
    stamped_at: str
    witnesses: tuple[str, ...]


def log_lines(home: Path) -> list[LogLine]:
    """What the keeper said last of each log."""
    stamps = _stamps(home)
    found = []
    for name in LOGS:
        standing = _standing(home, name)
        if standing is not None:
            cosigned_s = max((each.cosigned_s for each in standing.witnesses), default=0)
            found.append(
                LogLine(
                    str(LOG_NAMES[name]), standing.origin, standing.size, standing.cosigned_size,
                    instant_text(WallUs(cosigned_s * 1_000_000)) if cosigned_s else "",
                    stamps.get(name, ""), tuple(each.name for each in standing.witnesses),
                )
            )  # fmt: skip
    return found


def log_warnings(home: Path, *, now: WallUs) -> list[HostWarning]:
    """What somebody must look at, the worst first."""
    found = [warning for name in LOGS for warning in _warnings(home, name, now)]
    for run in reconciliations.standing():
        values = {"number": run.pk, "wrong": run.wrong, "at": instant_text(WallUs(run.finished_at or 0))}
        sentence = _("Đối soát số %(number)s (%(at)s) phát hiện %(wrong)s sai lệch.") % values
        found.append(HostWarning("refused", sentence))
    failed = replica_counts().failed
    if failed:
        found.append(
            HostWarning("refused", _("%(count)s tệp ghi hình chưa sao được sang kho khóa.") % {"count": failed})
        )
    return sorted(found, key=lambda each: each.kind != "refused")


def _warnings(home: Path, name: str, now: WallUs) -> list[HostWarning]:
    log = {"log": str(LOG_NAMES[name])}
    standing = _standing(home, name)
    if standing is None:
        return []  # a host that was only just made
    if standing.error:
        values = {**log, "since": instant_text(standing.error_since_us), "code": standing.error}
        sentence = _("%(log)s: BÁO ĐỘNG: không ghi tiếp được từ %(since)s (%(code)s). Chạy haidang check.") % values
        return [HostWarning("refused", sentence)]
    if now - standing.at_us > _STALE_US:
        return [HostWarning("refused", _("%(log)s không được cập nhật; kiểm tra tiến trình keeper.") % log)]
    if not standing.witnesses:
        sentence = _("%(log)s: chưa có bên chứng kiến; không ai ngoài máy chủ này xác nhận được.") % log
        return [HostWarning("decide", sentence)]
    return [_of_witness(each, log) for each in standing.witnesses if each.problem]


def _of_witness(witness: WitnessStanding, log: dict[str, str]) -> HostWarning:
    values = {**log, "witness": witness.name, "since": instant_text(witness.since_us), "detail": witness.detail}
    kind = "decide" if witness.problem == "away" else "refused"
    return HostWarning(kind, str(_PROBLEMS[witness.problem]) % values)


def _standing(home: Path, name: str) -> LogStanding | None:
    try:
        return parse_standing((home / LOG_STANDING / f"{name}.json").read_bytes())
    except (OSError, CorruptData):
        return None


def _stamps(home: Path) -> dict[str, str]:
    try:
        stamps = parse_stamps((home / STAMP_STANDING).read_bytes())
    except (OSError, CorruptData):
        return {}
    return {log: instant_text(each.stamped_us) for log, each in stamps.items() if each.stamped_us}
