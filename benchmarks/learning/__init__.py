"""How well a rulebook is learnt from recordings: ground truths, recordings made from them, and what came of it."""
