"""Messages in JSON."""
