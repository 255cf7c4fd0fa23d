"""The explorer: a rulebook as one page to look at, which judges responses without sending them anywhere."""
