"""The pictures in docs/networks: one real post as each network's readers see it.

``messages`` composes it by the networks themselves, ``draw`` makes a page of each message, and
``take`` has Chromium photograph the pages. ``make pictures`` runs all of it.
"""
