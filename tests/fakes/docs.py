"""The program that writes the docs' tables; it is no part of any package."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).parents[2] / "docs" / "generate.py"


@cache
def generate() -> Any:
    spec = importlib.util.spec_from_file_location("generate", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
