"""Groups of options that commands share, one module for each group."""
