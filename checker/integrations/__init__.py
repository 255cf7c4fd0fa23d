"""The checker inside other tools: pytest, plain tests, Arrow, Apache Spark."""
