"""Why an element is there or not, and what would change that."""
