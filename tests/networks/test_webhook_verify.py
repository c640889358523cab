"""What is said of a received event: which of the many reasons for a no it is."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.webhook import SCHEMA
from syndicate.networks.webhook_keys import new_pair, new_shared, signed_headers
from syndicate.networks.webhook_sample import TYPES, sample
from syndicate.networks.webhook_verify import Request, Verdict, examine
from syndicate.testing.clock import NOON

NEW, OLD, PAIR, STRANGE = new_shared(), new_shared(), new_pair(), new_shared()
BODY = '{"type": "post.published", "data": {"title": "“Brass” ✨"}}'.encode()
TOLERANCE = timedelta(minutes=5)


def signed(*keys, body=BODY, when=NOON):
    return signed_headers(keys or [NEW], "msg_1", when, body)


def look(headers, body=BODY, keys=None, now=NOON, tolerance=TOLERANCE):
    fields = list(headers.items()) if isinstance(headers, dict) else headers
    return examine(Request(fields, body), keys or {"new": NEW}, now, tolerance)


def said(remarks, verdict=Verdict.WRONG):
    return [f"{each.subject}: {each.message}" for each in remarks if each.verdict is verdict]


def test_an_event_that_is_all_right():
    is_good, remarks = look(signed())
    assert is_good
    assert said(remarks, Verdict.RIGHT) == [
        "webhook-id: msg_1",
        "webhook-timestamp: 2026-03-01 12:00:00 UTC is 0:00:00 before your time",
        "webhook-signature: signature 1 (v1) was made with new",
        f"body: {len(BODY)} bytes, as they were signed",
    ]
    assert len(remarks) == 4


def test_header_fields_of_any_case_and_others_beside_them():
    fields = [("Host", "x.example"), *((name.title(), value) for name, value in signed().items())]
    assert look(fields)[0]


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda fields, name: fields.pop(name), "it is missing; was it lost on its way to you?"),
        (lambda fields, name: fields.update({name: " "}), "it is empty; was it lost"),
    ],
    ids=["missing", "empty"],
)
def test_a_header_field_that_is_not_there(name, change, told):
    fields = signed()
    change(fields, name)
    is_good, remarks = look(fields)
    assert not is_good
    [wrong] = said(remarks)
    assert wrong.startswith(f"{name}: {told}")


def test_a_header_field_that_is_there_twice():
    fields = list(signed().items())
    is_good, remarks = look([*fields, fields[2]])
    assert not is_good
    assert said(remarks) == ["webhook-signature: it is there 2 times; expected once"]


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (
            timedelta(minutes=5, seconds=1),
            (
                "too old; 2026-03-01 12:00:00 UTC is 0:05:01 before your time, "
                "0:00:01 beyond the tolerance of 0:05:00"
            ),
        ),
        (
            timedelta(days=-1),
            (
                "too new: is your clock slow?; 2026-03-01 12:00:00 UTC is 1 day, 0:00:00 after your "
                "time, 23:55:00 beyond the tolerance of 0:05:00"
            ),
        ),
    ],
)
def test_an_event_of_another_time(late, told):
    is_good, remarks = look(signed(), now=NOON + late)
    assert not is_good
    assert said(remarks) == [f"webhook-timestamp: {told}"]
    assert look(signed(), now=NOON + late, tolerance=timedelta(days=2))[0]


@pytest.mark.parametrize("late", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_the_tolerance_itself_is_within(late):
    assert look(signed(), now=NOON + late)[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-03-01T12:00:00Z", "expected whole seconds since 1970"),
        ("1772366400.5", "expected whole seconds since 1970"),
        ("1772366400000", "expected whole seconds since 1970, and these are milliseconds"),
        ("999999999999", "expected whole seconds since 1970"),
        ("-1", "expected whole seconds since 1970"),
        ("\N{ARABIC-INDIC DIGIT ONE}", "expected whole seconds since 1970"),
    ],
)
def test_a_time_that_is_none(text, told):
    is_good, remarks = look(signed() | {"webhook-timestamp": text})
    assert not is_good
    assert f"webhook-timestamp: {told}" in said(remarks)


class TestRotation:
    @pytest.mark.parametrize(
        ("name", "key", "number"),
        [("new", NEW, "1 (v1)"), ("old", OLD, "2 (v1)"), ("pair", PAIR, "3 (v1a)")],
    )
    def test_one_key_of_several_is_enough(self, name, key, number):
        is_good, remarks = look(signed(NEW, OLD, PAIR), keys={name: key})
        assert is_good
        right = said(remarks, Verdict.RIGHT)
        assert f"webhook-signature: signature {number} was made with {name}" in right
        assert len(said(remarks, Verdict.NOTE)) == 2

    def test_a_public_key_is_enough(self):
        assert look(signed(PAIR), keys={"public": PAIR.public})[0]

    def test_a_key_that_did_not_sign_is_noted(self):
        is_good, remarks = look(signed(NEW), keys={"new": NEW, "old": OLD, "pair": PAIR.public})
        assert is_good
        assert said(remarks, Verdict.NOTE) == [
            "old: no signature is by it; it is a shared secret (v1)",
            "pair: there is no v1a signature; it is a public key (v1a)",
        ]

    def test_signatures_that_are_none_do_no_harm_beside_one_that_fits(self):
        fields = signed()
        junk = "nonsense v2,AAAA v1,%% v1, ,AAAA"
        fields["webhook-signature"] = f"{junk} {fields['webhook-signature']}"
        is_good, remarks = look(fields)
        assert is_good
        assert said(remarks, Verdict.NOTE) == [
            "webhook-signature: signature 1 has no scheme: expected v1,… or v1a,…",
            "webhook-signature: signature 2 (v2) is of an unknown scheme, and passed over",
            "webhook-signature: signature 3 (v1) is not base64",
            "webhook-signature: signature 4 (v1) is by none of the keys given",
            "webhook-signature: signature 5 has no scheme: expected v1,… or v1a,…",
        ]


def test_another_key_is_told_from_a_changed_body():
    is_good, remarks = look(signed(STRANGE))
    assert not is_good
    assert said(remarks) == [
        "webhook-signature: signature 1 (v1) is by none of the keys given",
        "new: no signature is by it; it is a shared secret (v1)",
        (
            "body: no signature fits: either the key is not the sender's, or the body, webhook-id or "
            "webhook-timestamp are not those that were signed"
        ),
    ]


def test_a_key_of_the_other_kind_is_told():
    is_good, remarks = look(signed(PAIR))
    assert not is_good
    assert "new: there is no v1a signature" not in " ".join(said(remarks))
    assert "new: there is no v1 signature; it is a shared secret (v1)" in said(remarks)


@pytest.mark.parametrize(
    ("key", "was", "said_to_be"), [(NEW, "v1,", "v1a,"), (PAIR, "v1a,", "v1,")]
)
def test_a_signature_under_the_name_of_the_other_scheme_is_not_believed(key, was, said_to_be):
    fields = signed(key)
    fields["webhook-signature"] = fields["webhook-signature"].replace(was, said_to_be)
    assert not look(fields, keys={"key": key})[0]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (BODY + b"\n", "a line break was added at its end"),
        (BODY + b"\r\n", "a line break was added at its end"),
        (b"\xef\xbb\xbf" + BODY, "a byte order mark was put before it"),
        (json.dumps(json.loads(BODY)).encode(), "it was read as JSON and written anew"),
        (
            json.dumps(json.loads(BODY), separators=(",", ":")).encode(),
            "it was read as JSON and written anew",
        ),
        (json.dumps(json.loads(BODY), indent=2).encode(), "it was read as JSON and written anew"),
    ],
)
def test_what_became_of_a_body_is_found_out(body, told):
    for key in (NEW, PAIR):
        is_good, remarks = look(signed(key), body=body, keys={"key": key})
        assert not is_good
        assert said(remarks)[-1] == (
            f"body: it was changed: {told}; keep the bytes as they arrive, and verify them before "
            "anything else"
        )


@pytest.mark.parametrize(
    ("sent", "body", "told"),
    [
        (b"{}\n", b"{}", "the line break at its end was taken away"),
        (b"{\n}\n", b"{\r\n}\r\n", "its line breaks were changed"),
        (b'{"a":1}', b'{"a": 1}', "it was read as JSON and written anew"),
    ],
)
def test_what_became_of_other_senders_bodies(sent, body, told):
    _, remarks = look(signed(body=sent), body=body)
    assert f"it was changed: {told}" in said(remarks)[-1]


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 100_000, b'"\\ud800"'])
def test_a_body_that_is_no_json_is_told_all_the_same(body):
    is_good, remarks = look(signed(), body=body)
    assert not is_good
    assert said(remarks)[-1].startswith("body: no signature fits")


@given(
    st.lists(st.tuples(st.sampled_from([*signed(), "host"]), st.text(max_size=40)), max_size=5),
    st.binary(max_size=40),
)
@settings(max_examples=200, deadline=None)
def test_junk_is_never_believed_and_never_breaks_anything(fields, body):
    keys = {"new": NEW, "pair": PAIR.public}
    is_good, remarks = look(fields, body=body, keys=keys)
    assert not is_good
    assert said(remarks)


@given(st.integers(0, 63), st.integers(1, 255), st.sampled_from([NEW, PAIR]))
@settings(max_examples=100, deadline=None)
def test_a_signature_with_one_byte_changed_is_not_believed(place, change, key):
    fields = signed(key)
    scheme, _, text = fields["webhook-signature"].partition(",")
    data = bytearray(base64.b64decode(text))
    data[place % len(data)] ^= change
    fields["webhook-signature"] = f"{scheme},{base64.b64encode(data).decode()}"
    assert not look(fields, keys={"key": key})[0]


def test_no_key_is_ever_told():
    keys = {"new": NEW, "pair": PAIR, "strange": STRANGE}
    for body in (BODY, b"else"):
        shown = repr(look(signed(NEW, PAIR), body=body, keys=keys))
        for key in keys.values():
            assert str(key)[6:30] not in shown


@pytest.mark.parametrize("kind", TYPES)
def test_a_sample_is_of_the_schema_and_verified(kind):
    headers, body = sample(kind, [NEW, PAIR], NOON)
    event = json.loads(body)
    assert event["type"] == kind
    SCHEMA.validate(event)
    assert look(headers, body)[0]
    assert look(headers, body, keys={"public": PAIR.public})[0]
    assert headers["content-type"] == "application/json"


def test_each_sample_is_an_event_of_its_own():
    first, second = (sample("post.published", [NEW], NOON)[0] for _ in range(2))
    assert first["webhook-id"] != second["webhook-id"]
