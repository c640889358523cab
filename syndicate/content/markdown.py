"""Markdown → HTML, and Markdown → plain text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from syndicate.content.links import Links
from syndicate.content.text import fold

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_CHECKBOX = '<input class="task-list-item-checkbox" disabled="" type="checkbox"'
_ALIGNED = re.compile('<(t[hd]) style="text-align:(left|right|center)">')
_MARKUP = re.compile(r"[\\`*_\[\]<>&~|{}]|==|^\s*[-=+#:\d]|^(?: {4}|\t)", re.MULTILINE)
"""Without any of these a text is its own plain text, and needs no parser."""
_BARE = re.compile(
    r"(?<!\]\()(?<!\]: )(?<![<\"'=])(?:https?://|ftp://|www\.)|[\w+.-]@\w|mailto:|xmpp:",
    re.IGNORECASE,
)
"""May be an address that is to become a link, and stands in neither a link nor an attribute."""
_ELEMENT = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|del|em|font|i|img|ins|kbd|mark|q|s|small|span|strike|strong|sub"
    r"|sup|time|tt|u|var|wbr)\b|<!--",
    re.IGNORECASE,
)


def to_html(text: str, links: Links | None = None, *, jsx: bool = False) -> str:
    """Render Markdown. Its raw HTML passes through: whoever publishes it has to sanitise it.

    Args:
        text: the Markdown.
        links: finds what is linked to by name; its page makes the ids of footnotes unlike those of
            other posts, which stand on the same page in many a reader.
        jsx: the text is MDX, where indentation makes no code.
    """
    page = hashlib.sha256(links.page.encode()).hexdigest()[:6] if links else None
    env = {"docId": page, "links": links, "jsx": jsx}
    html: str = _markdown(autolinks=bool(_BARE.search(text))).render(text, env)
    # Readers drop form fields and inline styles, and would lose what these say.
    html = html.replace(f'{_CHECKBOX} checked="">', "☑").replace(f"{_CHECKBOX}>", "☐")
    return _ALIGNED.sub(r'<\1 align="\2">', html)


def to_plain(text: str) -> str:
    """Give the words of Markdown's paragraphs, on one line.

    What only looks like an element stays: ``Using <Suspense>`` is about something.
    """
    if not _MARKUP.search(text):
        return fold(text)
    parsed = _markdown(autolinks=False).parse(text)
    tokens = takewhile(lambda token: token.type != "footnote_block_open", parsed)
    inlines = (
        inline
        for before, inline in pairwise(tokens)
        if before.type == "paragraph_open" and inline.type == "inline"
    )
    return fold(" ".join("".join(_words(inline.children or ())) for inline in inlines))


@cache
def _markdown(*, autolinks: bool) -> MarkdownIt:
    """Set up the parser; the import alone costs more than a short run.

    Looking for bare addresses takes a third of its time: most texts have none, and do without.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415 - heavy, and needed only where one renders
    from mdit_py_plugins.deflist import deflist_plugin  # noqa: PLC0415
    from mdit_py_plugins.footnote import footnote_plugin  # noqa: PLC0415
    from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin  # noqa: PLC0415

    from syndicate.content import extensions  # noqa: PLC0415

    options = {"html": True, "tasklists": True}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    if autolinks:
        parser.use(gfm_autolink_plugin)
    parser.use(footnote_plugin, inline=False).use(deflist_plugin)
    extensions.install(parser)
    return parser


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"text", "text_special", "code_inline"}:
            yield token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
        elif token.type == "html_inline":
            yield " " if _ELEMENT.match(token.content) else token.content
