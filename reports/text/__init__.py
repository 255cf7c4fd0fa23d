"""Text that several reports share: styles, escaping, phrases."""
