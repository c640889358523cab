"""The pages in docs/networks: all alike, and what they say is what the networks do."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from PIL import Image

from fakes.docs import generate
from pictures import draw, messages, take
from syndicate import networks

NAMES = sorted(networks._BUILT_IN)
SECTIONS = [
    "What you get",
    "Credentials",
    "Configuration",
    "Options",
    "Limits",
    "When it says no",
    "`check endpoints`",
    "Edits and deletions",
    "Guarantee",
]
each_network = pytest.mark.parametrize("name", NAMES)


@cache
def composed(name):
    return messages.compose(name)


def section(name, title):
    [text] = re.findall(
        rf"^## {re.escape(title)}\n\n(.*?)(?=^## |\Z)",
        messages.page(name),
        re.MULTILINE | re.DOTALL,
    )
    return text


@each_network
def test_the_sections_are_the_same_and_in_the_same_order(name):
    headings = re.findall(r"^## (.*)$", messages.page(name), re.MULTILINE)
    assert headings[: len(SECTIONS)] == SECTIONS


@each_network
def test_there_is_a_picture_with_an_alternative_text(name):
    found = re.findall(r"^!\[(.*)\]\((.*)\)$", section(name, "What you get"), re.MULTILINE)
    [(alternative, path)] = found
    assert len(alternative) > 30
    assert path == f"pictures/{name}.png"
    file = messages.DOCS / path
    assert file.stat().st_size < 60_000
    with Image.open(file) as picture:
        assert picture.width == take.WIDTH


@each_network
def test_the_picture_was_made_of_what_is_composed_today(name):
    made_of = json.loads(take.MADE_OF.read_text())
    assert made_of[name] == draw.digest(composed(name)), "run make pictures, and look at it"


def test_no_picture_is_of_something_that_is_gone():
    assert sorted(json.loads(take.MADE_OF.read_text())) == NAMES
    assert sorted(each.stem for each in take.OUTPUT.glob("*.png")) == NAMES


@each_network
def test_the_picture_shows_the_words_as_they_are_sent(name):
    """Marks of links within them are all that is added."""
    made = composed(name)
    if made.requests:
        shown = re.sub(r"</?i[^>]*>", "", draw.draw(made))
        assert made.message.link in shown
        return
    shown = re.sub(r"</?a[^>]*>|</?b>", "", draw.draw(made))
    for part in made.message.text.split("\n\n")[:2]:
        assert part in shown


@each_network
def test_the_credentials_are_steps_or_none(name):
    steps = re.findall(r"^(\d)\. ", section(name, "Credentials"), re.MULTILINE)
    assert steps == [str(number) for number in range(1, len(steps) + 1)]
    assert steps or section(name, "Credentials").startswith("None")


@each_network
def test_the_example_is_of_this_network(name):
    assert composed(name).options.network == name


@each_network
def test_the_options_are_current_and_all_there(name):
    table = networks.options()[name]
    text = messages.page(name)
    assert generate().network_page(text, table) == text, "run make docs"
    named = re.findall(r"^\| `(\w+)` \|", section(name, "Options"), re.MULTILINE)
    assert named == sorted(named, key=lambda key: not table.model_fields[key].is_required())
    assert set(named) == set(generate().own_keys(table))
    assert "(../configuration.md#endpoints)" in section(name, "Options")


@each_network
def test_the_limits_are_those_of_the_code(name):
    text, limits = section(name, "Limits"), composed(name).limits
    if limits is None:
        assert text.startswith("None")
        return
    numbers = (
        limits.text,
        limits.text_bytes,
        limits.url_cost,
        limits.image_bytes,
        limits.image_pixels,
        limits.image_side,
        limits.alt,
    )
    for number in filter(None, numbers):
        assert any(each in text for each in spellings(number)), number
    if not any(numbers):
        assert text.startswith("None")


def spellings(number):
    """As people write it: ``1,000,000``, ``10 MB``, ``16 MiB``; of Discord's, some is the text's."""
    return f"{number:,}", f"{number / 1e6:g} MB", f"{number / 2**20:.0f} MiB"


@each_network
def test_edits_and_deletions_are_those_that_the_network_can_do(name):
    kind, text = networks.options()[name], section(name, "Edits and deletions")
    assert set(re.findall(r'on_edit = "(\w+)"', text)) == set(kind.edits)
    assert ('on_delete = "delete"' in text) == kind.deletes
    assert ("(../edits.md)" in text) == bool(kind.edits)


@each_network
def test_the_guarantee_is_the_declared_one(name):
    assert section(name, "Guarantee").startswith(f"`{networks.get(name).guarantee}`: ")
