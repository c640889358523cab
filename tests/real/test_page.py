"""The page for people in a real browser, Debian's Chromium, judged by axe-core and html-validate."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from real.pages import SITES, published, status
from real.servers import NODE, REAL, NotSetUpError, require_setup

AXE = REAL / "node_modules" / "axe-core" / "axe.min.js"
JUDGE = REAL / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 320, "height": 700}
"""The width at which nothing may have to be scrolled sideways (WCAG 2.2, 1.4.10)."""
DESK = {"width": 1100, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    require_setup()
    chromium = shutil.which("chromium")
    if chromium is None:
        raise NotSetUpError("Chromium is missing: run tests/real/setup.sh (make test-real does)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(params=SITES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The page of each site in turn."""
    with published(request.param, tmp_path) as address:
        yield address


@pytest.fixture(params=[*SITES, "status"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Each page that we make, in turn."""
    made = status(tmp_path) if request.param == "status" else published(request.param, tmp_path)
    with made as address:
        yield address


@pytest.fixture
def english(tmp_path: Path) -> Iterator[str]:
    with published("english", tmp_path) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    fresh = browser.new_context(viewport=DESK)
    yield fresh
    fresh.close()


def opened(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_to_say(any_url, browser, scheme, size):
    context = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True)
    page = opened(context, any_url)
    page.add_script_tag(path=AXE)
    found = page.evaluate("tags => axe.run({runOnly: tags})", STANDARD)
    said = [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
    context.close()
    assert said == []
    assert len(found["passes"]) > 20


def test_the_markup_is_valid(any_url, tmp_path):
    rules = {
        "extends": ["html-validate:standard", "html-validate:a11y"],
    }
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps(rules))
    judged = subprocess.run(
        [NODE, JUDGE, "--formatter=json", urlsplit(any_url).path[1:]],
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=False,
    )
    found = [
        (each["ruleId"], each["line"], each["message"])
        for file in json.loads(judged.stdout)
        for each in file["messages"]
    ]
    assert (found, judged.returncode) == ([], 0)


def test_no_request_leaves_the_host(url, context):
    asked, complaints = [], []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(url, wait_until="networkidle")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    assert {urlsplit(each).netloc for each in asked} == {urlsplit(url).netloc}
    assert not [each for each in complaints if "Content Security Policy" in each]


def test_the_policy_would_stop_what_got_in(english, context, tmp_path):
    """The markup as it is, with what an attacker would add to it."""
    file = tmp_path / "feed.html"
    evil = "<script>document.title = 'run'</script><img src='http://127.0.0.1:9/spy.png'></h1>"
    file.write_text(file.read_text().replace("</h1>", evil))
    complaints = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(english, wait_until="networkidle")
    assert page.title() != "run"
    assert len([each for each in complaints if "violates" in each]) == 2


def test_pictures_of_the_own_host_are_shown_and_titles_stay_text(english, context):
    page = opened(context, english)
    for picture in page.locator("img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth") == 640
    assert page.locator("img").count() == 2
    assert page.title() == "Field Notes from the Tidal Flats – Feed"
    heading = page.get_by_role("heading", level=3).nth(4)
    assert heading.inner_text().startswith('<img src=x onerror="document.title=1">')
    assert heading.locator("a").count() == 0


def test_the_address_is_copied(english, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(context, english)
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("status").get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == english.replace("feed.html", "feed.xml")
    assert page.evaluate("getSelection().toString().trim()") == copied


def test_the_address_is_copied_where_there_is_no_clipboard_to_ask(english, context):
    """As on a page that did not come over https."""
    context.grant_permissions(["clipboard-read"])
    page = context.new_page()
    page.add_init_script("delete Navigator.prototype.clipboard")
    page.goto(english)
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("status").get_by_text("Copied.").wait_for()
    other = opened(context, english)
    other.bring_to_front()
    assert other.evaluate("navigator.clipboard.readText()").endswith("/feed.xml")


def test_where_nothing_can_copy_the_address_is_selected(english, context):
    page = context.new_page()
    page.add_init_script(
        "delete Navigator.prototype.clipboard; Document.prototype.execCommand = () => false"
    )
    page.goto(english)
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("status").get_by_text("Selected: copy it with your keyboard.").wait_for()
    assert page.evaluate("getSelection().toString().trim()").endswith("/feed.xml")


def test_it_works_without_javascript(english, browser):
    context = browser.new_context(java_script_enabled=False)
    page = opened(context, english)
    assert not page.get_by_role("button").is_visible()
    assert page.get_by_role("article").count() == 7
    page.get_by_role("link", name="JSON Feed").click()
    page.wait_for_url("**/feed.json")
    context.close()


def test_one_click_selects_the_whole_address(english, context):
    page = opened(context, english)
    page.locator("#address").click()
    selected = page.evaluate("getSelection().toString().trim()")
    assert selected == english.replace("feed.html", "feed.xml")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keyboard_goes_everywhere_and_is_seen(english, browser, scheme):
    context = browser.new_context(color_scheme=scheme, viewport=DESK)
    page = opened(context, english)
    targets = page.locator("a[href], button").count()
    reached = set()
    for _ in range(targets):
        page.keyboard.press("Tab")
        where, style, width, clear = page.evaluate(
            """() => {
                const here = document.activeElement, look = getComputedStyle(here);
                const back = getComputedStyle(document.body).backgroundColor;
                const place = [...document.querySelectorAll("a[href], button")].indexOf(here);
                return [place, look.outlineStyle, look.outlineWidth, look.outlineColor !== back];
            }"""
        )
        assert (style, width, clear) == ("solid", "3px", True)
        reached.add(where)
    context.close()
    assert reached == set(range(targets))


def test_nothing_sticks_out_at_the_side_of_a_phone(url, browser):
    context = browser.new_context(viewport=PHONE)
    page = opened(context, url)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    context.close()


def test_a_page_of_hebrew_runs_from_right_to_left(context, tmp_path):
    with published("hebrew", tmp_path) as url:
        page = opened(context, url)
        first, guest = page.get_by_role("article").first, page.get_by_role("article").last
        picture = first.locator("img").bounding_box()
        title = first.get_by_role("heading").bounding_box()
        assert picture["x"] < title["x"]
        align = "element => getComputedStyle(element).textAlign"
        assert page.get_by_role("heading", level=1).evaluate(align) == "right"
        assert first.get_by_role("heading").evaluate(align) == "right"
        assert guest.get_by_role("heading").evaluate(align) == "left"
