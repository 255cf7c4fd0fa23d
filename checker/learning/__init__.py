"""Recordings as evidence for learning: which elements each of them shows, of which object, to whom."""
