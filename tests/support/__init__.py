"""Helpers for all tests: messages to judge, and the installed command."""
