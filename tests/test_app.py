"""The composition root: what it puts together keeps its secrets."""

from __future__ import annotations

from fakes.site import Blog
from syndicate.app import LedgerSession, open_app
from syndicate.redaction import MASK, Redactor


def test_a_sessions_tokens_are_secrets_from_the_moment_they_are_known(tmp_path):
    blog, redact = Blog(tmp_path), Redactor()
    with open_app(blog.config, redact=redact) as app:
        session = LedgerSession(app.ledger, "sky", redact)
        session.save(
            {"access": "eyJ-access", "refresh": "eyJ-refresh", "pds": "https://pds.example"}
        )
        assert redact("eyJ-access, eyJ-refresh") == f"{MASK}, {MASK}"
        assert redact("https://pds.example") == "https://pds.example"
    again = Redactor()
    with open_app(blog.config, redact=again) as app:
        assert LedgerSession(app.ledger, "sky", again).load()["access"] == "eyJ-access"
        assert app.redact("Bearer eyJ-access") == f"Bearer {MASK}"


def test_the_configurations_secrets_are_learnt(tmp_path, monkeypatch):
    blog = Blog(tmp_path)
    monkeypatch.setenv("TOOTS", "a-token-of-mine")
    server = "https://example.social"
    blog.endpoint("toots", "mastodon", server=server, token="env:TOOTS")
    with open_app(blog.config) as app:
        assert app.redact("a-token-of-mine") == MASK
