"""What the daemon answers over HTTP: the feeds, and how it is."""

from syndicate.web.routes import create
from syndicate.web.shelf import Shelf

__all__ = ["Shelf", "create"]
