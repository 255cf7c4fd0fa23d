"""Parts of rulebooks that can hardly be meant."""

from __future__ import annotations

MARKER = """
[[markers]]
id = "extra"
printed = "extra"
statement = "owner"
meaning = "whatever"
granted = "{granted}"
"""
CONDITION = '\n[[markers.granted_if]]\nrole = ["owner"]\n'
RULE = (
    '[[implications]]\nwhen = {{ {0} = "{1}" }}\nthen = {{ {2} = "{3}" }}\ntext = "so it is"\ncite = "I1"\n'
)
SPELLINGS = "[spellings]\nprice = {0}\n"
INTERPRETATION = (
    '[[interpretations]]\nid = "I2"\ntitle = "{title}"\ntext = "{text}"\nbasis = "inferred"\n{more}\n'
)
RESPONSE = '[[evidence.response]]\nfact = "version"\npath = "{path}"\n{more}\n'
FACT = """
[[facts]]
id = "{0}"
label = "{0}"
caller_can = true
state_unknown = "it is not known"

[[facts.values]]
id = "yes"
names = ["yes"]
state = "it is so"
change = "make it so"

[[facts.values]]
id = "no"
names = ["no"]
state = "it is not so"
change = "make it otherwise"
"""
MATCH = """
[[evidence.match]]
fact = "role"
part = "body"
request = "owner"
response = "ownerId"
as = "owner"

[evidence.session]
request = "order"
response = "orderId"
"""
OWNER = '[[markers.granted_if]]\nrole = ["owner"]'
CAR = "price,price,always,owner\ncar,car,always,owner\n"
PRICE = "price,price,always,owner\n"

Case = tuple[list[tuple[str, str]], str, list[tuple[str, str, str, str]]]
"""Replacements in the template, additions to it, and the diagnostics: id, severity, text and witness."""
