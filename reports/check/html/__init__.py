"""HTML report of `check`: one page that needs no network."""
