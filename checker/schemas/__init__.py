"""Schemas of APIs as the beginning of rulebooks: OpenAPI descriptions, XML schemas and GraphQL introspection results."""
