"""Colours, and whether one can be read on another."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

READABLE = 4.5
"""The least contrast of text and its ground (WCAG 2.2, 1.4.3, level AA)."""
Rgb = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""
_FORM = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def parse_colour(value: Any) -> str:
    """Read ``#rrggbb`` or ``#rgb``."""
    match = _FORM.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('expected a colour such as "#1c1b1f"')
    digits = match[1].lower()
    return "#" + (digits if len(digits) > 3 else "".join(each * 2 for each in digits))  # noqa: PLR2004


def rgb(colour: str) -> Rgb:
    """Give red, green and blue of a colour as :func:`parse_colour` gives it."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def contrast(first: Rgb, second: Rgb) -> float:
    """Give the contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgb) -> float:
    """Give the relative luminance (WCAG 2.2, "relative luminance")."""
    weights = (0.2126, 0.7152, 0.0722)
    return sum(weight * _linear(part / 255) for weight, part in zip(weights, colour, strict=True))


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004


Colour = Annotated[
    str,
    BeforeValidator(parse_colour),
    WithJsonSchema(
        {"type": "string", "pattern": "^#([0-9a-fA-F]{3}){1,2}$", "examples": ["#1c1b1f"]}
    ),
]
"""A colour, ``#rrggbb`` or ``#rgb``."""
