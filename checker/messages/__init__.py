"""The bytes of one message in, what was observed out: one reader for each wire format."""
