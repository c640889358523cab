"""Deliveries: which are due to exist, what becomes of each try, and the trying itself."""

from syndicate.delivery.follow import Follower
from syndicate.delivery.live import Pages
from syndicate.delivery.outlook import due, next_due, waits
from syndicate.delivery.pacing import Hold
from syndicate.delivery.plan import notices, plan
from syndicate.delivery.policy import Policy, settle
from syndicate.delivery.runner import Line, Outcome, Runner, compose

__all__ = [
    "Follower",
    "Hold",
    "Line",
    "Outcome",
    "Pages",
    "Policy",
    "Runner",
    "compose",
    "due",
    "next_due",
    "notices",
    "plan",
    "settle",
    "waits",
]
