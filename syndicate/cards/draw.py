"""Words and look → a picture. The same input gives the same bytes on the same Pillow."""

from __future__ import annotations

import io
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from syndicate.cards import bidi
from syndicate.cards.fonts import Fonts, Run, can_shape, opened
from syndicate.cards.lines import Lines, arrange, shorten
from syndicate.cards.logo import fitted
from syndicate.cards.look import HEIGHT, SOFTWARE, WIDTH, Colour, Look, Words, blend
from syndicate.cards.words import clean, graphemes
from syndicate.config.colours import READABLE, contrast

if TYPE_CHECKING:
    from PIL.Image import Image

MARGIN = 88
"""Nothing is written nearer to the picture's edges; networks crop some."""
HEAD, FOOT = 162, 492
"""Between these lines stands the title."""
ROOM = FOOT - HEAD
LEADING = 1.22
"""The distance of lines, for a height of letters."""
TILE, ROUND = 60, 14
SMALL = 30
"""The height of small letters."""
BAND = 14
COLOURS = (64, 256)
"""Of a card without a logo, and with one: more than letters have with their soft edges."""
SOFT = (0.72, 0.8, 0.9)
"""How much of the letters' colour is in that of the last line: the least that can be read."""


def draw(words: Words, look: Look) -> bytes:
    """Draw a card as a PNG.

    Raises:
        NoFont: one of the look's own fonts cannot be read.
    """
    from PIL import Image, PngImagePlugin  # noqa: PLC0415 - heavy, and most runs draw nothing

    ground, ink, accent = _colours(look)
    image = Image.new("RGB", (WIDTH, HEIGHT), ground)
    pen = _Pen(image, Fonts(look.fonts, words.language), _side(words))
    _decorate(pen, look, accent)
    soft = next(
        (
            mixed
            for share in SOFT
            if contrast(mixed := blend(ink, ground, share), ground) >= READABLE
        ),
        ink,
    )
    _head(pen, words.site, look, (accent, ground, ink))
    _title(pen, words, look, ink)
    _foot(pen, words, soft)
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Software", SOFTWARE)
    file = io.BytesIO()
    image.quantize(
        COLOURS[look.logo is not None], Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    ).save(file, "PNG", pnginfo=notes)
    return file.getvalue()


def left_out(words: Words, look: Look) -> str:
    """Give the characters of the title that no font has."""
    title = clean(words.title)
    known = set(Fonts(look.fonts, words.language).known(title))
    return "".join(dict.fromkeys(each for each in title if each not in known))


def _side(words: Words) -> bool:
    """Tell whether the card is laid out from right to left: by its title, or else its site."""
    for text in (words.title, words.site):
        if (side := bidi.is_right_to_left(clean(text))) is not None:
            return side
    return False


class _Pen:
    """Writes on an image; on a card that is laid out from right to left, x counts from there."""

    def __init__(self, image: Image, fonts: Fonts, right_to_left: bool) -> None:
        from PIL import ImageDraw  # noqa: PLC0415 - see above

        self.image = image
        self.right_to_left = right_to_left
        self._fonts = fonts
        self._canvas = ImageDraw.Draw(image)
        self._shapes = can_shape()
        self._known: dict[tuple[str, int, bool], float] = {}

    def known(self, text: str) -> str:
        return " ".join(self._fonts.known(clean(text)).split())

    def width(self, text: str, size: int, *, bold: bool) -> float:
        """Measure a text."""
        key = (text, size, bold)
        if key not in self._known:
            self._known[key] = sum(
                opened(run.font, size).getlength(self._spelled(run), **self._direction(run))
                for run in self._runs(text, bold)
            )
        return self._known[key]

    def ink(self, text: str, size: int) -> tuple[float, float]:
        """Tell how far a bold text reaches above and below its line."""
        boxes = [
            opened(run.font, size).getbbox(self._spelled(run), anchor="ls", **self._direction(run))
            for run in self._runs(text, bold=True)
        ]
        above = max((-box[1] for box in boxes), default=0.0)
        return above, max((box[3] for box in boxes), default=0.0)

    def write(
        self,
        text: str,
        x: float,
        y: float,
        size: int,
        fill: Colour,
        *,
        bold: bool,
        apart: bool = False,
    ) -> None:
        """Write a text on a line, beginning at x.

        Args:
            text: its words.
            x: from the card's side.
            y: of the line.
            size: of the letters, in pixels.
            fill: their colour.
            bold: whether they are.
            apart: whether the text has a direction of its own, whatever the card's is.
        """
        side = bidi.is_right_to_left(text) if apart else None
        at = WIDTH - x - self.width(text, size, bold=bold) if self.right_to_left else x
        for run in self._runs(text, bold, side):
            font, spelled, way = opened(run.font, size), self._spelled(run), self._direction(run)
            self._canvas.text((at, y), spelled, fill, font, anchor="ls", **way)
            at += font.getlength(spelled, **way)

    def band(self, top: float, fill: Colour) -> None:
        """Fill the card from a line to its bottom."""
        self._canvas.rectangle((0, top, WIDTH, HEIGHT), fill)

    def tile(self, x: float, y: float, fill: Colour) -> None:
        """Fill a square with round corners, drawn large first: so their edges are soft."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 - see above

        large = Image.new("L", (TILE * 4, TILE * 4))
        ImageDraw.Draw(large).rounded_rectangle((0, 0, TILE * 4, TILE * 4), ROUND * 4, 255)
        mask = large.resize((TILE, TILE), Image.Resampling.LANCZOS)
        left = WIDTH - x - TILE if self.right_to_left else x
        self.image.paste(fill, (int(left), int(y)), mask)

    def needs_bold(self, text: str) -> bool:
        """Tell whether a text has letters that there are only bold ones of."""
        return not self._fonts.are_light(text)

    def _runs(self, text: str, bold: bool, side: bool | None = None) -> list[Run]:
        side = self.right_to_left if side is None else side
        return self._fonts.runs(text, right_to_left=side, bold=bold)

    def _spelled(self, run: Run) -> str:
        """Spell a run as Pillow takes it: without Raqm it draws from left to right."""
        if self._shapes or not run.right_to_left:
            return run.text
        return "".join(reversed(graphemes(run.text)))

    def _direction(self, run: Run) -> dict[str, Any]:
        return {"direction": "rtl" if run.right_to_left else "ltr"} if self._shapes else {}


def _colours(look: Look) -> tuple[Colour, Colour, Colour]:
    """Give the colours of the ground, of letters, and of what stands out."""
    if look.template == "poster":
        return look.accent, look.background, look.background
    return look.background, look.text, look.accent


def _decorate(pen: _Pen, look: Look, accent: Colour) -> None:
    if look.template == "plain":
        pen.band(HEIGHT - BAND, accent)


def _head(pen: _Pen, site: str, look: Look, colours: tuple[Colour, Colour, Colour]) -> None:
    """Write the site's name behind its logo, or its first letter on a tile."""
    accent, ground, ink = colours
    site = pen.known(site)
    x: float = MARGIN
    top = MARGIN - 16
    if look.logo and (logo := fitted(look.logo, TILE * 3, TILE)):
        left = WIDTH - MARGIN - logo.width if pen.right_to_left else MARGIN
        pen.image.paste(logo, (left, top), logo)
        x += logo.width + 20
    elif first := next((each for each in site if each.isalnum()), ""):
        pen.tile(x, top, accent)
        first = first.upper() if len(first.upper()) == len(first) else first
        above, below = pen.ink(first, 34)
        wide = pen.width(first, 34, bold=True)
        y = top + TILE / 2 + (above - below) / 2
        pen.write(first, x + (TILE - wide) / 2, y, 34, ground, bold=True)
        x += TILE + 20
    width = partial(pen.width, bold=True)
    site = shorten(site, SMALL, width, int(WIDTH - MARGIN - x))
    pen.write(site, x, top + TILE / 2 + SMALL * 0.36, SMALL, ink, bold=True, apart=True)


def _title(pen: _Pen, words: Words, look: Look, ink: Colour) -> None:
    title = pen.known(words.title) or pen.known(words.site)
    room = WIDTH - 2 * MARGIN
    lines = arrange(
        title, partial(pen.width, bold=True), room, lambda lines: sum(_steps(pen, lines)) <= ROOM
    )
    above, *steps = _steps(pen, lines)
    spare = max(0.0, ROOM - above - sum(steps))
    y = HEAD + above + (spare if look.template == "poster" else spare / 2)
    for text, step in zip(lines.texts, steps, strict=True):
        pen.write(text, MARGIN, round(y), lines.size, ink, bold=True)
        y += step


def _steps(pen: _Pen, lines: Lines) -> list[float]:
    """Give the distances from the top to the first line, from line to line, and to the bottom.

    Lines stand as far apart as usual, or more where letters would touch.
    """
    reach = [pen.ink(text, lines.size) for text in lines.texts]
    usual = lines.size * LEADING
    between = (
        max(usual, upper[1] + lower[0] + 0.06 * lines.size) for upper, lower in pairwise(reach)
    )
    return [reach[0][0], *between, reach[-1][1]] if reach else [0.0]


def _foot(pen: _Pen, words: Words, soft: Colour) -> None:
    """Write who wrote it, and when; each by itself, so that neither turns the other around."""
    date, author = pen.known(words.date), pen.known(words.author)
    bold = pen.needs_bold(author + date)
    width = partial(pen.width, bold=bold)
    gap = " · " if author and date else ""
    room = WIDTH - 2 * MARGIN - width(gap, SMALL) - width(date, SMALL)
    x: float = MARGIN
    for text in (shorten(author, SMALL, width, int(room)), gap, date):
        pen.write(text, x, HEIGHT - MARGIN + 16, SMALL, soft, bold=bold, apart=True)
        x += width(text, SMALL)
