"""Deliveries: which are due to exist, what becomes of each try, and the trying itself."""

from syndicate.delivery.follow import Follower
from syndicate.delivery.live import Pages
from syndicate.delivery.outlook import due
from syndicate.delivery.plan import notices, plan
from syndicate.delivery.policy import Policy, settle
from syndicate.delivery.runner import Line, Outcome, Runner, compose

__all__ = [
    "Follower",
    "Line",
    "Outcome",
    "Pages",
    "Policy",
    "Runner",
    "compose",
    "due",
    "notices",
    "plan",
    "settle",
]
