"""A received event, looked at from all sides: what is right about it, what is wrong, and why.

The rules are those of Standard Webhooks, "Verifying signatures". A library answers yes or no; this
is for a person who wants to know which of the many reasons for a no it is.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from syndicate.networks.webhook_keys import PublicKey, SecretKey, SharedKey, signed_content

Keys = Mapping[str, SharedKey | SecretKey | PublicKey]
"""Keys by what they are called; nobody is told them."""

ID, TIMESTAMP, SIGNATURE, BODY = "webhook-id", "webhook-timestamp", "webhook-signature", "body"
SCHEMES = {SharedKey.scheme, SecretKey.scheme}
_LATEST = 253_402_300_799
"""The last second of the year 9999."""


class Verdict(StrEnum):
    """What a remark says of its subject."""

    RIGHT = "right"
    WRONG = "wrong"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was seen."""

    subject: str
    """A header field, ``body``, or the name of a key."""
    verdict: Verdict
    message: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One of those that the header field lists."""

    number: int
    scheme: str
    data: bytes = b""
    fault: str = ""
    """Why it is none; nothing where it may be one."""

    def __str__(self) -> str:
        return f"signature {self.number}" + (f" ({self.scheme})" if self.scheme else "")


@dataclass(frozen=True, slots=True)
class Request:
    """What a receiver got."""

    headers: Sequence[tuple[str, str]]
    body: bytes

    def field(self, name: str) -> str:
        """Give a header field's value; nothing where it is not there."""
        return next((value for key, value in self.headers if key.lower() == name), "").strip()

    def content(self, body: bytes) -> bytes:
        """Give what has to have been signed, if the body was ``body``."""
        return signed_content(self.field(ID), self.field(TIMESTAMP), body)


def examine(
    request: Request, keys: Keys, now: datetime, tolerance: timedelta
) -> tuple[bool, list[Remark]]:
    """Look at an event.

    Args:
        request: what was received.
        keys: the keys to believe.
        now: the time of the receiver.
        tolerance: how far from it the event's time may be.

    Returns:
        Whether the event is to be believed, and what was seen.
    """
    remarks = [each for name in (ID, TIMESTAMP, SIGNATURE) for each in _present(request, name)]
    if request.field(TIMESTAMP):
        remarks.append(_timely(request.field(TIMESTAMP), now, tolerance))
    fits = False
    if all(request.field(name) for name in (ID, TIMESTAMP, SIGNATURE)):
        signatures = list(_signatures(request.field(SIGNATURE)))
        found = _matches(request.content(request.body), signatures, keys)
        fits = bool(found)
        remarks += _compare(request, signatures, keys, found)
    return fits and not any(each.verdict is Verdict.WRONG for each in remarks), remarks


def _present(request: Request, name: str) -> Iterator[Remark]:
    """Tell whether a header field is there as it has to be."""
    values = [value for key, value in request.headers if key.lower() == name]
    if len(values) > 1:
        yield Remark(name, Verdict.WRONG, f"it is there {len(values)} times; expected once")
    elif not request.field(name):
        what = "it is empty" if values else "it is missing"
        yield Remark(name, Verdict.WRONG, f"{what}; was it lost on its way to you?")
    elif name == ID:
        yield Remark(name, Verdict.RIGHT, request.field(name))


def _timely(text: str, now: datetime, tolerance: timedelta) -> Remark:
    """Tell whether an event is of our time."""
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) > _LATEST:
        what = "expected whole seconds since 1970"
        if re.fullmatch(r"[0-9]{13}", text):
            what += ", and these are milliseconds"
        return Remark(TIMESTAMP, Verdict.WRONG, what)
    then = datetime.fromtimestamp(int(text), UTC)
    apart = timedelta(seconds=abs(int(now.timestamp()) - int(text)))
    where = "before" if then <= now else "after"
    said = f"{then:%Y-%m-%d %H:%M:%S} UTC is {apart} {where} your time"
    if apart <= tolerance:
        return Remark(TIMESTAMP, Verdict.RIGHT, said)
    kind = "too old" if where == "before" else "too new: is your clock slow?"
    beyond = f"{apart - tolerance} beyond the tolerance of {tolerance}"
    return Remark(TIMESTAMP, Verdict.WRONG, f"{kind}; {said}, {beyond}")


def _signatures(value: str) -> Iterator[Signature]:
    """Read the header field."""
    for number, text in enumerate(value.split(), start=1):
        scheme, comma, encoded = text.partition(",")
        if not comma or not scheme:
            yield Signature(number, "", fault="has no scheme: expected v1,… or v1a,…")
        elif scheme not in SCHEMES:
            # A later version of the specification may have others: they are to be passed over.
            yield Signature(number, scheme, fault="is of an unknown scheme, and passed over")
        else:
            try:
                yield Signature(number, scheme, base64.b64decode(encoded, validate=True))
            except ValueError:
                yield Signature(number, scheme, fault="is not base64")


def _compare(
    request: Request,
    signatures: Sequence[Signature],
    keys: Keys,
    found: Sequence[tuple[int, str]],
) -> Iterator[Remark]:
    """Tell of every signature and every key whether they have found each other."""
    # While a secret is changed a receiver knows one key of two, so the other signature is no fault.
    other = Verdict.NOTE if found else Verdict.WRONG
    for signature in signatures:
        names = [name for number, name in found if number == signature.number]
        if names:
            message = f"{signature} was made with {', '.join(names)}"
            yield Remark(SIGNATURE, Verdict.RIGHT, message)
        else:
            fault = signature.fault or "is by none of the keys given"
            yield Remark(SIGNATURE, other, f"{signature} {fault}")
    for name, key in keys.items():
        if not any(name == each for _, each in found):
            what = f"there is no {key.scheme} signature"
            if key.scheme in {signature.scheme for signature in signatures}:
                what = "no signature is by it"
            yield Remark(name, other, f"{what}; it is a {key.kind} ({key.scheme})")
    if found:
        yield Remark(BODY, Verdict.RIGHT, f"{len(request.body)} bytes, as they were signed")
    else:
        yield _why_not(request, signatures, keys)


def _matches(content: bytes, signatures: Sequence[Signature], keys: Keys) -> list[tuple[int, str]]:
    """Give which signature is by which key."""
    return [
        (signature.number, name)
        for signature in signatures
        for name, key in keys.items()
        if key.scheme == signature.scheme
        and not signature.fault
        and key.fits(content, signature.data)
    ]


def _why_not(request: Request, signatures: Sequence[Signature], keys: Keys) -> Remark:
    """Look for what became of a body that no signature fits."""
    for change, body in _undone(request.body):
        if _matches(request.content(body), signatures, keys):
            advice = "keep the bytes as they arrive, and verify them before anything else"
            return Remark(BODY, Verdict.WRONG, f"it was changed: {change}; {advice}")
    message = (
        "no signature fits: either the key is not the sender's, or the body, webhook-id or "
        "webhook-timestamp are not those that were signed"
    )
    return Remark(BODY, Verdict.WRONG, message)


def _undone(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Give bodies that this one may have been, with what would have been done to it."""
    yield "a line break was added at its end", body.removesuffix(b"\n").removesuffix(b"\r")
    yield "the line break at its end was taken away", body + b"\n"
    yield "its line breaks were changed", body.replace(b"\r\n", b"\n")
    yield "a byte order mark was put before it", body.removeprefix(b"\xef\xbb\xbf")
    try:
        data = json.loads(body)
        for separators in ((", ", ": "), (",", ":")):
            for is_ascii in (False, True):
                text = json.dumps(data, ensure_ascii=is_ascii, separators=separators)
                yield "it was read as JSON and written anew", text.encode()
    except (ValueError, RecursionError):  # not JSON, or of signs that nobody can write
        return
