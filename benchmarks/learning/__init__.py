"""The accuracy of learning: ground truths, recordings made from them, and the rulebooks learnt from these."""
