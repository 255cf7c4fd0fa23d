"""A server that answers as the rulebook says, for developing clients and trying out the conformance run."""
