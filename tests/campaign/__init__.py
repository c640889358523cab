"""Runs of `syndicate` that are killed over and over, and the count of what the world got of them.

The remotes are the tests' own fakes behind real sockets, in this process; what is killed is a
process of its own that runs the command. Nothing of the product is changed for it.
"""
