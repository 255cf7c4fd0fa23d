"""What judging costs, held against parsing and against what others would use: ``make bench``."""
