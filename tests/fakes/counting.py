"""How long a text is, counted by other code than the product's."""

from __future__ import annotations

import unicodedata

from uniseg.graphemecluster import grapheme_clusters


def graphemes(text: str) -> int:
    """Count what a person calls characters, by a library with tables of its own.

    What is in no Unicode that this Python knows is left out: it clings to what is before it by
    one version of the tables, and stands by itself by another.
    """
    known = "".join(each for each in text if unicodedata.category(each) != "Cn")
    return sum(1 for _ in grapheme_clusters(known))


def utf16(text: str) -> int:
    """Count UTF-16 units: the encoder's bytes, without the mark that it puts before them."""
    return len(text.encode("utf-16")) // 2 - 1
