"""The options of endpoints that announce in words, and which of them a post may set itself."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    create_model,
    field_validator,
)

from syndicate.config.base import Model
from syndicate.config.schema import Endpoint
from syndicate.config.values import AltPolicy, Language

UTM_NAMES = ("endpoint", "language", "network", "slug")
"""What the words of ``utm`` can name."""
MOST = 20
"""Hashtags in one message."""
PARTS = 10
"""Parts of one thread."""


class PerPost:
    """Marks an option that is about the message, so that a post may set it for itself."""


PER_POST = PerPost()


def check_text(value: str) -> str:
    """Accept a text that can be filled in."""
    return _filled(value, None)


def check_word(value: str) -> str:
    """Accept a word of a link's query, which can be filled in."""
    return _filled(value, UTM_NAMES)


def check_hashtag(value: str) -> str:
    """Accept what becomes a hashtag, and keep it as it is, without ``#``."""
    from syndicate.compose.hashtags import hashtag  # noqa: PLC0415 - with `regex`, and rare

    word = value.strip().removeprefix("#")
    joined = hashtag(word, {})
    if joined is None:
        raise ValueError(f"{value!r} makes no hashtag: expected letters, and digits among them")
    if any(map(str.isspace, word)):
        raise ValueError(f"{value!r} is no hashtag: a space ends it; write {joined}")
    return word


def _filled(value: str, names: tuple[str, ...] | None) -> str:
    if value.strip():
        from syndicate.compose import template  # noqa: PLC0415 - with Jinja, which is heavy

        template.Text(value, template.NAMES if names is None else names)
    return value.strip()


def check_terms(value: Any) -> int | list[str]:
    """Read how many, or which: front matter has both as words."""
    if isinstance(value, str):
        value = [word.strip() for word in value.split(",") if word.strip()]
    if isinstance(value, list) and len(value) == 1 and str(value[0]).isdecimal():
        value = int(value[0])
    if isinstance(value, list) and len(value) <= MOST and all(isinstance(w, str) for w in value):
        return [check_hashtag(word) for word in value]
    if isinstance(value, int) and 0 <= value <= MOST:
        return int(value)
    raise ValueError(f"expected how many hashtags, or which: {MOST} are the most")


Template = Annotated[str, AfterValidator(check_text)]
Word = Annotated[str, AfterValidator(check_word), Field(max_length=200)]
Hashtag = Annotated[str, AfterValidator(check_hashtag)]
Hashtags = Annotated[Any, BeforeValidator(check_terms)]


class Utm(Model):
    """The words that tell a site's statistics where a visitor comes from."""

    source: Word = Field("", description="Such as `mastodon`.")
    medium: Word = Field("", description="Such as `social`.")
    campaign: Word = Field("", description="Such as `{{ slug }}`.")
    term: Word = Field("", description="As your statistics have it.")
    content: Word = Field("", description="As your statistics have it.")


class Worded(Endpoint):
    """Keys of networks that announce posts in words. What a post may set itself says so."""

    text: Annotated[Template, PER_POST] = Field(
        "", description="The text, with `{{ title }}` and more; the network's own where empty."
    )
    image: Annotated[bool, PER_POST] = Field(True, description="Whether the hero image goes along.")
    alt: AltPolicy | None = Field(
        None, description="As `media.alt`; for this endpoint, where it is to be different."
    )
    hashtags: Annotated[int, PER_POST] = Field(0, ge=0, le=20, description="The most hashtags.")
    required_hashtags: Annotated[list[Hashtag], PER_POST] = Field(
        [], max_length=10, description="Hashtags that every post gets, and that are never left out."
    )
    hashtag_map: dict[str, Hashtag] = Field(
        {}, description='Hashtags for odd tags: `{ "C++" = "cpp" }`.'
    )
    utm: Annotated[Utm, PER_POST] = Field(
        Utm(), description='Put into the link\'s query: `{ source = "mastodon" }`; see below.'
    )


def check_thread(value: Any) -> Any:
    """Read how many parts; ``true`` stands for as many as it takes."""
    if isinstance(value, str) and value.strip().lower() in {"true", "yes", "on"}:
        value = True
    if isinstance(value, str) and value.strip().lower() in {"false", "no", "off"}:
        value = False
    return PARTS if value is True else 1 if value is False else value


Parts = Annotated[
    int,
    BeforeValidator(check_thread),
    WithJsonSchema(
        {"anyOf": [{"type": "boolean"}, {"type": "integer", "minimum": 1, "maximum": PARTS}]}
    ),
]


class Threaded(Worded):
    """Keys of networks on which a message can go on in answers to itself."""

    thread: Annotated[Parts, PER_POST] = Field(
        1,
        ge=1,
        le=PARTS,
        description="Into how many parts a summary that is too long for one may go; `true`: "
        f"as many as it takes, {PARTS} at most.",
    )
    numbered: Annotated[bool, PER_POST] = Field(
        False, description="Whether the parts of a thread are numbered, `1/3`."
    )

    @field_validator("thread")
    @classmethod
    def _is_not_followed(cls, value: int, info: ValidationInfo) -> int:
        asked = [
            key for key in ("on_edit", "on_delete") if info.data.get(key) not in {None, "ignore"}
        ]
        if value > 1 and asked:
            raise ValueError(
                f"a thread is not changed or deleted later: leave out this or {' and '.join(asked)}"
            )
        return value


class PostOptions(BaseModel):
    """What a post may say of one endpoint, beside the options that the network marks."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    skip: bool = Field(False, description="Whether it is not announced there.")
    at: AwareDatetime | None = Field(None, description="Not before this time.")
    language: Language | None = Field(None, description="Another language than the post's.")


def is_per_post(kind: type[Endpoint], name: str) -> bool:
    """Tell whether an option is marked; one that gives it another default need not say so again."""
    fields = (getattr(base, "model_fields", {}).get(name) for base in kind.__mro__)
    return any(PER_POST in info.metadata for info in fields if info)


@cache
def post_options(kind: type[Endpoint]) -> type[PostOptions]:
    """Give the model of what a post may say of an endpoint with these options."""
    fields: dict[str, Any] = {}
    for name, info in kind.model_fields.items():
        if is_per_post(kind, name):
            own = Hashtags if name == "hashtags" else Annotated[info.annotation, *info.metadata]
            fields[name] = (own, Field(None, description=info.description))
    return create_model(f"{kind.__name__}OfPost", __base__=PostOptions, **fields)
