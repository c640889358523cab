"""Social cards: a picture of a post's title, for posts that have no other.

::

    Post ─ rack ─→ Words, Look ─ draw ─→ PNG
                                  ├─ words ─ lines   where lines end, how large the letters are
                                  ├─ fonts ─ cmap    which font has a character
                                  └─ bidi            the order of mixed text on a line

``place`` tells where a card is published. Drawing is pure; Pillow is imported when something is
drawn, not before.
"""

from syndicate.cards.cmap import NoFont
from syndicate.cards.fonts import held
from syndicate.cards.logo import NoLogo
from syndicate.cards.look import HEIGHT, MARK, WIDTH
from syndicate.cards.place import FOLDER, INDEX, path_of, url_of
from syndicate.cards.rack import TYPE, Card, Rack, read_logo

__all__ = [
    "FOLDER",
    "HEIGHT",
    "INDEX",
    "MARK",
    "TYPE",
    "WIDTH",
    "Card",
    "NoFont",
    "NoLogo",
    "Rack",
    "held",
    "path_of",
    "read_logo",
    "url_of",
]
