"""The files in which a site says that an account's records are its own, beside the feeds.

Their words are known once the account has logged in; so they are written at the end of a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from syndicate import feeds, networks
from syndicate.config import Config
from syndicate.errors import FeedError
from syndicate.ledger import Ledger
from syndicate.model import Site
from syndicate.networks.base import Proves

TEXT = "text/plain; charset=utf-8"


@dataclass(slots=True)
class Proofs:
    """What is to be proved, and what is known of it."""

    config: Config
    site: Site
    ledger: Ledger
    warnings: list[str] = field(default_factory=list)
    """Which files stand in the way of ours."""

    def addresses(self) -> list[feeds.Address]:
        """List where the files are, for who serves them; not all need be there."""
        return [
            self._address(path) for path in dict.fromkeys(path for _, path, _ in self._wanted())
        ]

    def shown(self) -> list[feeds.Published]:
        """Give the same as what is published."""
        title, output = self.config.site.title, self.config.feeds.output
        return [feeds.placed(each, title, output) for each in self.addresses()]

    def publish(self) -> list[feeds.Published]:
        """Put the files into their places. One that says something else is left alone, and told of.

        Raises:
            FeedError: a file cannot be read or written.
        """
        output = self.config.feeds.output
        return [
            feeds.Published(each, output / each.path, self._put(each)) for each in self._documents()
        ]

    def changed(self) -> list[feeds.Document]:
        """List the files that :meth:`publish` would write."""
        return feeds.changed(self._documents(), self.config.feeds.output)

    def _documents(self) -> list[feeds.Document]:
        """Give the files that are as they should be, or may be written."""
        said: dict[str, str] = {}
        found: list[feeds.Document] = []
        for name, path, text in self._wanted():
            if text is None:
                continue
            there = said[path] if path in said else self._there(path)
            said[path] = there or text
            if (there or text).strip() != text:
                whole = self.config.feeds.output / path
                self.warnings.append(
                    f"{whole} names {said[path].strip()}, but {name} is at {text}: a site can name "
                    "one; remove the file where it is out of date, or leave it to one endpoint"
                )
            elif path not in [each.path for each in found]:
                found.append(self._document(path, said[path]))
        return found

    def _wanted(self) -> Iterator[tuple[str, str, str | None]]:
        """Give endpoints' names, where their files are, and what is in them as far as is known."""
        for endpoint in self.config.endpoints:
            network = networks.get(endpoint.network)(endpoint, self.site)
            if isinstance(network, Proves) and (path := network.proof_path):
                yield endpoint.name, path, network.proof(self.ledger.load_session(endpoint.name))

    def _there(self, path: str) -> str | None:
        """Give what the file says now; None where there is none."""
        whole = self.config.feeds.output / path
        try:
            return whole.read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FeedError(f"{whole}: cannot be read: {error.strerror or error}") from error

    def _put(self, document: feeds.Document) -> bool:
        path = self.config.feeds.output / document.path
        try:
            return feeds.put(path, document.data)
        except OSError as error:
            raise FeedError(f"{path}: cannot be written: {error.strerror or error}") from error

    def _document(self, path: str, text: str) -> feeds.Document:
        address, title = self._address(path), self.config.site.title
        return feeds.Document(path, address.url, TEXT, title, 0, None, text.encode())

    def _address(self, path: str) -> feeds.Address:
        parts = urlsplit(self.site.url)
        return feeds.Address(path, f"{parts.scheme}://{parts.netloc}/{quote(path)}", TEXT)
