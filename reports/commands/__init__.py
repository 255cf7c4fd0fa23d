"""Output of the commands other than `check`, one module for each command."""
