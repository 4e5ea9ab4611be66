"""A demonstration's witness: made once, known to its host, found again at another port."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accounts.cast import NOW, account_of
from haidang.accounts.models import ApiToken
from haidang.accounts.queries import credential_of_token
from haidang.cli.programs import programs
from haidang.config.demo_witness import demo_witness
from haidang.config.home import read_settings
from haidang.core.host import DEMO, DEMO_WITNESS, SETTINGS
from haidang.core.settings import Settings
from haidang.core.witnesses import witnesses_of
from haidang.host.signers import LOGS, log_signer
from haidang.witness.setup import read_signer, read_witness

pytestmark = pytest.mark.usefixtures("policy")


@pytest.fixture
def demo(home: Path) -> Path:
    account_of("so-tttt")
    (home / SETTINGS).write_text('[web]\nhost = "127.0.0.1"\n', encoding="utf-8")
    return home


def test_host_and_witness_know_each_other(demo: Path) -> None:
    address = demo_witness(demo, web_port=8000, port=8003)
    settings = read_witness(demo / DEMO_WITNESS)
    (asked,) = witnesses_of(read_settings(demo).log)
    assert asked.key == read_signer(demo / DEMO_WITNESS, settings.name).key
    assert asked.url == address == f"http://127.0.0.1:{settings.port}"
    assert {key.name for key in settings.logs} == {log_signer(demo, log).key.name for log in LOGS}
    assert [mirror.url for mirror in settings.mirrors] == [f"http://127.0.0.1:8000/api/v1/logs/{log}" for log in LOGS]
    token = settings.mirrors[0].token_file.read_text(encoding="ascii")
    assert settings.mirrors[0].token_file.stat().st_mode & 0o077 == 0
    credential = credential_of_token(token, now=NOW, scope="log")
    assert credential is not None
    assert credential.account.username == "so-tttt"


def test_a_second_start_at_another_port_keeps_the_key_and_moves_both(demo: Path) -> None:
    demo_witness(demo, web_port=8000, port=8003)
    before = read_settings(demo).log.witnesses[0].partition(" ")[0]
    demo_witness(demo, web_port=9000, port=9003)
    settings = read_witness(demo / DEMO_WITNESS)
    assert (settings.port, settings.mirrors[1].url) == (9003, "http://127.0.0.1:9000/api/v1/logs/acts")
    assert read_settings(demo).log.witnesses == (f"{before} http://127.0.0.1:9003",)
    assert ApiToken.objects.filter(scope="log").count() == 1


def test_what_somebody_wrote_into_the_settings_stays(demo: Path) -> None:
    (demo / SETTINGS).write_text("[log]\nwitnesses = []\n", encoding="utf-8")
    demo_witness(demo, web_port=8000, port=8003)
    assert (demo / SETTINGS).read_text(encoding="utf-8") == "[log]\nwitnesses = []\n"


def test_only_a_demonstration_runs_a_witness_beside_its_host(demo: Path) -> None:
    demo_witness(demo, web_port=8000, port=8003)
    assert "witness" not in [each.name for each in programs(Settings(), demo)]
    (demo / DEMO).write_text(json.dumps({"rtsp_port": 1, "username": "x", "password_file": "x"}), encoding="utf-8")
    assert "witness" in [each.name for each in programs(Settings(), demo)]
