"""All HTTP that goes out: one guarded client an endpoint. The only room that imports httpx."""

from syndicate.http.client import FilePart, Http
from syndicate.http.reply import Reply

__all__ = ["FilePart", "Http", "Reply"]
