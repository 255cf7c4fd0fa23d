"""Calling servers and being one: the conformance run and the emulator."""
