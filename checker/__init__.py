"""Floor 4: the outside world. Messages, recordings, the command line."""
