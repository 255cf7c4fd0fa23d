"""OpenAPI descriptions 3.0, 3.1 and 3.2, in JSON or YAML."""
