"""What people write in Markdown beyond CommonMark and GitHub's tables, as rules for the parser.

Attributes (``{#id .class}``, and Kramdown's ``{: …}``), anchors of headings, ``==marked==`` words,
Obsidian's ``[[links]]``, ``![[embeds]]`` and ``> [!note]`` callouts, tables of contents. As rules
they see no code: a span or a block that shows such marks keeps them.

A parse is told by its ``env``: ``links`` (a :class:`~syndicate.content.links.Links`) finds the
posts that are linked to by name, and ``jsx`` says that indentation makes no code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock, code
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from syndicate.content.links import is_picture

_ITEM = r"""(?:[.#][\w:-]+|[\w-]+=(?:"[^"{}]*"|'[^'{}]*'|[^\s"'{}]+))"""
_LIST = re.compile(rf"\{{:?[ \t]*({_ITEM}(?:[ \t]+{_ITEM})*)[ \t]*\}}")
_KRAMDOWN = re.compile(r"\{:(?!:?\s*\})[^{}\n,]*\}")
"""Kramdown's other marks, which stand on a line of their own: ``{:toc}``, ``{::comment}``."""
_ID = re.compile(r"#([\w:-]+)")
_SIZE = re.compile(r"""\b(width|height)=["']?(\d+)""")
_AFTER = frozenset({"image", "link_close", "code_inline", "em_close", "strong_close", "mark_close"})
_WIKI = re.compile(
    r"!?\[\[(?!\s|\d+\]\])([^\[\]|#\n]*)(#[^\[\]|\n]*)?(?:\|([^\[\]\n]*))?\]\](?![(\[])"
)
_CALLOUT = re.compile(r"\[!([A-Za-z][\w -]*)(?:\|[^\]\n]*)?\][+-]?[ \t]*([^\n]*)(?:\n|$)")
_CONTENTS = frozenset({"[toc]", "[[toc]]", "[[_toc_]]", "${toc}"})
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")


def install(parser: MarkdownIt) -> None:
    """Teach a parser all of this."""
    parser.block.ruler.at("code", _code, {"alt": []})
    parser.core.ruler.after("block", "callouts", _callouts)
    parser.core.ruler.after("inline", "attributes", _settle)
    parser.inline.ruler.before("emphasis", "mark", _mark)
    parser.inline.ruler.before("link", "wikilink", _wikilink)
    parser.inline.ruler.before("link", "attributes", _attributes)
    parser.add_render_rule("attributes", lambda *_: "")


def _code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return not state.env.get("jsx") and code(state, start, end, silent)


def _mark(state: StateInline, silent: bool) -> bool:
    """Read ``==words==``; ``a==b`` and ``a == b`` are comparisons."""
    source, start = state.src, state.pos
    if not source.startswith("==", start):
        return False
    end = source.find("==", start + 2, state.posMax)
    before = source[start - 1 : start]
    within = source[start + 2 : end]
    if end < 0 or not within or within[0] in "= \n" or within[-1] in " \n":
        return False
    if before.isascii() and before.isalnum():
        return False
    if not silent:
        maximum = state.posMax
        state.push("mark_open", "mark", 1)
        state.pos, state.posMax = start + 2, end
        state.md.inline.tokenize(state)
        state.push("mark_close", "mark", -1)
        state.posMax = maximum
    state.pos = end + 2
    return True


def _wikilink(state: StateInline, silent: bool) -> bool:
    """Read ``[[name#heading|words]]``, and ``![[picture.png|300]]``."""
    found = _WIKI.match(state.src, state.pos, state.posMax)
    if not found or not found[0].strip("![]|# "):
        return False
    inner = found[0].lstrip("!")[2:-2]
    if normalizeReference(inner) in state.env.get("references", ()):
        return False  # [[words]] with [words]: address elsewhere is a link in brackets
    if not silent:
        name, heading, words = found[1].strip(), found[2] or "", (found[3] or "").strip()
        if found[0][0] == "!" and is_picture(name):
            _embed(state, name, words)
        else:
            _refer(state, name, heading, words)
    state.pos = found.end()
    return True


def _embed(state: StateInline, name: str, words: str) -> None:
    """Push a picture; a number beside it is its width."""
    image = state.push("image", "img", 0)
    width, by, height = words.partition("x")
    sized = width.isdecimal() and (not by or height.isdecimal())
    image.attrs = {"src": name, "alt": ""}
    if sized:
        image.attrs |= {"width": width} | ({"height": height} if by else {})
    image.children = [] if sized else [Token("text", "", 0, content=words)]
    image.content = "" if sized else words


def _refer(state: StateInline, name: str, heading: str, words: str) -> None:
    """Push a link to a post by its name; its words alone where there is no such post."""
    links = state.env.get("links")
    anchor = f"#{anchor_of(heading.rpartition('#')[2])}" if heading else ""
    href = (links.post(name, said=f"[[{name}]]") if name else "") if links else None
    linked = href is not None and not state.linkLevel
    if linked:
        state.push("link_open", "a", 1).attrs = {"href": f"{href}{anchor}"}
    state.push("text", "", 0).content = words or (name + heading).lstrip("#").replace("#", " > ")
    if linked:
        state.push("link_close", "a", -1)


def _attributes(state: StateInline, silent: bool) -> bool:
    """Take attributes out of the text, where they stand at a span, at its end, or on a line."""
    source, start = state.src, state.pos
    if source[start] != "{":
        return False
    found = _LIST.match(source, start) or _KRAMDOWN.match(source, start)
    if not found:
        return False
    begins = start == 0 or source[start - 1] == "\n"
    ends = found.end() == len(source) or source[found.end()] == "\n"
    after_span = bool(state.tokens) and not state.pending and state.tokens[-1].type in _AFTER
    at_end = found.end() == len(source.rstrip()) and source[start - 1 : start].isspace()
    listed = found.re is _LIST
    if not (begins and ends) and not (listed and (after_span or at_end)):
        return False
    if not silent:
        if after_span and state.tokens[-1].type == "image":
            state.tokens[-1].attrs |= dict(_SIZE.findall(found[0]))
        state.pending = state.pending.rstrip()
        state.push("attributes", "", 0).meta = {} if after_span else {"block": found[0]}
    state.pos = found.end()
    return True


def _callouts(state: StateCore) -> None:
    """Turn ``> [!note] Title`` into a quotation that begins with its title."""
    tokens = state.tokens
    if "[!" not in state.src:
        return
    for position in range(len(tokens) - 3, -1, -1):
        opened, inline = tokens[position : position + 3 : 2]
        found = _CALLOUT.match(inline.content) if opened.type == "blockquote_open" else None
        if not found or inline.type != "inline":
            continue
        title = found[2].strip() or found[1].replace("-", " ").capitalize()
        paragraph, rest, closed = tokens[position + 1 : position + 4]
        head = rest.copy(content=f"**{title}**", children=[])
        rest.content = inline.content[found.end() :]
        body = [paragraph, rest, closed] if rest.content.strip() else []
        tokens[position + 1 : position + 4] = [paragraph.copy(), head, closed.copy(), *body]


def _settle(state: StateCore) -> None:
    """Give headings their anchors, and put attributes to the blocks that they are about."""
    taken: set[str] = set()
    braces = "{" in state.src or "[" in state.src
    doomed: list[tuple[int, int]] = []
    for position, token in enumerate(state.tokens):
        if token.type != "inline":
            continue
        opened = state.tokens[position - 1]
        children = token.children or []
        said = _said(children) if braces else ""
        if said and opened.type == "paragraph_open" and _is_bare(children):
            doomed.append(_without(state.tokens, position, said))
        elif said:
            own = _ID.search(said)
            opened.attrs |= {"id": own[1]} if own else {}
            if len(children) > 1 and children[-2].type == "softbreak":
                del children[-2]
        elif braces and token.content.lower() in _CONTENTS:
            doomed.append((position - 1, position + 2))
        if opened.type == "heading_open":
            opened.attrSet("id", _unused(str(opened.attrGet("id") or _anchor(children)), taken))
    for start, end in reversed(doomed):
        del state.tokens[start:end]


def _said(children: Sequence[Token]) -> str:
    """Give the attributes that are about the whole block."""
    return " ".join(each.meta["block"] for each in children if "block" in each.meta)


def _is_bare(children: Sequence[Token]) -> bool:
    """Tell whether a paragraph consists of nothing but attributes, or a list's words before toc."""
    others = (child for child in children if child.type not in {"attributes", "softbreak"})
    return not any(others) or "toc" in _said(children[-1:]).strip("{: }").split()


def _without(tokens: Sequence[Token], position: int, said: str) -> tuple[int, int]:
    """Give the stretch of tokens that goes, once its id is given to the block that it is about."""
    start, end = position - 1, position + 2
    line = (tokens[start].map or [0])[0]
    if "toc" in said.strip("{: }").split():
        item = start and tokens[start - 1].type == "list_item_open"
        return (start - 2, end + 2) if item and tokens[end + 1].nesting < 0 else (start, end)
    own = _ID.search(said)
    if own:
        about = next(
            (
                each
                for each in reversed(tokens[:start])
                if each.level == tokens[start].level and each.nesting > 0
            ),
            None,
        )
        if not about or not about.map or about.map[1] != line:
            about = tokens[end] if end < len(tokens) and tokens[end].nesting > 0 else None
        if about:
            about.attrSet("id", own[1])
    return start, end


def _anchor(children: Sequence[Token]) -> str:
    return anchor_of("".join(each.content for each in children if each.type != "html_inline"))


def anchor_of(heading: str) -> str:
    """Make the anchor of a heading as GitHub and most generators do."""
    return _NOT_IN_ANCHOR.sub("", heading.strip().lower()).replace(" ", "-")


def _unused(anchor: str, taken: set[str]) -> str:
    """Number anchors that would stand twice."""
    free = anchor or "section"
    numbers = count(1)
    while free in taken:
        free = f"{anchor}-{next(numbers)}"
    taken.add(free)
    return free
