"""Loads everything as it is loaded: for the process that others are forked from."""

from fakes import warm

warm.warm_up()
