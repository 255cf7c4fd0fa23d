"""Learning of a matrix from recordings: who was shown what, how sure that is, and what to record next.

Recordings come in as `Presence`, one each, and are counted by an `Evidence`; `learn` decides on every cell,
`suggest` ranks what would settle most of what is left open, and `draft` makes a rulebook of it.
"""
