"""tlog-policy (C2SP): which logs and witnesses a verifier trusts, and how many of them must have spoken.

Law: a policy is the verifier's own; the copy inside a bundle is read for show and trusted for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from haidang.core.errors import CorruptData, InvalidInput
from haidang.core.tlog.notes import COSIGNATURE, ED25519, Key, Opened, key_of, open_note

__all__ = ["Log", "Policy", "Standing", "Witness", "policy_of"]

_NONE = "none"
_MOST = 128


@dataclass(frozen=True, slots=True)
class Log:
    key: Key
    url: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """``name`` is the policy's own word for it."""

    name: str
    key: Key
    url: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a checkpoint's quorum is met, and which witnesses said so at which times (s since 1970), by name."""

    met: bool
    witnessed: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """``groups``: name -> how many of which members. ``quorum`` "none" asks for no witness."""

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str

    def open(self, note: bytes) -> Opened:
        """A checkpoint note that a trusted log signed. Raises CorruptData (``unsigned`` where none did)."""
        opened = open_note(note, [*(log.key for log in self.logs), *(witness.key for witness in self.witnesses)])
        origin = opened.text.partition("\n")[0]
        logs = {log.key for log in self.logs if log.key.name == origin}
        if not any(each.key in logs for each in opened.verified):
            raise CorruptData(f"no trusted log {origin!r} has signed the checkpoint", code="unsigned")
        return opened

    def standing(self, opened: Opened) -> Standing:
        """How a checkpoint that a trusted log signed stands with the witnesses."""
        times = {each.key: each.time_s for each in opened.verified}
        spoken = {witness.name: times[witness.key] for witness in self.witnesses if witness.key in times}
        return Standing(self._met(self.quorum, spoken.keys()), tuple(sorted(spoken.items())))

    def _met(self, name: str, spoken: Iterable[str]) -> bool:
        if name == _NONE:
            return True
        if name not in self.groups:
            return name in spoken
        least, members = self.groups[name]
        return sum(self._met(member, spoken) for member in members) >= least


def policy_of(text: str) -> Policy:
    """A policy read. Raises InvalidInput (``tlog_policy``) with the line that is wrong."""
    return _Reader().read(text)


class _Reader:
    """One line after another; what a line names must stand above it."""

    def __init__(self) -> None:
        self._logs: list[Log] = []
        self._witnesses: list[Witness] = []
        self._groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._free: set[str] = set()
        self._quorum = ""

    def read(self, text: str) -> Policy:
        for number, line in enumerate(text.split("\n"), 1):
            if any((ord(each) < 0x20 and each != "\t") or each == "\x7f" for each in line):
                raise self._wrong(number, "a control character")
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if words and not words[0].startswith("#"):
                self._line(number, words)
        if not self._quorum:
            raise InvalidInput("the policy has no quorum line", code="tlog_policy")
        return Policy(tuple(self._logs), tuple(self._witnesses), self._groups, self._quorum)

    def _line(self, number: int, words: list[str]) -> None:
        if len(self._logs) + len(self._witnesses) + len(self._groups) > _MOST:
            raise self._wrong(number, f"more than {_MOST} logs, witnesses and groups")
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                key = self._key(number, vkey, ED25519, [log.key for log in self._logs])
                self._logs.append(Log(key, *url))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                key = self._key(number, vkey, COSIGNATURE, [witness.key for witness in self._witnesses])
                self._witnesses.append(Witness(self._new(number, name), key, *url))
            case ["group", name, least, *members] if members:
                self._group(number, name, least, members)
            case ["quorum", name] if not self._quorum:
                if name != _NONE and name not in self._named():
                    raise self._wrong(number, f"{name!r} is defined nowhere above")
                self._quorum = name
            case _:
                raise self._wrong(number, "log, witness, group or one quorum")

    def _key(self, number: int, vkey: str, kind: int, known: list[Key]) -> Key:
        try:
            key = key_of(vkey)
        except CorruptData as error:
            raise self._wrong(number, str(error)) from error
        # A host's logs share a key and differ by name; a witness that spoke under two names would count twice.
        again = key in known if kind == ED25519 else any(key.public == other.public for other in known)
        if key.kind != kind or again:
            raise self._wrong(number, "a key of another kind, or one that stands above")
        return key

    def _group(self, number: int, name: str, least: str, members: list[str]) -> None:
        if len(set(members)) != len(members) or not set(members) <= self._free:
            raise self._wrong(number, "a member that is defined nowhere above, or in two groups")
        count = {"all": len(members), "any": 1}.get(least)
        if count is None:
            count = int(least) if least.isascii() and least.isdecimal() and not least.startswith("0") else 0
        if not 1 <= count <= len(members):
            raise self._wrong(number, f"{least!r} of {len(members)}")
        self._free -= set(members)
        self._groups[self._new(number, name)] = (count, tuple(members))

    def _new(self, number: int, name: str) -> str:
        if name == _NONE or name in self._named():
            raise self._wrong(number, f"the name {name!r} is taken")
        self._free.add(name)
        return name

    def _named(self) -> set[str]:
        return {witness.name for witness in self._witnesses} | self._groups.keys()

    @staticmethod
    def _wrong(number: int, what: str) -> InvalidInput:
        return InvalidInput(f"line {number} of the policy: {what}", code="tlog_policy")
