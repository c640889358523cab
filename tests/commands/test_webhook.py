"""`webhook`: what those who write receivers are given."""

from __future__ import annotations

from syndicate.networks.webhook_keys import SharedKey, signing_key, verifying_key


class TestKeys:
    def test_a_secret_that_an_endpoint_takes(self, say):
        said = say("webhook", "keygen", config=False)
        assert said.code == 0
        assert isinstance(signing_key(said.out.strip()), SharedKey)

    def test_a_pair_whose_halves_belong_together(self, say):
        secret, public = say("webhook", "keygen", "--asymmetric", config=False).out.split()
        assert signing_key(secret).public == verifying_key(public)

    def test_no_two_are_the_same(self, say):
        for options in ((), ("--asymmetric",)):
            first, second = (say("webhook", "keygen", *options, config=False).out for _ in "12")
            assert first != second

    def test_for_a_machine(self, say):
        alone = say("webhook", "keygen", "--json", config=False).json
        assert list(alone) == ["secret"]
        pair = say("webhook", "keygen", "--asymmetric", "--json", config=False).json
        assert list(pair) == ["secret", "public_key"]
        assert str(signing_key(pair["secret"]).public) == pair["public_key"]
