"""The cost of judging, compared with parsing and with the tools that others would use: ``make bench``."""
