"""A deterministic corpus of blog posts: post N is the same bytes in every corpus that has it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST = datetime(2010, 1, 4, 7, 30, tzinfo=UTC)
STEP = timedelta(minutes=41)
A_FOLDER = 500
"""Posts in one folder."""

_VOCABULARY = """
    river stone lantern harbour copper window garden paper signal weather engine letter village
    market bridge winter summer candle mirror orchard railway compass thunder meadow island kettle
    printer archive reader editor journal column margin footnote headline draft revision chapter
    carries follows answers gathers measures keeps opens mends turns finds holds leaves reaches
    slowly quietly rarely often nearly always early late again together perhaps instead
    small bright narrow distant patient ordinary careful wooden silver hollow gentle plain
    the the the a a of of and and in in to to with for from under over near between without after
""".split()  # noqa: SIM905 - a text reads better
_TAGS = ("press", "rail", "craft", "weather", "books", "tools", "maps", "radio", "gardens", "food")
_WRITERS = ("Ines Okafor", "Tomás Lindqvist", "Mira Šedá", "Bao Tran", "Elsa O'Hara")
_PROGRAM = '''```python
def weigh(parcel, *, limit={number}):
    """Refuse what is too heavy."""
    if parcel.grams > limit and "fragile" not in parcel.marks:
        raise ValueError(f"{{parcel.name}} weighs more than <{{limit}}>")
    return parcel.grams / {number}
```'''


def write(count: int, folder: Path) -> None:
    """Write posts 0 to ``count`` - 1 below a folder, newest last."""
    for number in range(count):
        path = folder / f"{number // A_FOLDER:04d}" / f"note-{number:06d}.md"
        if number % A_FOLDER == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(post(number), encoding="utf-8")


def post(number: int) -> str:
    """Give a post: front matter, and 600 to 900 words of Markdown."""
    chance = random.Random(number * 7919 + 17)
    name = f"note-{number:06d}"
    tags = "".join(f"  - {tag}\n" for tag in chance.sample(_TAGS, chance.randint(2, 5)))
    header = (
        f'---\ntitle: "{_words(chance, 4, 9).capitalize()}: part {chance.randint(1, 9)}"\n'
        f"date: {(FIRST + number * STEP).isoformat()}\n"
        f'author: "{chance.choice(_WRITERS)}"\nslug: {name}\n'
        f'summary: "{_words(chance, 18, 28).capitalize()}."\n'
        f"draft: false\ntags:\n{tags}---\n\n"
    )
    return header + _body(chance, name) + "\n"


def _body(chance: random.Random, name: str) -> str:
    wanted, blocks, words, part = chance.randint(600, 900), [_paragraph(chance)], 0, 0
    while words < wanted:
        part += 1
        new = [f"## {_words(chance, 2, 5).capitalize()}", _paragraph(chance), _paragraph(chance)]
        if part == 1:
            new.append(f"![{_words(chance, 3, 6)}](/pictures/{name}.png)")
        elif part == 2:
            new.append(_PROGRAM.format(number=chance.randint(2, 999)))
        elif part % 2:
            new.append("\n".join(f"- {_sentence(chance)}" for _ in range(chance.randint(3, 5))))
        else:
            new.append(f"> {_sentence(chance)}")
        blocks += new
        words = sum(len(block.split()) for block in blocks)
    return "\n\n".join(blocks)


def _paragraph(chance: random.Random) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(3, 5)))


def _sentence(chance: random.Random) -> str:
    words = _words(chance, 8, 20).split()
    at = chance.randrange(len(words))
    form = chance.choice(
        (
            "{}",
            "{}",
            "**{}**",
            "*{}*",
            "`{}`",
            "[{}](../{}/)",
            "[{}](https://docs.example.net/{}?a=1&b=2)",
        )
    )
    words[at] = form.format(words[at], words[at])
    return " ".join(words).capitalize() + chance.choice((".", ".", ".", "?", "!"))


def _words(chance: random.Random, least: int, most: int) -> str:
    return " ".join(chance.choices(_VOCABULARY, k=chance.randint(least, most)))
