"""Mutation: the rulebook, and the code, are made wrong in every small way, and the tests have to notice each one."""
