"""A token in software (SoftHSM 2, of the test packages), in a folder of its own: taken out by moving the folder."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism
from pkcs11.util.ec import encode_named_curve_parameters

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN, OFFICER_PIN = "739164208", "5550001111"


@dataclass(frozen=True)
class SoftToken:
    """Its configuration must be in the environment as ``SOFTHSM2_CONF``."""

    folder: Path
    label: str = "hai-dang"

    @property
    def configuration(self) -> Path:
        return self.folder / "softhsm2.conf"

    @property
    def _tokens(self) -> Path:
        return self.folder / "tokens"

    def make(self) -> None:
        self._tokens.mkdir(parents=True)
        self.configuration.write_text(f"directories.tokendir = {self._tokens}\nlog.level = ERROR\n")
        tool = ["softhsm2-util", "--init-token", "--free", "--label", self.label]
        subprocess.run([*tool, "--so-pin", OFFICER_PIN, "--pin", PIN], check=True, capture_output=True, timeout=30)

    def add_key(self, label: str, *, curve: str = "1.3.101.112", extractable: bool = False) -> None:
        """A pair made on the token, as ``pkcs11-tool --keypairgen`` does; the curve is Ed25519."""
        edwards = curve == "1.3.101.112"
        kind = KeyType.EC_EDWARDS if edwards else KeyType.EC
        mechanism = Mechanism.EC_EDWARDS_KEY_PAIR_GEN if edwards else Mechanism.EC_KEY_PAIR_GEN
        library = pkcs11.lib(MODULE)
        library.reinitialize()  # whatever a test before has left open
        try:
            session = library.get_token(token_label=self.label).open(user_pin=PIN, rw=True)
            curve_of = {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
            session.create_domain_parameters(kind, curve_of, local=True).generate_keypair(
                mechanism=mechanism, store=True, label=label, private_template={Attribute.EXTRACTABLE: extractable}
            )
        finally:
            library.finalize()

    def take_out(self) -> None:
        self._tokens.rename(self.folder / "away")

    def put_back(self) -> None:
        (self.folder / "away").rename(self._tokens)

    def settings(self, key: str) -> str:
        return f'[log]\npkcs11_module = "{MODULE}"\npkcs11_token = "{self.label}"\npkcs11_key = "{key}"\n'
