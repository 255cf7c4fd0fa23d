"""What differs between two contexts, and between two rulebooks."""
