"""The conformance run and the emulator. Loopback only."""
