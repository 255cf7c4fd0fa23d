"""XML schemas."""
