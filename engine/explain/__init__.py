"""Explanations: the reasons why an element is there or not, and what would change that."""
