"""Floor 3: renderers. Results in, text or bytes out; they decide nothing."""
