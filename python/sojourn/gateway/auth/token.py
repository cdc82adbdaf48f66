"""Tokens: what a bearer shows, and what is kept of it."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import msgspec

from sojourn.gateway.auth.scope import Scope  # noqa: TC001 -- msgspec reads annotations when it runs

PREFIX = "sojourn"
ID_BYTES = 5
# 256 bits from the system's source: nobody guesses them, so that one round of a hash is enough.
SECRET_BYTES = 32


class Token(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of a token.

    Attributes:
        id: Its identity, which is also its beginning.
        hash: SHA-256 of its secret, in hexadecimal.
        scopes: What it allows.
        made_at: When it was made, in seconds since 1970.
        expires_at: From when on it is none; None: never.
        note: Whose it is or what for.
    """

    id: str
    hash: str
    scopes: tuple[Scope, ...]
    made_at: float
    expires_at: float | None = None
    note: str = ""

    def valid(self, now: float) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or now < self.expires_at


def new_token(
    scopes: tuple[Scope, ...], now: float, expires_at: float | None = None, note: str = ""
) -> tuple[str, Token]:
    """A token's text, which nobody can tell again, and what is kept of it."""
    name, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    kept = Token(id=name, hash=hash_of(secret), scopes=scopes, made_at=now, expires_at=expires_at, note=note)
    return f"{PREFIX}_{name}_{secret}", kept


def parts_of(text: str) -> tuple[str, str]:
    """Identity and secret of a token's text; of what is none, two that fit no token."""
    prefix, _, rest = text.partition("_")
    name, _, secret = rest.partition("_")
    return (name, secret) if prefix == PREFIX and secret else ("", "")


def fits(token: Token, secret: str) -> bool:
    """Whether a secret is the token's; the time that this takes tells nothing of it."""
    return hmac.compare_digest(hash_of(secret), token.hash)


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()
