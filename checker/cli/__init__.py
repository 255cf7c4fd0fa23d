"""The command line: `whosees COMMAND`."""
