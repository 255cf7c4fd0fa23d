"""From a recording to its results: evidence, context, judgement."""
