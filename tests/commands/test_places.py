from __future__ import annotations

import os
import shutil

import pytest


@pytest.fixture
def line_of(blog):
    """Finds the line of the configuration that begins so."""

    def find(beginning):
        lines = blog.config.read_text().split("\n")
        return next(number for number, line in enumerate(lines, 1) if line.startswith(beginning))

    return find


def faults(said):
    return [each for each in said.json["findings"] if each["kind"] == "config"]


def test_places_that_can_be_used_are_not_mentioned(blog, say):
    said = say("check", "config", "--json")
    assert (said.code, said.json["findings"]) == (0, [])


def test_a_content_folder_that_is_not_there_is_told_by_its_key(blog, say, line_of):
    folder = blog.folder / "content"
    shutil.rmtree(folder)
    said = say("check", "--json")
    [found] = faults(said)
    assert said.code == 2
    assert (found["source"], found["key"]) == (str(blog.config), "content.dir")
    assert found["line"] == line_of("dir =")
    assert found["message"] == f"{folder} is not there: say where the posts are"


def test_a_file_where_a_folder_is_written_to_is_told(blog, say):
    folder = blog.folder / "public"
    folder.write_text("no folder")
    said = say("check", "config")
    assert said.code == 2
    assert "feeds.output" in said.out
    assert f"{folder} is not a folder: name another one" in said.out
    assert "The configuration has 1 errors." in said.out


def test_folders_that_may_not_be_written_to_are_told_all_at_once(blog, say, monkeypatch):
    # Who runs the tests may be root, who may write anywhere.
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    found = faults(say("check", "config", "--json"))
    assert [each["key"] for each in found] == ["feeds.output", "media.cache", "ledger.url"]
    assert all("cannot be written to" in each["message"] for each in found)


def test_a_logo_and_fonts_that_cannot_be_drawn_with_are_told(blog, say, line_of):
    (blog.folder / "logo.png").write_text("no picture")
    with blog.config.open("a") as file:
        file.write('\n[cards]\nlogo = "logo.png"\nfonts = ["own.ttf"]\n')
    font, logo = faults(say("check", "config", "--json"))
    assert (font["key"], font["line"]) == ("cards.fonts", line_of("fonts ="))
    assert font["message"] == (
        f"{blog.folder / 'own.ttf'}: No such file or directory: name a TrueType or OpenType font"
    )
    assert (logo["key"], logo["line"]) == ("cards.logo", line_of("logo ="))
    assert "it is no PNG, JPEG, WebP or GIF" in logo["message"]
