"""The HTML report of `check`."""
