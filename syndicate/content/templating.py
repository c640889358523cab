"""Template code in a body: Liquid, shortcodes and kramdown's attributes are no content of a feed.

We are not the site's generator and cannot run them; what is left in a text would be published
raw. So they are cut out, and the scan says where. Code that a post *shows* is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^ {0,3}(?:[-*+>] +|\d+[.)] +)?(`{3,}|~{3,})", re.MULTILINE)
_CODE = re.compile(r"(?<!`)(`+)(?!`).{1,2000}?(?<!`)\1(?!`)", re.DOTALL)
_INDENTED = re.compile(r"(?<=\n\n)(?:(?: {4}|\t)[^\n]*\n?|[ \t]*\n)+")
_TEMPLATE = re.compile(
    r"\{%.{0,2000}?%\}|\{\{.{0,2000}?\}\}|\{::?[ \w#.][^{}\n]{0,200}\}", re.DOTALL
)
