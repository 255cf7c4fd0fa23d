"""Fuzzing of every reader: `targets` lists them, `run` fuzzes one, `campaign` fuzzes all for a given time."""
