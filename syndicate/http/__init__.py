"""All HTTP that goes out: one guarded client an endpoint. The only room that imports httpx."""

from syndicate.http.client import FilePart, Http
from syndicate.http.reply import Reply
from syndicate.http.sights import Sight, ends

__all__ = ["FilePart", "Http", "Reply", "Sight", "ends"]
