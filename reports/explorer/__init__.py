"""The explorer: a rulebook as one page, which also judges responses without sending them anywhere."""
