"""The configuration's JSON Schema, for editors and for the reference in the docs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from syndicate.config.schema import Config, Endpoint

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(options: Mapping[str, type[Endpoint]]) -> dict[str, Any]:
    """Give the schema of the whole file: an endpoint has the keys of the network that it names.

    Args:
        options: the options model of each network, by the network's name.
    """
    models = {name: options[name] for name in sorted(options)}
    inputs = [(Config, "validation"), *((each, "validation") for each in models.values())]
    references, definitions = models_json_schema(inputs)  # type: ignore[arg-type]
    defs = definitions["$defs"]
    root = dict(defs.pop(references[(Config, "validation")]["$ref"].rpartition("/")[2]))
    choices = []
    for name, each in models.items():
        reference = references[(each, "validation")]["$ref"]
        defs[reference.rpartition("/")[2]]["properties"]["network"]["const"] = name
        choices.append({"$ref": reference})
    root["properties"]["endpoints"]["items"] = {"oneOf": choices}
    defs.pop("Endpoint", None)
    return {"$schema": DIALECT, **root, "$defs": defs}
