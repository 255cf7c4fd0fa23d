"""Many recordings: worker processes, and runs that resume."""
