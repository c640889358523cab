"""Editors and the docs get the schema from the models that validate."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from syndicate import networks
from syndicate.config import Config
from syndicate.config.document import DIALECT, json_schema

EXAMPLE = Path(__file__).parents[2] / "config" / "syndicate.toml"


@cache
def judge():
    """Make it once: that takes as long as a test."""
    return jsonschema.Draft202012Validator(json_schema(networks.options()))


def valid(data):
    judge().validate(data)


def config(**endpoint):
    site = {"title": "x", "url": "https://x.example"}
    return {"site": site} | ({"endpoints": [{"name": "a", **endpoint}]} if endpoint else {})


def test_the_schema_is_one():
    schema = json_schema(networks.options())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert json.loads(json.dumps(schema)) == schema
    assert Config.model_json_schema()["properties"].keys() == schema["properties"].keys()


def test_the_example_is_valid_by_it():
    valid(tomllib.loads(EXAMPLE.read_text()))


def test_an_endpoint_has_the_keys_of_its_own_network():
    secret = "env:X"
    valid(config(network="webhook", url="https://x.example", secret=secret))
    valid(config(network="folder", dir="out", max_age="5m"))
    for wrong in (
        {"network": "folder", "dir": "out", "secret": secret},
        {"network": "webhook", "dir": "out"},
        {"network": "webhook", "url": "https://x.example", "secret": "in the clear"},
        {"network": "gopher"},
        {"network": "folder", "dir": "out", "max_age": "5 parsecs"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            valid(config(**wrong))


@pytest.mark.parametrize("name", ["Config", *networks.options()])
def test_every_key_is_described(name):
    model = Config if name == "Config" else networks.options()[name]
    schema = model.model_json_schema()
    tables = [*schema.get("$defs", {}).values(), *([] if name == "Config" else [schema])]
    for table in tables:
        for key, field in table["properties"].items():
            assert field.get("description"), f"{table['title']}.{key}"
