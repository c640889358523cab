"""What somebody has to know of: deliveries and endpoints in trouble."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class TroubleKind(enum.StrEnum):
    """What is wrong with a delivery, or with an endpoint."""

    FAILING = "failing"
    """A delivery has failed for the fourth time; it is tried again."""
    DEAD = "dead"
    IN_DOUBT = "in_doubt"
    PAUSED = "paused"
    """An endpoint takes nothing until somebody mends it: a token that was revoked, mostly."""
    DISABLED = "disabled"
    """An endpoint is gone, or has failed for days."""
    CIRCUIT = "circuit"
    """An endpoint fails so often that it is only probed."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A delivery, or a whole endpoint, that somebody has to know of."""

    kind: TroubleKind
    endpoint: str
    reason: str
    """The last answer."""
    delivery: int | None = None
    """Its number; None where the endpoint is meant."""
    about: str = ""
    """The title of the post, or what else the delivery is about."""
    url: str | None = None
    """The address of that."""
    mark: str = ""
    """Which time it is that this is so: another one is told again."""

    @property
    def key(self) -> str:
        """What is in trouble, by its name."""
        return f"endpoint {self.endpoint}" if self.delivery is None else f"delivery {self.delivery}"

    @property
    def advice(self) -> str:
        """What a person can type."""
        match self.kind:
            case TroubleKind.PAUSED | TroubleKind.DISABLED:
                return f"syndicate retry --endpoint {self.endpoint}"
            case TroubleKind.DEAD:
                return f"syndicate retry {self.delivery}"
            case TroubleKind.IN_DOUBT:
                return f"syndicate resolve {self.delivery}"
            case TroubleKind.FAILING | TroubleKind.CIRCUIT:
                return "syndicate status"

    def __str__(self) -> str:
        subject = f"“{self.about}” to {self.endpoint}" if self.about else self.endpoint
        return f"{subject} {_WORDS[self.kind]}: {self.reason}"


_WORDS = {
    TroubleKind.FAILING: "keeps failing",
    TroubleKind.DEAD: "is a dead letter",
    TroubleKind.IN_DOUBT: "is in doubt",
    TroubleKind.PAUSED: "is paused",
    TroubleKind.DISABLED: "is disabled",
    TroubleKind.CIRCUIT: "fails and is only probed",
}


@dataclass(frozen=True, slots=True)
class Alert:
    """What is told at once of all that came into trouble in one run."""

    id: str
    raised: datetime
    troubles: tuple[Trouble, ...]
    shown: int = 10
    """How many of them are told in words."""

    @property
    def title(self) -> str:
        """What it is about, in a few words."""
        if len(self.troubles) == 1:
            [only] = self.troubles
            return f"{only.about or only.endpoint} {_WORDS[only.kind]}"
        names = sorted({each.endpoint for each in self.troubles})
        where = names[0] if len(names) == 1 else f"{len(names)} endpoints"
        return f"{len(self.troubles)} troubles with {where}"

    @property
    def lines(self) -> list[str]:
        """Each trouble with what to do about it, a line each."""
        told = [f"{each} → {each.advice}" for each in self.troubles[: self.shown]]
        more = len(self.troubles) - self.shown
        return told + ([f"… and {more} more → syndicate status"] if more > 0 else [])
