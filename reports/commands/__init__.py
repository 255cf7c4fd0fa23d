"""The output of the other commands."""
