"""Titles in the scripts that a card has to be legible in."""

from syndicate.cards.look import Words

TITLES = {
    "latin": ("How a river learned to remember its own floods", "en"),
    "mixed": ("Ünïcödé & Ελληνικά и кириллица – trois écritures, une seule ligne", "fr"),
    "arabic": ("كيف تتعلم الآلات أن ترسم: مقدمة قصيرة عن الفن التوليدي", "ar"),
    "hebrew": ("איך מכונות לומדות לצייר (חלק 2): Python ו-GPU בבית", "he"),
    "devanagari": ("मशीनें चित्र बनाना कैसे सीखती हैं: एक संक्षिप्त परिचय", "hi"),
    "thai": ("เครื่องจักรเรียนรู้การวาดภาพได้อย่างไรในยุคของปัญญาประดิษฐ์", "th"),
    "japanese": ("機械はどのようにして絵を描くことを学ぶのか、生成芸術への「短い」案内", "ja"),
    "chinese": ("机器如何学会绘画:生成艺术简介,以及它为什么重要", "zh"),
    "korean": ("기계는 어떻게 그림을 배우는가: 생성 예술 입문", "ko"),
    "emoji": ("Shipping v2.0 🚀🎉 — C++ → Rust, 👩‍💻 edition! ☀️ ½ price", "en"),
}


def words(title="Hello", language="en", **other):
    return Words(
        **{
            "title": title,
            "site": "Ada's notes",
            "author": "Ada Brandt",
            "date": "1 March 2026",
            "language": language,
            **other,
        }
    )
