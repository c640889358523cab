"""What the daemon answers over HTTP: the feeds, and how it is; and the same for other servers.

::

    the output folder ─ shelf ─→ kept: bytes, encodings, validators, header fields
                                   │
    a request ─ routes ─ negotiate ┴→ 200, 304, 406, 412
                  └─ Starlette ─────→ /livez, /readyz, /status, 404
"""

from syndicate.standing import Account
from syndicate.web.header_files import SERVERS, header_file
from syndicate.web.protocol import protocol
from syndicate.web.routes import Application
from syndicate.web.rules import Rules
from syndicate.web.shelf import Shelf
from syndicate.web.status import Status, StatusPage

__all__ = [
    "SERVERS",
    "Account",
    "Application",
    "Rules",
    "Shelf",
    "Status",
    "StatusPage",
    "header_file",
    "protocol",
]
