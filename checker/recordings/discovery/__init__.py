"""Find recordings: walk folders, pair files by name, follow references."""
