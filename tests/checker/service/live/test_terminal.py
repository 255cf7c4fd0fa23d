"""On a terminal `live` shows how far it is, on standard error only; the report comes when it is done."""

from __future__ import annotations

import os
import pty
import subprocess

from support.practice import EXAMPLE
from support.servers import WHOSEES, emulating


def test_a_bar_is_shown_where_somebody_looks_and_the_report_is_whole() -> None:
    mine, terminal = pty.openpty()
    arguments = ["live", "--plan", str(EXAMPLE), "--only", "MC/anonymous"]
    with emulating() as (url, _):
        process = subprocess.Popen(
            [WHOSEES, *arguments, "--url", url], stdout=subprocess.PIPE, stderr=terminal
        )
        os.close(terminal)
        out, _ = process.communicate(timeout=60)
    shown = b""
    try:
        while piece := os.read(mine, 65536):
            shown += piece
    except OSError:
        pass  # that is how a terminal ends
    os.close(mine)
    assert process.returncode == 0
    assert b"cases" in shown
    assert b"100%" in shown
    assert out.startswith(b"case ")
    assert b"coverage of obligations: " in out
