"""The checker inside other programs: the Python API, pytest, Arrow, Apache Spark."""
