"""Deliveries: which are due to exist, what becomes of each try, and the trying itself."""

from syndicate.delivery.alerts import Watch, needs_somebody, troubles
from syndicate.delivery.awaited import awaited
from syndicate.delivery.follow import Follower
from syndicate.delivery.layers import Layers, Said, layers, read_by_hand
from syndicate.delivery.line import Line, compose
from syndicate.delivery.live import Pages
from syndicate.delivery.outlook import due, next_due, next_try, overdue, waits
from syndicate.delivery.pacing import Hold
from syndicate.delivery.plan import notices, plan
from syndicate.delivery.policy import Policy, settle
from syndicate.delivery.runner import Outcome, Runner

__all__ = [
    "Follower",
    "Hold",
    "Layers",
    "Line",
    "Outcome",
    "Pages",
    "Policy",
    "Runner",
    "Said",
    "Watch",
    "awaited",
    "compose",
    "due",
    "layers",
    "needs_somebody",
    "next_due",
    "next_try",
    "notices",
    "overdue",
    "plan",
    "read_by_hand",
    "settle",
    "troubles",
    "waits",
]
