"""The distributions: how they are built, what is in them, and the tests run on what they install."""
