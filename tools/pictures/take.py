"""Pages → pictures, by Debian's Chromium through Playwright."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Route, sync_playwright

from pictures.draw import digest, draw
from pictures.messages import DOCS, HERO, ROOT, Composed, composed

OUTPUT = DOCS / "pictures"
MADE_OF = OUTPUT / "made-of.json"
FONTS = ROOT / "syndicate" / "cards" / "noto"
WIDTH = 560
COLOURS = 160
"""As many as these pictures need: a quarter of the bytes, and nothing to be seen of it."""
HOME = "http://pictures.invalid/"
"""Nothing is fetched from anywhere: the page and what it names are handed to the browser."""


def main() -> int:
    """Take all pictures, and write down what they were made of."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is missing: apt-get install chromium", file=sys.stderr)
        return 1
    made = list(composed())
    OUTPUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            take(made, browser)
        finally:
            browser.close()
    digests = {each.name: digest(each) for each in made}
    MADE_OF.write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    return 0


def take(made: Iterable[Composed], browser: Browser) -> None:
    """Take one picture of each message."""
    for each in made:
        page = browser.new_page(viewport={"width": WIDTH, "height": 40})
        page.route("**/*", partial(_answer, draw(each)))
        page.goto(HOME, wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        shot = page.screenshot(full_page=True)
        page.close()
        path = OUTPUT / f"{each.name}.png"
        path.write_bytes(smaller(shot))
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def _answer(html: str, route: Route) -> None:
    name = Path(route.request.url.removeprefix(HOME)).name
    if not name:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
    elif name == HERO.name:
        route.fulfill(path=HERO)
    elif (FONTS / name).is_file():
        route.fulfill(path=FONTS / name)
    else:
        route.fulfill(status=404)


def smaller(shot: bytes) -> bytes:
    """Give a screenshot in few colours."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    few = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    file = io.BytesIO()
    few.save(file, "PNG", optimize=True)
    return file.getvalue()
