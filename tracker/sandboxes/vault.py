"""What must not be readable: credentials, passphrases, secret outputs and states, sealed by a key from the environment.

A sealed text names the key that sealed it, so that keys can be changed while old texts still open; `cloudsteps rotate-keys`
seals everything anew. What it belongs to is part of the seal: a text moved to another row does not open.
"""

import base64
import hashlib
import secrets
import zlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from tracker.core.errors import Refused
from tracker.core.settings import Settings
from tracker.core.text import N_

_NONCE = 12
_NAME = 8


class Vault:
    """Seals and opens under the newest of some keys."""

    def __init__(self, keys: list[str]) -> None:
        """Take the keys, the newest first; the others only open."""
        self._ciphers = {name_of(key): _cipher(key) for key in keys}
        self.newest = name_of(keys[0]) if keys else ""

    def seal(self, data: bytes, about: str) -> bytes:
        """Seal bytes for one place; refuse where no key is set."""
        if not self.newest:
            raise Refused(N_("CLOUDSTEPS_VAULT_KEY is not set, so nothing secret can be kept. Ask the administrator."))
        nonce = secrets.token_bytes(_NONCE)
        return self.newest.encode() + nonce + self._ciphers[self.newest].encrypt(nonce, data, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """Open what was sealed for this place."""
        name, nonce = sealed[:_NAME].decode("ascii", "replace"), sealed[_NAME : _NAME + _NONCE]
        try:
            return self._ciphers[name].decrypt(nonce, sealed[_NAME + _NONCE :], about.encode())
        except (KeyError, InvalidTag):
            raise Refused(
                N_("A secret was sealed by a key that is not here any more. Ask the administrator for the old key.")
            ) from None

    def key_of(self, sealed: bytes) -> str:
        """Name the key that sealed something."""
        return sealed[:_NAME].decode("ascii", "replace")


def name_of(key: str) -> str:
    """Name a key by a digest that tells nothing of it."""
    return hashlib.sha256(b"cloudsteps vault name\0" + key.encode()).hexdigest()[:_NAME]


@lru_cache(maxsize=8)
def _cipher(key: str) -> AESGCM:
    # The key is long and drawn by chance (its length is checked with the settings), so that no slow derivation is needed.
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"cloudsteps vault").derive(key.encode()))


def current() -> Vault:
    """Give the vault of this app's settings."""
    settings: Settings = current_app.config["SETTINGS"]
    return Vault([key for key in (settings.vault_key, *settings.vault_old_keys.split(",")) if key.strip()])


def seal_text(text: str, about: str) -> str:
    """Seal a text for a column of text."""
    return base64.b64encode(current().seal(text.encode(), about)).decode()


def open_text(sealed: str, about: str) -> str:
    """Open what `seal_text` gave."""
    return current().open(base64.b64decode(sealed), about).decode()


def seal_pack(data: bytes, about: str) -> bytes:
    """Compress and seal what is large."""
    return current().seal(zlib.compress(data), about)


def open_pack(sealed: bytes, about: str) -> bytes:
    """Open what `seal_pack` gave."""
    return zlib.decompress(current().open(sealed, about))


def sealed_anew(sealed: str | bytes, about: str, *, is_text: bool) -> str | bytes | None:
    """Seal what is sealed by the newest key; None where it is already."""
    vault = current()
    raw = base64.b64decode(sealed) if is_text else bytes(sealed)  # type: ignore[arg-type]  # bytes where it is no text
    if vault.key_of(raw) == vault.newest:
        return None
    fresh = vault.seal(vault.open(raw, about), about)
    return base64.b64encode(fresh).decode() if is_text else fresh
