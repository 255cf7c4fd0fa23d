"""Archives and compressed streams that contain recordings, read within a budget."""
