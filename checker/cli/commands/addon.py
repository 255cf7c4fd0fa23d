"""``whosees addon``: where the add-on for another program is."""

from __future__ import annotations

import os

import click

from ... import integrations
from ..help import examples

_FILES = {"mitmproxy": os.path.join("traffic", "mitmproxy_addon.py")}


@click.command(
    "addon", epilog=examples('mitmdump -s "$(whosees addon mitmproxy)" --set whosees_rules=github-user')
)
@click.argument("program", metavar="PROGRAM", type=click.Choice(tuple(_FILES)))
def command(program: str) -> int:
    """Print the path of the add-on for PROGRAM, which judges traffic there.

    mitmproxy needs Whosees in its own environment.
    """
    click.echo(os.path.join(os.path.dirname(str(integrations.__file__)), _FILES[program]))
    return 0
