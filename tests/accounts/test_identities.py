"""Links to an organisation's own sign-in: one account an identity, ended with the person, unnamed in entries."""

from __future__ import annotations

import argparse
from dataclasses import replace
from types import ModuleType

import pytest
from pytest_django import Settings

from accounts.cast import NOW, account_of
from haidang.accounts.actions import link_identity, record_failed_identity, unlink_identity
from haidang.accounts.actions.account import end_live
from haidang.accounts.models import Account, Alert, ExternalIdentity
from haidang.accounts.queries import identities_of, identity_of
from haidang.audit.models import Entry
from haidang.cli.commands import account as account_cli
from haidang.core.errors import Conflict, InvalidInput, NotFound
from haidang.core.settings import OidcSettings

pytestmark = pytest.mark.usefixtures("policy", "home")

UNIT, PROVIDER, SUBJECT = "ca-phu-cat", "cong-an", "0d5c-an"


def opened(subject: str = SUBJECT, provider: str = PROVIDER) -> Account | None:
    found = identity_of(provider, subject)
    return None if found is None else found.account


def test_a_link_opens_its_account_at_its_provider_alone() -> None:
    account = account_of(UNIT)
    link_identity(account, PROVIDER, SUBJECT, now=NOW, actor='Account::"ca-phu-cat"')
    assert opened() == account
    assert opened(provider="khac") is None
    assert opened(SUBJECT.upper()) is None, "to the letter"
    assert list(identities_of(account)) == [PROVIDER]


def test_an_identity_opens_one_account() -> None:
    link_identity(account_of(UNIT), PROVIDER, SUBJECT, now=NOW)
    other = account_of(UNIT, username="khac")
    with pytest.raises(Conflict) as caught:
        link_identity(other, PROVIDER, SUBJECT, now=NOW)
    assert caught.value.code == "identity_taken"
    assert identities_of(other) == {}


def test_an_account_has_one_identity_of_a_provider() -> None:
    account = account_of(UNIT)
    first = link_identity(account, PROVIDER, SUBJECT, now=NOW)
    assert link_identity(account, PROVIDER, SUBJECT, now=NOW) == first, "again changes nothing"
    with pytest.raises(Conflict) as caught:
        link_identity(account, PROVIDER, "another", now=NOW)
    assert caught.value.code == "identity_exists"
    link_identity(account, "khac", "another", now=NOW)


@pytest.mark.parametrize("subject", ["", "x" * 256])
def test_a_subject_is_there_and_fits(subject: str) -> None:
    with pytest.raises(InvalidInput):
        link_identity(account_of(UNIT), PROVIDER, subject, now=NOW)


def test_a_duty_screens_account_is_linked_to_nobody() -> None:
    account = account_of(UNIT)
    Account.objects.filter(pk=account.pk).update(kind="terminal")
    with pytest.raises(InvalidInput):
        link_identity(Account.objects.get(pk=account.pk), PROVIDER, SUBJECT, now=NOW)


def test_an_ended_link_opens_nothing_and_may_be_made_anew_by_another() -> None:
    account = account_of(UNIT)
    unlink_identity(link_identity(account, PROVIDER, SUBJECT, now=NOW), now=NOW)
    assert opened() is None
    link_identity(account_of(UNIT, username="khac"), PROVIDER, SUBJECT, now=NOW)
    assert ExternalIdentity.objects.count() == 2, "what was stays written"


def test_who_leaves_the_unit_or_the_account_leaves_the_links_behind() -> None:
    account = account_of(UNIT)
    link_identity(account, PROVIDER, SUBJECT, now=NOW)
    end_live("signed_out", NOW, account=account)
    assert opened() == account, "signing out is not leaving"
    end_live("transferred", NOW, tokens=True, account=account)
    assert opened() is None


def test_the_person_is_told_and_of_the_hosts_act_the_managers_too() -> None:
    account = account_of(UNIT)
    link_identity(account, PROVIDER, SUBJECT, now=NOW, actor='Account::"ca-phu-cat"')
    assert set(Alert.objects.values_list("kind", "audience")) == {("identity_linked", "person")}
    link_identity(account_of(UNIT, username="khac"), PROVIDER, "khac", now=NOW)
    assert ("host_account", "managers") in set(Alert.objects.values_list("kind", "audience"))


def test_what_the_organisation_calls_a_person_is_in_no_entry() -> None:
    identity = link_identity(account_of(UNIT), PROVIDER, SUBJECT, now=NOW)
    unlink_identity(identity, now=NOW)
    record_failed_identity(PROVIDER, None, now=NOW)
    entries = Entry.objects.filter(action__in=["link_identity", "unlink_identity", "login"])
    assert entries.count() == 3
    assert SUBJECT not in "".join(f"{entry.actor}{entry.resource}{entry.facts}" for entry in entries)
    refused = entries.get(action="login")
    assert (refused.resource, refused.decision) == ('Account::"?"', "deny")


def test_the_host_links_to_providers_of_the_settings_and_ends_it(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    known = OidcSettings(PROVIDER, "Công an tỉnh", "https://sso.vn", "hd", "secrets/x")
    settings.HAIDANG_SETTINGS = replace(settings.HAIDANG_SETTINGS, oidc=(known,))
    account = account_of(UNIT)
    said(account_cli, "link", UNIT, "--provider", PROVIDER, "--subject", SUBJECT)
    assert opened() == account
    said(account_cli, "unlink", UNIT, "--provider", PROVIDER)
    assert opened() is None
    assert SUBJECT not in capsys.readouterr().out
    with pytest.raises(NotFound) as caught:
        said(account_cli, "link", UNIT, "--provider", "khac", "--subject", SUBJECT)
    assert caught.value.code == "unknown_provider"
    with pytest.raises(NotFound) as caught:
        said(account_cli, "unlink", UNIT, "--provider", PROVIDER)
    assert caught.value.code == "unknown_identity"


def said(command: ModuleType, *words: str) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    command.arguments(parser)
    assert command.run(parser.parse_args(words)) == 0
