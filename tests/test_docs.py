"""The docs are true: every key, command, network and exit code in them is, and none is missing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.docs import generate
from syndicate import config, networks
from syndicate.exits import Exit
from syndicate.model import Kind

ROOT = Path(__file__).parents[1]


def test_the_reference_of_the_configuration_is_current():
    assert (ROOT / "docs" / "configuration.md").read_text() == generate().page(), "run make docs"


@pytest.mark.parametrize("name", sorted(networks._BUILT_IN))
def test_every_network_has_its_row_with_its_guarantee(name):
    guarantee = str(networks.get(name).guarantee)
    [row] = re.findall(rf"^\| `{name}` \|.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert f"`{guarantee}`" in row


def test_every_exit_code_is_explained():
    page = (ROOT / "docs" / "commands.md").read_text()
    assert {int(code) for code in re.findall(r"^\| (\d) \|", page, re.MULTILINE)} == set(Exit)


def test_every_kind_of_finding_is_explained():
    page = (ROOT / "docs" / "commands.md").read_text()
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == set(Kind)


def test_links_between_the_pages_lead_somewhere():
    for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]:
        for link in re.findall(r"\]\((?!http)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page}: {link}"


CONFIGS = [
    block
    for page in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
    for block in re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL)
    if "entry-points" not in block
]


@pytest.mark.parametrize("block", CONFIGS)
def test_every_configuration_in_the_docs_is_valid(block, tmp_path):
    site = '[site]\ntitle = "x"\nurl = "https://x.example"\n'
    path = tmp_path / "syndicate.toml"
    path.write_text(block if "[site]" in block else site + block)
    config.load(path, networks.options(), secrets=False)


def test_the_example_configuration_is_valid():
    config.load(ROOT / "config" / "syndicate.toml", networks.options())


def test_the_network_in_the_docs_keeps_the_rules(tmp_path):
    page = (ROOT / "docs" / "networks" / "writing-one.md").read_text()
    network, tests = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "syndicate_gopher.py").write_text(network)
    (tmp_path / "test_gopher.py").write_text(tests)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^\d\d passed", done.stdout, re.MULTILINE)
