"""The facts with an option of their own, on the command line and in pytest; it imports nothing, so that it costs nothing."""

from __future__ import annotations

FACT_FLAGS = ("service", "caller", "role", "password")
"""Their names, which the options are made from; other facts are stated with ``--fact NAME=VALUE``.

The values come from the rulebook, so a fact that a rulebook adds needs no change here.
"""
