"""Floor 2: pure decisions. What a caller should see, whether a response shows that, and why.

No I/O, no message format, no printing; every word of a particular API comes from the rulebook.
"""
