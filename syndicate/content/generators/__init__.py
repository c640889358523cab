"""Site generators: where their posts are on the web, and what their configuration tells.

``find`` recognises the generator of a folder; each generator is a class over ``base``.
``settings`` reads configuration files, ``words`` spells as each generator would.
"""

from syndicate.content.generators.base import Generator, Page, Told
from syndicate.content.generators.find import KINDS, find

__all__ = ["KINDS", "Generator", "Page", "Told", "find"]
