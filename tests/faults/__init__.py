"""Faults around a run: no result is lost in silence, no half report stays, and the exit code says so."""
