"""Runs in .real/judges: the libraries of Standard Webhooks and of Svix verify what we have signed.

Reads JSON from stdin, a list of ``{"secret", "headers", "body"}``, and answers with JSON: for each
library what it says of each event whose secret is a shared one: ``ok``, or its complaint.
"""

import json
import sys

import standardwebhooks
import svix.webhooks


def say(library, asked):
    try:
        library.Webhook(asked["secret"]).verify(asked["body"].encode(), asked["headers"])
    except library.WebhookVerificationError as error:
        return str(error)
    return "ok"


every = [each for each in json.load(sys.stdin) if each["secret"].startswith("whsec_")]
told = {
    "standardwebhooks (Python)": [say(standardwebhooks, each) for each in every],
    "svix (Python)": [say(svix.webhooks, each) for each in every],
}
json.dump(told, sys.stdout)
