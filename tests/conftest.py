"""Fixtures and settings of every test."""

import signal

from hypothesis import settings

from support.rulebooks import run, variant, varied

__all__ = ["run", "variant", "varied"]

# How long an example takes says how busy the machine is, and nothing of the program. `make quick` chooses few examples,
# `make assure` and the campaigns of mutants choose many.
for profile, examples in (("few", 10), ("some", 50), ("many", 200)):
    settings.register_profile(profile, deadline=None, max_examples=examples)
settings.load_profile("some")

# What is started in the background of a script is deaf to an interrupt, and so would be every command that is tested.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# And what nohup starts, to the end of a terminal.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
