"""Runs in .real/judges: other people's code says whether our messages are what their networks take.

Reads JSON from stdin, ``{"telegram": [html, …], "slack": [blocks, …]}``, and answers with JSON: what
TDLib reads of each text, and what Slack's own models say of each list of blocks.
"""

import json
import sys

import tdjson
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block


def execute(request):
    return json.loads(tdjson.td_execute(json.dumps(request).encode()))


def read_html(text):
    """Let TDLib parse a text as the Bot API does: its plain words and entities, or its complaint."""
    request = {
        "@type": "parseTextEntities",
        "text": text,
        "parse_mode": {"@type": "textParseModeHTML"},
    }
    answer = execute(request)
    if answer["@type"] == "error":
        return {"error": answer["message"]}
    kinds = [each["type"]["@type"] for each in answer["entities"]]
    return {"text": answer["text"], "entities": kinds}


def read_blocks(blocks):
    """Let Slack's models take blocks in and give them out again; they check lengths on the way."""
    try:
        return [block.to_dict() for block in Block.parse_all(blocks)]
    except SlackObjectFormationError as error:
        return {"error": str(error)}


execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})
asked = json.load(sys.stdin)
told = {
    "telegram": [read_html(text) for text in asked["telegram"]],
    "slack": [read_blocks(blocks) for blocks in asked["slack"]],
}
json.dump(told, sys.stdout)
