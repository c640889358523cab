"""The nouns of the house, frozen; standard library only.

A *Post* is read from a file; *feeds* list posts; a *Network* composes a *Message* from a post for
one *endpoint*; a *Delivery* is the row of the outbox that carries the message; what the remote
gave back for it is the *Receipt*. See ``docs/glossary.md``.
"""

from syndicate.model.alerts import Alert, Trouble, TroubleKind
from syndicate.model.deliveries import (
    Attempt,
    Circuit,
    Delivery,
    EndpointState,
    Event,
    Gate,
    Guarantee,
    Key,
    Receipt,
    Replay,
    State,
)
from syndicate.model.findings import Finding, Kind, Severity
from syndicate.model.health import Fact, Health, Level, certificate, scopes
from syndicate.model.messages import Attachment, Facet, FacetKind, Limits, Message, Unit
from syndicate.model.posts import (
    LANGUAGE_TAG,
    Author,
    Enclosure,
    Hub,
    Image,
    MediaFacts,
    Outline,
    Picture,
    Post,
    PostRecord,
    Renditions,
    Site,
    Transcript,
    Undescribed,
)
from syndicate.model.wishes import Wishes

__all__ = [
    "LANGUAGE_TAG",
    "Alert",
    "Attachment",
    "Attempt",
    "Author",
    "Circuit",
    "Delivery",
    "Enclosure",
    "EndpointState",
    "Event",
    "Facet",
    "FacetKind",
    "Fact",
    "Finding",
    "Gate",
    "Guarantee",
    "Health",
    "Hub",
    "Image",
    "Key",
    "Kind",
    "Level",
    "Limits",
    "MediaFacts",
    "Message",
    "Outline",
    "Picture",
    "Post",
    "PostRecord",
    "Receipt",
    "Renditions",
    "Replay",
    "Severity",
    "Site",
    "State",
    "Transcript",
    "Trouble",
    "TroubleKind",
    "Undescribed",
    "Unit",
    "Wishes",
    "certificate",
    "scopes",
]
