"""Names that input chooses, in every place where a name is shown and in every format: they stay names."""
