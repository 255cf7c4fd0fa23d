"""A server that answers as the rulebook says, for developing clients and for trying out the conformance run."""
