"""What an edit changes, by name."""

from __future__ import annotations

import json
from dataclasses import replace

from fakes.posts import MESSAGE
from syndicate.delivery.changes import changes


def event(**data):
    return replace(MESSAGE, payload={"body": json.dumps({"type": "x", "data": data})})


def test_fields_of_an_event_are_named_one_by_one():
    old, new = event(title="A", tags=["a"], gone=1), event(title="A", tags=["a", "b"])
    assert changes(old, new) == ("data.tags", "data.gone")
    assert changes(old, old) == ()


def test_the_text_and_the_options_are_named():
    assert changes(MESSAGE, replace(MESSAGE, text="Other", length=5)) == ("text",)
    assert changes(MESSAGE, replace(MESSAGE, payload={"visibility": "direct"})) == ("visibility",)


def test_a_body_that_is_no_json_is_one_thing():
    old, new = (replace(MESSAGE, payload={"body": body}) for body in ("{", "}"))
    assert changes(old, new) == ("body",)
