"""Leaks planted in every way, none of which may pass as green, and legitimate variations, none of which may alarm."""
