"""Tests of rulebooks: analysed, compared, shown, begun, and the second one that is built in."""
