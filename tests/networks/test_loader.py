"""Networks are found by name; nothing is imported before its name is asked for."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from fakes import third_party
from syndicate import networks
from syndicate.config import Endpoint, load
from syndicate.errors import SyndicateError

BUILT_IN = sorted(networks._BUILT_IN)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Packages that a test installs; forgotten at its end."""
    networks._third_party.cache_clear()
    folder = third_party.install(tmp_path)
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    networks._third_party.cache_clear()
    for name in [name for name in sys.modules if name.startswith("syndicate_")]:
        del sys.modules[name]


def package(site, name, entry_points, **modules):
    """Install another package."""
    metadata = site / f"{name.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[syndicate.networks]\n{entry_points}\n")
    for module, text in modules.items():
        (site / f"{module}.py").write_text(text)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_built_in_has_options_and_a_guarantee(name):
    network = networks.get(name)
    assert issubclass(network.Options, Endpoint)
    assert network.Options is networks.options()[name]
    assert networks._fault(network) == ""


def test_nothing_is_imported_before_it_is_asked_for():
    program = """
import json, sys
from syndicate import networks
options = networks.options()
seen = [sorted(options), len(options), "mastodon" in options, "gopher" in options]
def loaded():
    return sorted(name.rpartition(".")[2] for name in sys.modules
                  if name.startswith("syndicate.networks."))
before = loaded()
options["folder"]
print(json.dumps([seen, before, loaded()]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    seen, before, after = json.loads(done.stdout)
    assert seen == [BUILT_IN, len(BUILT_IN), True, False]
    assert before == ["base"]
    assert after == ["base", "folder"]


def test_an_unknown_name_is_a_key_error():
    with pytest.raises(KeyError):
        networks.get("gopher")
    with pytest.raises(KeyError):
        networks.options()["gopher"]


def test_a_third_partys_network_is_found_and_configured_like_any_other(site, tmp_path):
    path = tmp_path / "syndicate.toml"
    path.write_text(
        '[site]\ntitle = "x"\nurl = "https://x.example"\n'
        '[[endpoints]]\nname = "s"\nnetwork = "shout"\nurl = "https://shout.example/"\n'
    )
    assert list(networks.options()) == sorted([*BUILT_IN, "shout", "whisper"])
    loaded = load(path, networks.options())
    assert networks.get("shout").__name__ == "Shout"
    assert loaded.endpoints[0].url == "https://shout.example"


def test_a_third_partys_network_is_not_imported_by_asking_for_names(site):
    package(site, "syndicate-late", "late = syndicate_late:Late", syndicate_late="raise OSError")
    assert "late" in networks.options()
    assert "late" in list(networks.options())
    assert networks.get("folder")
    assert "syndicate_late" not in sys.modules


@pytest.mark.parametrize(
    ("entry_point", "text", "reason"),
    [
        ("syndicate_broken:Broken", "import nothing_of_this_name", "ModuleNotFoundError"),
        ("syndicate_broken:Broken", "class class", "SyntaxError"),
        ("syndicate_broken:Broken", "raise RuntimeError('moody')", "RuntimeError: moody"),
        ("syndicate_broken:Broken", "", "AttributeError"),
        ("syndicate_missing:Broken", "", "ModuleNotFoundError"),
        ("syndicate_broken:Broken", "class Broken: pass", "no Options on top of"),
        ("syndicate_broken:Broken", "class Broken:\n    Options = dict", "no Options on top of"),
    ],
)
def test_a_broken_package_is_named_when_its_network_is_used(site, entry_point, text, reason):
    package(site, "syndicate-broken", f"broken = {entry_point}", syndicate_broken=text)
    with pytest.raises(SyndicateError, match=reason) as caught:
        networks.get("broken")
    assert "'broken' of syndicate-broken" in str(caught.value)


def test_two_packages_with_one_name_are_both_named(site):
    package(site, "syndicate-louder", "shout = syndicate_shout:Shout")
    with pytest.raises(SyndicateError, match=r"twice \(syndicate-louder, syndicate-shout\)"):
        networks.get("shout")


def test_a_built_in_is_not_replaced_and_not_silently(site, caplog):
    package(site, "syndicate-evil", "mastodon = syndicate_shout:Shout")
    with caplog.at_level(logging.WARNING):
        assert networks.get("mastodon").__name__ == "Mastodon"
        networks.get("mastodon")
    assert caplog.messages == [
        "the network 'mastodon' of syndicate-evil is left alone: a built-in one has that name"
    ]


FAULTS = {
    "has no guarantee": "    Options = Endpoint",
    "has no check, compose, deliver, limits": """
    Options = Endpoint
    guarantee = Guarantee(Replay.NONE)
""",
    "has no check, deliver": """
    Options = Endpoint
    guarantee = Guarantee(Replay.NONE)
    def notice(self, feed): ...
""",
    "has to have a look_up": """
    Options = Endpoint
    guarantee = Guarantee(Replay.NONE, looks_up=True)
    def limits(self, wire): ...
    def compose(self, *_): ...
    def deliver(self, *_): ...
    def check(self, wire): ...
""",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_class_that_is_no_network_says_what_it_lacks(site, fault):
    module = f"""
from syndicate.config import Endpoint
from syndicate.model import Guarantee, Replay
class Network:
{FAULTS[fault]}
"""
    package(site, "half-done", "half = syndicate_half:Network", syndicate_half=module)
    with pytest.raises(SyndicateError, match=fault):
        networks.get("half")
