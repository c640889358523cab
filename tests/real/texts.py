"""A thousand texts that other people's programs read beside ours; always the same thousand."""

from __future__ import annotations

import random

SEED = 20_260_301
WORDS = (
    *("Brass", "weaves", "patterns,", "(quoted)", "“so”", "a&b", "<i>", "c++", "don't", "100%"),
    *(
        "日本語の文章",
        "한국어",
        "中文。",
        "ไทย",
        "שלום",
        "עולם!",
        "مرحبا",
        "بالعالم؟",
        "Ελλάδα",
        "ёлка",
    ),
    *(
        "e\u0301te\u0301",
        "Z\u0351\u036b\u0343algo",
        "n\u0303",
        "\u1112\u1161\u11ab",
        "a\u20dd",
        "\u0e33",
    ),
    *("👩‍🚀", "👨‍👩‍👧‍👦", "🇩🇪", "🇩🇪🇫🇷🇯🇵", "👍🏽", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "😀😀", "☎", "🧑🏿‍🤝‍🧑🏻"),
    *(
        "क्षि",
        "नमस्ते",
        "স্ত্রী",
        "தமிழ்",
        "\u200bhidden",
        "soft\u00adhyphen",
        "\u202eturned\u202c",
        "\ufeff",
    ),
)
LINKS = (
    "https://example.org/blog/hello/",
    "https://example.org/a_(b)",
    "https://example.org/?q=a&b=%20c#part",
    "http://example.org",
    "https://пример.example/путь/日本?a=שלום",
    "https://example.org/👩‍🚀",
    "https://xn--bcher-kva.example:8080/x",
)
TAGS = (
    *("#brass", "#C3PO", "#日本語", "#שלום", "#مرحبا", "#नमस्ते", "#a_b", "#e\u0301te", "#123"),
    *("#2026er", "#", "#a-b", "#it's", "##twice", "\uff03wide", "#l·l", "#a&b", "#👩‍🚀", "#一、二"),
)
ENDS = ("", "", "", ".", ",", "!", "?", ":", ";")
FURTHER = ("…", "?!", "...", "”", "»", ")", "。", "؟", "\u200b", "\u200f")
"""What may be behind a word or a hashtag. Behind a link we take more of it for the sentence's."""
GAPS = (" ", " ", " ", "\n", "\n\n", "  ")


def texts(count: int = 1_000) -> list[str]:
    """Put words, links and hashtags together, some with a sentence's end behind them."""
    chance = random.Random(SEED)
    return [_text(chance) for _ in range(count)]


def _text(chance: random.Random) -> str:
    text = ""
    for kind in chance.choices((WORDS, LINKS, TAGS), (6, 1, 2), k=chance.randint(1, 40)):
        ends = ENDS if kind is LINKS else ENDS + FURTHER
        text += chance.choice(kind) + chance.choice(ends) + chance.choice(GAPS)
    return text.strip()
