from __future__ import annotations

import functools

import httpx
import pytest


@pytest.fixture(scope="session", autouse=True)
def one_tls_context():
    """Reading the system's authorities takes longer than most of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", functools.cache(httpx.create_ssl_context))
        yield
