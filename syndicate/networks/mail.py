"""E-mail: each post as a mail to an address, such as a mailing list's.

https://www.rfc-editor.org/rfc/rfc5322, …/rfc2387 for the picture within, …/rfc3834 for machines
"""

from __future__ import annotations

import asyncio
import hashlib
import html as markup
import ipaddress
import logging
import ssl
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from syndicate.compose import Parts, Words, fit, is_right_to_left, shorten
from syndicate.config import Form, Secret, Worded
from syndicate.model import (
    Attachment,
    Fact,
    Guarantee,
    Health,
    Key,
    Limits,
    Message,
    Picture,
    Post,
    Receipt,
    Replay,
    Site,
    certificate,
)
from syndicate.networks import smtp
from syndicate.networks.base import Wire

log = logging.getLogger(__name__)

LIMITS = Limits(
    text=None,
    image_bytes=1_000_000,
    image_side=1_600,
    image_types=frozenset({"image/jpeg", "image/png", "image/gif"}),
    alt=1_000,
)
"""Of our own making: what a mail program shows, and a phone loads on the road."""
SUBJECT = 200
"""The most characters of a subject, and of a sender's name."""
_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_JOINERS = {"\u200c", "\u200d"}
_POLICY = SMTP.clone(cte_type="7bit")

MailAddress = Annotated[
    str,
    Form(
        r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9-]+\.)*[A-Za-z0-9-]+$",
        "a mail address without a name beside it",
        "readers@lists.example.org",
    ),
]
"""A plain address, in ASCII: a domain with other letters is written in its ``xn--`` form."""


class MailOptions(Worded):
    """Readers who get each post by e-mail, over an SMTP server of yours."""

    host: Annotated[
        str, Form(r"^[A-Za-z0-9.:-]+$", "the name of a mail server", "smtp.example.org")
    ] = Field(description="The mail server's name.")
    port: int | None = Field(
        None, ge=1, le=65535, description="465 with `tls`, 587 with `starttls`, else 25."
    )
    security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="How the connection is encrypted; `none` within `allow_networks` only."
    )
    user: str = Field("", description="Who logs in; empty where the server asks for nobody.")
    password: Secret | None = Field(None, description="The password, or an app password.")
    sender: MailAddress = Field(description="The address that mails come from.")
    sender_name: str = Field("", max_length=100, description="Its name; the site's title if empty.")
    to: list[MailAddress] = Field(
        min_length=1, max_length=50, description="Who gets them: a mailing list's address is best."
    )
    hashtags: int = Field(0, ge=0, le=20, description="The most hashtags.")

    @field_validator("password")
    @classmethod
    def _user_and_password(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if "user" in info.data and bool(info.data["user"]) != (value is not None):
            raise ValueError("a login has a user and a password; give both, or neither")
        return value


class Mail:
    """Sends a mail of plain text and HTML, the hero image within.

    The ``Message-ID`` is the delivery's own, so a mail that went out twice is shown once by
    programs that look; that is no promise, and SMTP makes none.
    """

    Options = MailOptions
    guarantee = Guarantee(Replay.NONE)

    def __init__(self, options: MailOptions, site: Site) -> None:
        self._options = options
        self._site = site
        self.trust: Callable[[], ssl.SSLContext] = ssl.create_default_context

    async def limits(self, wire: Wire) -> Limits:  # noqa: ARG002
        """Give the limits of a mail that is pleasant to get."""
        return LIMITS

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:  # noqa: ARG002
        """Compose subject, text and HTML; the headers and the picture come when it is sent."""
        parts = Words(post, self._site, self._options).within(lambda _: True)
        image = fit(post, picture, limits)
        return Message.of(
            post,
            parts.text,
            length=len(parts.text),
            limit=limits.text,
            image=image,
            payload={
                "subject": _one_line(post.title or post.summary or self._site.title),
                "html": _page(parts, post.language, image),
            },
        )

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:  # noqa: ARG002
        """Hand the mail over; whom the server refuses is told, and does not cost the others."""
        options, mail = self._options, self.write(message, key)
        refused = await asyncio.to_thread(
            smtp.send, self._server(), options.sender, options.to, mail.as_bytes()
        )
        for address, said in refused.items():
            log.warning("%s gets no mail: %s", address, said)
        return Receipt(mail["message-id"])

    async def check(self, wire: Wire) -> Health:
        """Log in, and send nothing."""
        host = self._options.host
        greeting = await asyncio.to_thread(smtp.log_in, self._server())
        who = self._options.user or "nobody in particular"
        facts = [Fact("login", greeting.logins or "the server offers none")]
        if greeting.size:
            facts.append(Fact("size", f"mails to {greeting.size:,} bytes"))
        if greeting.ends:
            facts.append(certificate(host, greeting.ends, wire.clock()))
        else:
            facts.append(Fact("certificate", "none: nothing is encrypted on the way"))
        return Health(ok=True, detail=f"{host} lets {who} in", facts=tuple(facts))

    def write(self, message: Message, key: Key) -> EmailMessage:
        """Write the mail: the same delivery gives the same bytes."""
        options = self._options
        number = hashlib.sha256(key.value.encode()).hexdigest()[:32]
        domain = options.sender.rpartition("@")[2]
        mail = EmailMessage(_POLICY)
        mail["From"] = _address(options.sender, options.sender_name or self._site.title)
        # Readers are not told of each other.
        mail["To"] = options.to[0] if len(options.to) == 1 else "undisclosed-recipients:;"
        mail["Subject"] = message.payload["subject"]
        mail["Date"] = key.minted
        mail["Message-ID"] = f"<{number}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        mail.add_alternative(message.payload["html"], subtype="html")
        if message.image:
            _put_in(mail, message.image)
        mail["Content-Language"] = message.language  # of the whole: what is there earlier moves
        for count, part in enumerate(each for each in mail.walk() if each.is_multipart()):
            part.set_boundary(f"=_{number}_{count}")  # a random one would be another mail each time
        return mail

    def _server(self) -> smtp.Server:
        options = self._options
        password = options.password or SecretStr("")
        return smtp.Server(
            host=options.host,
            port=options.port or _PORTS[options.security],
            security=options.security,
            user=options.user,
            password=password.get_secret_value(),
            name=options.sender.rpartition("@")[2],
            seconds=options.timeout.total_seconds(),
            allowed=[ipaddress.ip_network(each) for each in options.allow_networks],
            trust=self.trust,
        )


def _put_in(mail: EmailMessage, image: Attachment) -> None:
    """Put the picture beside the HTML, which names it by the digest of its bytes."""
    kind, _, subtype = image.type.partition("/")
    part = mail.get_body(("html",))
    assert part is not None
    part.add_related(
        image.data,
        maintype=kind,
        subtype=subtype,
        cid=f"<{_cid(image)}>",
        disposition="inline",
        filename=f"hero.{subtype}",
    )


def _cid(image: Attachment) -> str:
    return f"{image.digest[:32]}@syndicate.invalid"


def _address(address: str, name: str) -> Address:
    return Address(display_name=_one_line(name), addr_spec=address)


def _one_line(text: str) -> str:
    """Put a text on one line without signs that steer, and shorten it.

    Those that join or part letters stay: without them an emoji falls apart, and Persian words.
    ``=?utf-8?q?=0d=0aBcc:…?=`` (RFC 2047), which :mod:`email` would decode into a header of its
    own, is broken by a space that cannot be seen.
    """
    text = "".join(each if each.isprintable() or each in _JOINERS else " " for each in text)
    line = " ".join(text.split()).replace("=?", "=\u200b?")
    return shorten(line, lambda candidate: len(candidate) <= SUBJECT)


def _page(parts: Parts, language: str, image: Attachment | None) -> str:
    """Give the mail's HTML: no script, no style sheet, nothing that is fetched from anywhere."""
    link = markup.escape(parts.link)
    title, summary, tags = map(markup.escape, (parts.title, parts.summary, parts.tags))
    picture = ""
    if image:
        picture = (
            f'<img src="cid:{_cid(image)}" alt="{markup.escape(image.alt)}" width="{image.width}"'
            ' style="max-width: 100%; height: auto">'
        )
    rows: tuple[str, ...] = (
        f'<h1><a href="{link}">{title}</a></h1>' if title else "",
        *(f"<p>{row}</p>" if row else "" for row in (picture, summary)),
        f'<p><a href="{link}">{link}</a></p>',
        f"<p>{tags}</p>" if tags else "",
    )
    if parts.body:  # the heading, which has the link, and below it what is said
        lines = markup.escape(parts.body).split("\n\n")
        rows = (
            *rows[:1],
            picture,
            *("<p>" + line.replace("\n", "<br>") + "</p>" for line in lines),
        )
    side = "rtl" if is_right_to_left(language) else "ltr"
    head = '<!doctype html>\n<html lang="{}" dir="{}">\n<meta charset="utf-8">\n<body>\n'
    body = "\n".join(row for row in rows if row)
    return f"{head.format(markup.escape(language), side)}{body}\n</body>\n</html>\n"
