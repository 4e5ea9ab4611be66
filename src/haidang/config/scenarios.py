"""Scripted cases, played end to end without a browser: ``haidang demo --scenario NAME --out DIR``.

Each takes the product's own doors, as people of the demonstration would, and leaves what people would hold in their
hands beside ``result.json``: every step, what was expected and what was found. Importing this sets Django up.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.accounts.factors import step_of, totp_code
from haidang.config import commands
from haidang.config.policy_commands import Person
from haidang.config.scenario_attacks import ATTACKS
from haidang.config.scenario_tamper import TamperedHost
from haidang.core.errors import Denied
from haidang.core.host import DEMO_ACCOUNTS
from haidang.host.clock import wall_clock
from haidang.reconcile.run import Outcome

__all__ = ["SCENARIOS", "play"]

_OPERATOR = "vien-thong-binh-dinh"
_DOCUMENT = "Quyết định ví dụ về chuyển giao quyền năm 2025 (minh họa)"


@dataclass(frozen=True, slots=True)
class Step:
    """What was done or asked, and whether it came out as the notice says."""

    step: str
    expected: str
    found: str
    held: bool


@dataclass(slots=True)
class Case:
    """A scenario while it plays: its demonstration host, its papers, its steps."""

    home: Path
    out: Path
    steps: list[Step] = field(default_factory=list)

    def check(self, step: str, *, expected: object, found: object) -> None:
        self.steps.append(Step(step, str(expected), str(found), expected == found))

    def paper(self, name: str, lines: list[str]) -> None:
        (self.out / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def person(self, account: str, *, later: int = 0) -> Person:
        """Somebody of the demonstration, with password and a code: of now, or so many steps later."""
        listed = json.loads((self.home / DEMO_ACCOUNTS).read_text(encoding="utf-8"))
        entry = next(each for each in listed if each["account"] == account)
        secret = entry["totp_secret"] or ""
        return Person(account, entry["password"], _code(secret, later) if secret else "")


def reorganisation(case: Case) -> None:
    """The 2025 reorganisation: district police end, nobody follows by itself, a transfer takes two people."""
    after = settings.HAIDANG_POLICIES / "gia-lai-2025"
    plan = commands.plan_policy(after)
    case.paper("phuong-an-thay-doi.txt", [f"{line.mark} {line.text}" for line in plan])
    case.check("the plan tells what widens and what narrows", expected={True, False}, found={e.widens for e in plan})
    applied = commands.apply_policy(after, document=_DOCUMENT, by=case.person(_OPERATOR))
    case.check("what widens waits for a second person", expected="proposed", found=applied.state)
    proposer = case.person(_OPERATOR, later=1)
    case.check("its proposer cannot agree to it", expected="own_proposal", found=_agreeing(applied.change, proposer))
    case.check("until then nothing has changed", expected=["ca-hoai-nhon"], found=_police("2025-03-01"))
    second = case.person("vp-ubnd")
    case.check("another unit's person agrees", expected="applied", found=_agreeing(applied.change, second))
    for day, expected in (
        ("2025-02-28", ["ca-hoai-nhon"]),
        ("2025-03-01", []),
        ("2025-03-10", ["ca-tam-quan-bac"]),
        ("2025-07-01", ["ca-hoai-nhon-bac"]),
    ):
        case.check(f"police who see Tam Quan on {day}", expected=expected, found=_police(day))
        holders = commands.who("tam-quan", "view_live", on=day)
        case.paper(f"ai-co-quyen-{day}.txt", [f"{h.name}: {h.clause}, {h.document}" for h in holders])
    for day, allowed in (("2025-02-28", True), ("2025-03-01", False)):
        verdict = commands.can("ca-hoai-nhon", "view_live", "tam-quan-1", on=day)
        case.check(f"their account on {day}: {verdict.sentence}", expected=allowed, found=verdict.allowed)


def tamper(case: Case) -> None:
    """A camera recorded, logged and cosigned; then each thing that root could do to it, named by reconciliation."""
    host = TamperedHost(case.home)
    host.record_and_log()
    untouched = host.reconcile()
    case.check("a host that nobody touched is whole", expected=[], found=_wrong(untouched))
    case.paper("bien-ban-00.txt", host.minutes(0, untouched).splitlines())
    for number, attack in enumerate(ATTACKS, 1):
        with attack.does(host):
            outcome = host.reconcile()
        case.check(attack.name, expected=sorted(attack.kinds), found=_wrong(outcome))
        case.paper(f"bien-ban-{number:02}.txt", host.minutes(number, outcome).splitlines())


def _wrong(outcome: Outcome) -> list[str]:
    return sorted({each.kind for each in outcome.findings if each.wrong})


SCENARIOS: Mapping[str, Callable[[Case], None]] = {"reorganisation": reorganisation, "tamper": tamper}


def play(name: str, out: Path) -> bool:
    """Play one on a fresh demonstration in ``out/host`` (``HAIDANG_DIR``), write ``result.json``; whether all held."""
    home = out / "host"
    commands.prepare(home)
    cameras = [
        commands.DemoCamera(f"{site}-1", site, "Luồng vào", "rtsp://127.0.0.1:9/main", "rtsp://127.0.0.1:9/sub")
        for site in ("quy-nhon", "de-gi", "tam-quan")
    ]
    commands.demo_setup(home, cameras)
    case = Case(home, out)
    SCENARIOS[name](case)
    held = all(step.held for step in case.steps)
    result = {"scenario": name, "held": held, "steps": [asdict(step) for step in case.steps]}
    (out / "result.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return held


def _code(secret: str, later: int) -> str:
    return totp_code(base64.b32decode(secret), step_of(wall_clock()) + later)


def _agreeing(change: int, by: Person) -> str:
    """The change's state afterwards, or why not."""
    try:
        return commands.approve_policy(change, by=by).state
    except Denied as error:
        return error.code


def _police(day: str) -> list[str]:
    return sorted({h.unit for h in commands.who("tam-quan", "view_live", on=day) if h.unit.startswith("ca-")})
