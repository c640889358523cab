"""MailDev's inbox, seen by who reads it: three mail servers lead into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import trustme

from real.servers import HERE, NODE, REAL, REQUEST_LIMIT, running

USER, PASSWORD = "herald", "aXv3-Qm9_zYt7Lk2PbR5"
HOST = "localhost"
"""The certificate is for this name."""


class Inbox:
    """What has come by mail, as MailDev has read it.

    Args:
        url: where MailDev is asked.
        ports: those of the mail servers, by the ``security`` that each has.
        trusted: a file with the authority that has signed their certificate.
    """

    def __init__(self, url: str, ports: dict[str, int], trusted: Path) -> None:
        self.ports = ports
        self.trusted = trusted
        self._http = httpx.Client(base_url=url, timeout=REQUEST_LIMIT, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def empty(self) -> None:
        self._http.delete("/api/email/all").raise_for_status()

    def mails(self) -> list[dict[str, Any]]:
        """Give every mail with its ``subject``, ``text``, ``html``, ``headers``, ``attachments``."""
        return list(self._http.get("/api/email").raise_for_status().json())

    def source(self, mail: dict[str, Any]) -> bytes:
        """Give a mail as it came."""
        return self._http.get(f"/api/email/{mail['id']}/source").raise_for_status().content

    def attachment(self, mail: dict[str, Any], attachment: dict[str, Any]) -> bytes:
        path = f"/api/email/{mail['id']}/attachment/{attachment['generatedFileName']}"
        return self._http.get(path).raise_for_status().content


@contextmanager
def running_inbox(folder: Path) -> Iterator[Inbox]:
    authority = trustme.CA()
    certificate = authority.issue_cert(HOST)
    key, chain, trusted = (folder / f"{name}.pem" for name in ("key", "chain", "trusted"))
    certificate.private_key_pem.write_to_path(str(key))
    certificate.cert_chain_pems[0].write_to_path(str(chain))
    authority.cert_pem.write_to_path(str(trusted))
    command = [NODE, HERE / "maildev.mjs", REAL, key, chain, USER, PASSWORD]
    with running(command, folder / "errors.log") as said:
        inbox = Inbox(said["url"], said["ports"], trusted)
        try:
            yield inbox
        finally:
            inbox.close()
