"""Wording, escaping and layout that several reports share."""
