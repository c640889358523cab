"""What a network has to keep to, as tests that anybody can run on their own.

A third party's test module says how its network is set up, and takes over the rules::

    from syndicate.testing import Case, Composing, Declaring, Delivering, case_fixture

    case = case_fixture(
        Case(Gopher, lambda url: {"burrow": url, "token": SECRET}, created={"id": "1"})
    )

    class TestGopher(Composing, Declaring, Delivering):
        pass

``Composing`` and ``Declaring`` hold for all networks; ``Delivering`` is for those that talk HTTP,
and ``Promising`` for those whose server says in its answer what it has made. They need
pytest and hypothesis: ``pip install syndicate-feeds[testing]``.
"""

import pytest

# Their assertions are to tell as much as those of a test module do.
pytest.register_assert_rewrite(
    "syndicate.testing.composing", "syndicate.testing.declaring", "syndicate.testing.delivering"
)

from syndicate.testing.bench import Bench  # noqa: E402 - only now they are rewritten
from syndicate.testing.case import SECRET, SITE, Case, case_fixture  # noqa: E402
from syndicate.testing.composing import Composing  # noqa: E402
from syndicate.testing.declaring import Declaring  # noqa: E402
from syndicate.testing.delivering import Delivering, Promising  # noqa: E402
from syndicate.testing.samples import KEY, POST, POSTS, picture  # noqa: E402
from syndicate.testing.server import serve  # noqa: E402

__all__ = [
    "KEY",
    "POST",
    "POSTS",
    "SECRET",
    "SITE",
    "Bench",
    "Case",
    "Composing",
    "Declaring",
    "Delivering",
    "Promising",
    "case_fixture",
    "picture",
    "serve",
]
