"""What every layer of the checker uses: errors, limits, signals, files written whole. It knows no format and no rulebook."""
