"""Differences between two contexts, and between two rulebooks."""
