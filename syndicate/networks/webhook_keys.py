"""The keys of Standard Webhooks: shared ones (``v1``, HMAC-SHA256) and pairs (``v1a``, ed25519).

Which kind a text is, its prefix says: ``whsec_`` a shared secret, ``whsk_`` a secret key, ``whpk_``
the public key that belongs to it.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md,
"Signature scheme".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

SHARED, SECRET, PUBLIC = "whsec_", "whsk_", "whpk_"
_SHORTEST, _LONGEST = 24, 64
"""The length of a shared secret in bytes, by the specification."""
_SEED = 32
"""The length of an ed25519 seed and of a public key (RFC 8032, section 5.1.5)."""
_ADVICE = (
    f"expected {SHARED} and {_SHORTEST} to {_LONGEST} bytes in base64, or {SECRET} and an ed25519 "
    "key; make one with: syndicate webhook keygen"
)


@dataclass(frozen=True, slots=True)
class SharedKey:
    """What sender and receiver both know."""

    raw: bytes = field(repr=False)
    scheme = "v1"
    kind = "shared secret"

    def __str__(self) -> str:
        return SHARED + base64.b64encode(self.raw).decode()

    def sign(self, content: bytes) -> bytes:
        """Give the HMAC-SHA256 of the content."""
        return hmac.digest(self.raw, content, hashlib.sha256)

    def fits(self, content: bytes, signature: bytes) -> bool:
        """Tell whether a signature is of this key and content, in the same time for all."""
        return hmac.compare_digest(self.sign(content), signature)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a receiver knows of a pair: enough to verify, not to sign."""

    raw: bytes
    scheme = "v1a"
    kind = "public key"

    def __str__(self) -> str:
        return PUBLIC + base64.b64encode(self.raw).decode()

    def fits(self, content: bytes, signature: bytes) -> bool:
        """Tell whether a signature is of this pair and content."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SecretKey:
    """The half of a pair that only the sender has."""

    seed: bytes = field(repr=False)
    scheme = "v1a"
    kind = "secret key"

    def __str__(self) -> str:
        # Seed and public key together, as libsodium has a secret key and other senders write it.
        return SECRET + base64.b64encode(self.seed + self.public.raw).decode()

    @property
    def public(self) -> PublicKey:
        """The other half."""
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

        pair = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
        return PublicKey(pair.public_key().public_bytes_raw())

    def sign(self, content: bytes) -> bytes:
        """Give the ed25519 signature of the content."""
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

        return ed25519.Ed25519PrivateKey.from_private_bytes(self.seed).sign(content)

    def fits(self, content: bytes, signature: bytes) -> bool:
        """Tell whether a signature is of this pair and content."""
        return self.public.fits(content, signature)


def signing_key(text: str) -> SharedKey | SecretKey:
    """Read a key that signs.

    Raises:
        ValueError: it is none; the message does not repeat it.
    """
    if text.startswith(PUBLIC):
        raise ValueError(f"this is a public key, which receivers have; {_ADVICE}")
    raw = _decode(text.partition("_")[2])
    if text.startswith(SHARED) and _SHORTEST <= len(raw) <= _LONGEST:
        return SharedKey(raw)
    if text.startswith(SECRET) and len(raw) in {_SEED, 2 * _SEED}:
        key = SecretKey(raw[:_SEED])
        if raw[_SEED:] not in {b"", key.public.raw}:
            raise ValueError(f"the two halves of the {SECRET} key do not belong together")
        return key
    raise ValueError(_ADVICE)


def verifying_key(text: str) -> SharedKey | SecretKey | PublicKey:
    """Read a key that verifies, as all of them do.

    Raises:
        ValueError: it is none; the message does not repeat it.
    """
    if not text.startswith(PUBLIC):
        return signing_key(text)
    raw = _decode(text.removeprefix(PUBLIC))
    if len(raw) != _SEED:
        raise ValueError(f"expected {PUBLIC} and {_SEED} bytes in base64")
    return PublicKey(raw)


def new_shared() -> SharedKey:
    """Make a shared secret."""
    return SharedKey(os.urandom(_SEED))


def new_pair() -> SecretKey:
    """Make a pair."""
    return SecretKey(os.urandom(_SEED))


def signed_headers(
    keys: Iterable[SharedKey | SecretKey], number: str, now: datetime, body: bytes
) -> dict[str, str]:
    """Give the three headers of a signed event, with a signature by each of the keys."""
    seconds = str(int(now.timestamp()))
    content = signed_content(number, seconds, body)
    signatures = (f"{key.scheme},{base64.b64encode(key.sign(content)).decode()}" for key in keys)
    return {
        "webhook-id": number,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signatures),
    }


def signed_content(number: str, seconds: str, body: bytes) -> bytes:
    """Give what is signed."""
    return f"{number}.{seconds}.".encode() + body


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # not base64, or not even ASCII
        return b""
