"""Fixtures and settings of every test."""

import signal

from hypothesis import settings

from support.rulebooks import run, variant, varied

__all__ = ["run", "variant", "varied"]

# How long an example takes says how busy the machine is, and nothing of the program.
settings.register_profile("untimed", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=10)  # chosen by `make quick`
settings.load_profile("untimed")

# What is started in the background of a script is deaf to an interrupt, and so would be every command that is tested.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
