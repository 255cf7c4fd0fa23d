"""The report formats of `check`, one module for each, and their registry."""
