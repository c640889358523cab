"""The configuration's schema: these models are its documentation and its JSON Schema as well."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    SerializeAsAny,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from syndicate import model
from syndicate.config import cron
from syndicate.config.base import Model
from syndicate.config.cards import Cards
from syndicate.config.following import Following
from syndicate.config.form import Form, dashed
from syndicate.config.keeping import Ledger, Media
from syndicate.config.values import (
    ClockHours,
    ClockTime,
    Duration,
    ExactUrl,
    FilePath,
    IpNetwork,
    Language,
    Permalink,
    Secret,
    Span,
    WebUrl,
    Zone,
)

RETRIES = ("5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h")
"""The waits after a failed attempt, about three days in all; then comes the dead letter."""

Text = Annotated[str, Field(min_length=1)]
Slug = Annotated[
    str,
    Form(
        r"^[a-z0-9][a-z0-9-]{0,63}$",
        "small letters of English, digits and hyphens, 64 at the most",
        "photos",
        dashed,
    ),
]
Dialect = Literal[
    "auto",
    "hugo",
    "jekyll",
    "eleventy",
    "astro",
    "nextjs",
    "zola",
    "pelican",
    "obsidian",
    "plain",
]
PageName = Annotated[
    str,
    Form(
        r"^([A-Za-z0-9_-][A-Za-z0-9._-]*\.html?)?$",
        "the name of an HTML file, without a folder, or nothing",
        "feed.html",
    ),
]
EndpointNames = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
EndpointName = Annotated[
    str,
    Form(
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        "letters of English, digits, hyphens, dots and underscores, 64 at the most, the first a "
        "letter or a digit",
        "mastodon-main",
        dashed,
    ),
]


class AuthorConfig(Model):
    """The site's author, for posts that name none."""

    name: Text = Field(description="The author's name.")
    email: str | None = Field(None, description="Shown in feeds where it is given.")
    url: WebUrl | None = Field(None, description="The author's page.")

    def to_author(self) -> model.Author:
        """Give it as the rest of the house knows it."""
        return model.Author(self.name, self.email, self.url)


class SiteConfig(Model):
    """The site that the posts belong to. What is left out is taken from its generator.

    So editors must not ask for a title that hugo.toml gives; loading the file does, if nobody does.
    """

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.pop("required", None))

    title: Text = Field(
        description="The site's title; it is the feeds' title too. The generator's configuration "
        "may give it."
    )
    url: WebUrl = Field(description="The home page. The generator's configuration may give it.")
    language: Language = Field("en", description="A BCP 47 tag, such as `en` or `pt-BR`.")
    timezone: Zone = Field("UTC", description="Dates without a zone are in this one.")
    description: str = Field("", description="One sentence about the site, for feed readers.")
    author: AuthorConfig | None = Field(None, description="`{name, email, url}`.")
    icon: ExactUrl | None = Field(None, description="A small square picture of the site.")
    logo: ExactUrl | None = Field(None, description="A larger picture, for the head of a feed.")
    copyright: str = Field("", description="Who has which rights, for feeds to say.")

    def to_site(self) -> model.Site:
        """Give the part that networks and feeds are handed."""
        return model.Site(
            self.title,
            self.url,
            self.language,
            self.description,
            self.author.to_author() if self.author else None,
            self.icon,
            self.logo,
            self.copyright,
            self.timezone,
        )


class Content(Model):
    """Where the posts are."""

    dir: FilePath = Field(Path("../content"), description="The folder with the posts.")
    dialect: Dialect = Field(
        "auto",
        description="The site generator that the folder is written for; `auto` recognises it by "
        "the files at the site's root, `plain` asks none.",
    )
    permalink: Permalink | None = Field(
        None,
        description="A post's address under the site's URL: `{slug}`, `{year}`, `{month}`, "
        "`{day}`, `{category}`, `{path}` are filled in. Where it is left out, the generator's "
        "way, or else `/blog/{slug}/`.",
    )
    default_time: ClockTime = Field(
        time(9), description="The hour of a date that has none, in the site's time zone."
    )
    hero_from_body: bool = Field(
        False,
        description="Whether a post's first picture is its hero image, where it names no other.",
    )


class Filters(Model):
    """Which posts are meant; upper and lower case are alike, and ``en`` takes ``en-GB`` too."""

    tags: list[str] = Field([], description="Only posts with one of these tags.")
    categories: list[str] = Field([], description="Only posts in one of these categories.")
    authors: list[str] = Field([], description="Only posts by one of these authors.")
    languages: list[str] = Field([], description="Only posts in one of these languages.")


class NamedFeed(Filters):
    """A feed of the posts that its filters let pass."""

    name: Slug = Field(description="Its folder in the output: `photos` → `photos/feed.xml`.")
    title: Text = Field(description="What readers call it.")
    description: str = Field("", description="One sentence about it.")
    limit: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description="How many of the newest posts it has; as `feeds.limit` where not said."
    )
    content: Literal["full", "summary"] | None = Field(
        None, description="As `feeds.content` where not said."
    )


class PodcastConfig(Model):
    """What podcast apps want to know of feeds whose posts have audio or video."""

    categories: list[Text] = Field(
        [], description="Apple's names; a subcategory after a slash: `Arts / Design`."
    )
    explicit: bool = Field(False, description="Whether it is not for children.")
    image: ExactUrl | None = Field(
        None, description="The cover, square, 1400 to 3000 pixels; `site.logo` where not said."
    )
    owner: AuthorConfig | None = Field(
        None, description="`{name, email}`; `site.author` where not said."
    )
    type: Literal["episodic", "serial"] = Field(
        "episodic", description="`serial` where episodes build on each other."
    )
    guid: str | None = Field(
        None, description="The show's `podcast:guid`; made of the feed's address where not said."
    )


class Feeds(Model):
    """The feeds that are written."""

    output: FilePath = Field(Path("../public"), description="The folder that they are written to.")
    url: WebUrl | None = Field(
        None, description="Where that folder is on the web; the site's URL where it is not said."
    )
    limit: Annotated[int, Field(ge=1, le=10_000)] = Field(
        20, description="How many of the newest posts a feed has."
    )
    formats: Annotated[list[Literal["rss", "atom", "json"]], Field(min_length=1)] = Field(
        ["rss", "atom", "json"], description="Which formats are written."
    )
    content: Literal["full", "summary"] = Field(
        "full", description="Whether entries carry the whole post or its summary."
    )
    archive: bool = Field(
        False,
        description="Whether the site's own feed leads to all older posts, in pages of their own "
        "that readers can follow (RFC 5005, JSON Feed's `next_url`).",
    )
    archive_size: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        None,
        description="How many posts such a page has; as `limit` where not said. What is on no full "
        "page is in the feed, which has at least `limit` posts then.",
    )
    by: list[Literal["tag", "category", "author", "language"]] = Field(
        [], description="Also one feed for each tag, category, author or language that posts have."
    )
    named: list[NamedFeed] = Field([], description="More feeds, `[[feeds.named]]`, by filters.")
    podcast: PodcastConfig = Field(
        PodcastConfig(), description="For feeds whose posts have audio or video: see below."
    )
    max_loss: Annotated[float, Field(ge=0, le=1)] = Field(
        0.5,
        description="A feed that has lost more than this share of its entries is not published "
        "without `--force`, nor is one that has lost them all.",
    )

    page: PageName = Field(
        "feed.html",
        description="The page beside a feed that shows it to people; empty for none. `index.html` "
        "where feeds have folders of their own. A file of that name that is not ours stays.",
    )


class Schedule(Model):
    """When the daemon looks for new posts."""

    every: Duration = Field(timedelta(minutes=5), description="The time between two looks.")
    cron: str | None = Field(
        None,
        description="Instead of `every`: five cron fields in the site's time zone; 0 is Sunday.",
    )
    watch: bool = Field(
        True, description="Whether an edit of the content is picked up at once as well."
    )

    @field_validator("every")
    @classmethod
    def _at_least_a_second(cls, value: timedelta) -> timedelta:
        if value < timedelta(seconds=1):
            raise ValueError("expected a second or more")
        return value

    @field_validator("cron")
    @classmethod
    def _is_cron(cls, value: str | None) -> str | None:
        if value is not None:
            from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - heavy, and rare

            try:
                # Any zone does here; the machine's own is asked for otherwise, and may be unknown.
                trigger = CronTrigger(timezone=UTC, **cron.fields(value))
            except ValueError as error:
                raise ValueError(f"not a cron expression: {error}") from None
            if trigger.get_next_fire_time(None, datetime(2000, 1, 1, tzinfo=UTC)) is None:
                raise ValueError("no date is ever like this")
        return value


class Server(Model):
    """The address that the daemon listens on."""

    host: Text = Field("127.0.0.1", description="`serve --host` overrules it.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8000, description="`serve --port` overrules it; 0 picks a free one."
    )
    status_password: Secret | None = Field(
        None,
        description="Who knows it sees the status page at `/status`; without one there is none.",
    )


class Endpoint(Following, Filters):
    """One configured account of a network. Each network adds its own keys to these."""

    name: EndpointName = Field(description="Unique; deliveries are kept under it.")
    network: Text = Field(description="The network's name.")
    max_age: Duration = Field(
        timedelta(days=7), description="A post that came out longer ago stays quiet."
    )
    posts: bool = Field(
        True, description="Whether posts are announced; an endpoint for alerts alone has none."
    )
    backfill: Annotated[int, Field(ge=0)] = Field(
        0, description="How many of the posts that are already out go out on the first run."
    )
    allow_networks: list[IpNetwork] = Field(
        [], description="Loopback or private networks that this endpoint may be in."
    )
    timeout: Span = Field(timedelta(seconds=20), description="For one request.")
    retries: list[Duration] = Field(
        list(RETRIES),  # type: ignore[arg-type]  # validated like what a user writes
        description="The waits after each failed attempt; after the last comes the dead letter.",
    )
    delay: Duration = Field(
        timedelta(), description="The wait after a post has come out, for second thoughts."
    )
    spacing: Duration = Field(
        timedelta(), description="The least time from one announcement to the next."
    )
    daily_cap: Annotated[int, Field(ge=1)] | None = Field(
        None, description="The most announcements on one day, in the site's time zone."
    )
    quiet_hours: ClockHours | None = Field(
        None,
        description="When none goes out, in the site's time zone: `22:00-07:00`. What may have "
        "arrived is settled all the same.",
    )
    quiet: Duration = Field(
        timedelta(seconds=30),
        description="After a lost answer: the wait before the remote is asked what became of it.",
    )
    in_doubt: Literal["ask", "resend", "drop"] = Field(
        "ask",
        description="After a lost answer, where nothing can be found out: you are asked, it is "
        "sent again and may be there twice, or it is let be and may be missing. See "
        "[how delivery works](delivery.md#in-doubt).",
    )

    @field_validator("*")
    @classmethod
    def _plain_http_stays_next_door(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse ``http://`` early; where the server really is, the connection's guard checks."""
        if info.data.get("allow_networks") == []:
            _refuse_plain(value)
        return value

    @model_validator(mode="after")
    def _none_is_passed_over(self) -> Self:
        """Look at the fields, too, that a network has put before ``allow_networks``."""
        if not self.allow_networks:
            for name in type(self).model_fields:
                _refuse_plain(getattr(self, name))
        return self


def _refuse_plain(value: Any) -> None:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if isinstance(text, str) and text.startswith("http://"):
        raise ValueError(
            "plain http:// would send secrets in the clear; use https://, or name the network "
            'that the server is in: allow_networks = ["127.0.0.0/8"]'
        )


_EMPTY: Any = {}
"""A table that is left out: validated like an empty one, so that its paths find their base."""


class Config(Model):
    """What belongs to no table."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.pop("required", None))

    alerts: EndpointNames = Field(
        (), description="The endpoints that are told when something needs somebody."
    )
    site: SiteConfig
    content: Content = _EMPTY
    feeds: Feeds = _EMPTY
    ledger: Ledger = _EMPTY
    media: Media = _EMPTY
    cards: Cards = _EMPTY
    schedule: Schedule = _EMPTY
    server: Server = _EMPTY
    endpoints: tuple[SerializeAsAny[Endpoint], ...] = ()

    @property
    def feeds_url(self) -> str:
        """Where the output folder is on the web, without a trailing slash."""
        return self.feeds.url or self.site.url
