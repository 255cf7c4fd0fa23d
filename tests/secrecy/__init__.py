"""No text of any input is in anything that is written: texts that occur nowhere else are planted, and looked for.

(A folder called `secrets` would stand before Python's own module of that name.)
"""
