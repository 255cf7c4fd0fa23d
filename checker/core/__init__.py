"""The base of every layer of the checker: errors, limits, signals, atomic writes. It knows no format and no rulebook."""
