"""GraphQL schemas, as introspection results or in the schema language."""
