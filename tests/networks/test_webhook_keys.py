"""Keys of both kinds, as the specification and other senders have them."""

from __future__ import annotations

import base64
import json
import subprocess
import sys

import pytest

from fakes.webhook import SECRET
from syndicate.networks.webhook_keys import (
    PublicKey,
    SecretKey,
    SharedKey,
    new_pair,
    new_shared,
    signed_headers,
    signing_key,
    verifying_key,
)
from syndicate.testing.clock import NOON

# The event and the signatures of the specification's examples, and the pair that gave the second:
# https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
NUMBER = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'
THEN = NOON.fromtimestamp(1614265330, NOON.tzinfo)
PAIR = (
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
)
PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="


def raw(text):
    return base64.b64decode(text.partition("_")[2])


def spelled(prefix, data):
    return prefix + base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("secrets", "signatures"),
    [([SECRET], V1), ([PAIR], V1A), ([SECRET, PAIR], f"{V1} {V1A}"), ([PAIR, SECRET], f"{V1A} {V1}")],
)  # fmt: skip
def test_signatures_as_the_specification_has_them(secrets, signatures):
    assert signed_headers(map(signing_key, secrets), NUMBER, THEN, BODY) == {
        "webhook-id": NUMBER,
        "webhook-timestamp": "1614265330",
        "webhook-signature": signatures,
    }


def test_a_pair_in_the_short_form_signs_the_same():
    short = spelled("whsk_", raw(PAIR)[:32])
    signed = signed_headers([signing_key(short)], NUMBER, THEN, BODY)
    assert signed["webhook-signature"] == V1A
    assert str(signing_key(short)) == PAIR


@pytest.mark.parametrize("text", [SECRET, PAIR, PUBLIC])
def test_a_key_is_spelled_as_it_was_read(text):
    assert str(verifying_key(text)) == text


def test_the_public_half_of_a_pair():
    assert str(signing_key(PAIR).public) == PUBLIC


@pytest.mark.parametrize("text", [SECRET, PAIR, PUBLIC])
def test_a_key_fits_its_signature_and_no_other(text):
    key = verifying_key(text)
    mine = base64.b64decode((V1 if text == SECRET else V1A).partition(",")[2])
    content = f"{NUMBER}.1614265330.".encode() + BODY
    assert key.fits(content, mine)
    assert not key.fits(content + b" ", mine)
    assert not key.fits(content, mine[:-1])
    assert not key.fits(content, b"")
    assert not key.fits(content, bytes([mine[0] ^ 1]) + mine[1:])


def test_new_keys_differ_and_can_be_read_again():
    for make, kind in ((new_shared, SharedKey), (new_pair, SecretKey)):
        one, other = make(), make()
        assert one != other
        assert isinstance(signing_key(str(one)), kind)
        assert signing_key(str(one)) == one
    assert len(raw(str(new_shared()))) == 32
    assert isinstance(verifying_key(str(new_pair().public)), PublicKey)


@pytest.mark.parametrize("text", [SECRET, PAIR])
def test_a_secret_shows_in_no_repr(text):
    shown = repr(signing_key(text))
    assert text[6:20] not in shown
    assert repr(raw(text)[:4])[2:-1] not in shown


@pytest.mark.parametrize(
    "text",
    [
        "hunter2hunter2hunter2hunter2",
        SECRET.removeprefix("whsec_"),
        "whsec_",
        "whsec_hunter2!",
        "whsec_hunter2\N{SNOWMAN}",
        spelled("whsec_", bytes(23)),
        spelled("whsec_", bytes(65)),
        spelled("whsec_", bytes(32)).rstrip("="),
        "v1," + SECRET,
        "whsk_",
        "whsk_hunter2!",
        spelled("whsk_", bytes(31)),
        spelled("whsk_", bytes(63)),
        PAIR.replace("whsk_", "whsec_") + "AAAA",
        PUBLIC,
    ],
)
def test_what_is_no_signing_secret_is_refused_with_advice_and_never_repeated(text):
    with pytest.raises(ValueError, match="24 to 64 bytes in base64, or whsk_ and an ed") as caught:
        signing_key(text)
    assert text.endswith("_") or text not in str(caught.value)


def test_a_public_key_is_told_for_what_it_is():
    with pytest.raises(ValueError, match="this is a public key, which receivers have"):
        signing_key(PUBLIC)


def test_halves_that_do_not_belong_together_are_refused():
    """A typing error would sign what no receiver believes."""
    with pytest.raises(ValueError, match="two halves of the whsk_ key do not belong together"):
        signing_key(spelled("whsk_", raw(PAIR)[:32] + raw(str(new_pair().public))))


@pytest.mark.parametrize(
    "text", ["whpk_", spelled("whpk_", bytes(31)), "whpk_hunter2!", PUBLIC[:-1]]
)
def test_what_is_no_public_key_is_refused(text):
    with pytest.raises(ValueError, match="expected whpk_ and 32 bytes in base64"):
        verifying_key(text)


def test_cryptography_is_imported_for_pairs_alone():
    program = """
import json, sys
from syndicate.networks.webhook_keys import signing_key
shared, pair = sys.argv[1:]
seen = []
for text in (shared, pair):
    signing_key(text).sign(b"")
    seen.append("cryptography" in sys.modules)
print(json.dumps(seen))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, SECRET, PAIR], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [False, True]
