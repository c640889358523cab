"""Bytes → text that every format can carry, and text on one line."""

from __future__ import annotations

import re

from syndicate.content.report import Report
from syndicate.model import Kind

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""Control characters, lone surrogates and stray byte order marks.

XML forbids most of these and YAML the others; nobody types any of them on purpose.
"""

_CONTROL_BYTES = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
"""Those of them that ASCII has: most files are ASCII, and have none."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def decode(data: bytes, report: Report) -> str:
    """Give a file's text: UTF-8 where it can be, lines ended by line feeds, no control characters.

    Whatever had to be guessed or left out is reported.
    """
    text = _decode(data, report)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if data.isascii() and len(data.translate(None, _CONTROL_BYTES)) == len(data):
        return text
    found = _CONTROL.findall(text)
    if found:
        report.warn(
            f"{len(found)} control character(s) left out, the first is U+{ord(found[0]):04X}",
            Kind.CONTROL,
            line=line_at(text, text.index(found[0])),
        )
    return clean(text) if found else text


def clean(text: str) -> str:
    """Leave out control characters; those that are white space become a space."""
    if text.isprintable():  # most are, and this is told much sooner
        return text
    return _CONTROL.sub(lambda found: " " if found[0].isspace() else "", text)


def fold(text: str) -> str:
    """Clean a text and put it on one line, with single spaces."""
    return " ".join(clean(text).split())


def line_at(text: str, position: int) -> int:
    """Tell the line, counted from 1, that a position is on."""
    return text.count("\n", 0, position) + 1


def _decode(data: bytes, report: Report) -> str:
    if data.startswith(_UTF16_MARKS):
        message = "encoded as UTF-16: save the file as UTF-8"
        report.warn(message, Kind.ENCODING, understood="UTF-16")
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len((data[: error.start] + b".").splitlines())
    try:
        text, encoding = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, encoding = data.decode("latin-1"), "Latin-1"
    message = f"not UTF-8, read as {encoding}: save the file as UTF-8"
    report.warn(message, Kind.ENCODING, line=line, understood=encoding)
    return text
