"""One module for each recording format."""
