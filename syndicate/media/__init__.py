"""Pictures: fetched or read once, judged by their bytes, kept in a cache that may be deleted."""

from syndicate.media.cache import Cache
from syndicate.media.store import MediaStore, oversize

__all__ = ["Cache", "MediaStore", "oversize"]
