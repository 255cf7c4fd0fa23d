"""The conformance run: the calls that the table distinguishes, made to a server, and its answers judged."""
