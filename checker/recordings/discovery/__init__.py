"""Where recordings are: walking folders, pairing files by name, following references."""
