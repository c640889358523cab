"""Deliveries: which are due to exist, what becomes of each try, and the trying itself."""

from syndicate.delivery.layers import Layers, Said, layers
from syndicate.delivery.outlook import due
from syndicate.delivery.plan import notices, plan
from syndicate.delivery.policy import Policy, settle
from syndicate.delivery.runner import Line, Outcome, Runner, compose

__all__ = [
    "Layers",
    "Line",
    "Outcome",
    "Policy",
    "Runner",
    "Said",
    "compose",
    "due",
    "layers",
    "notices",
    "plan",
    "settle",
]
