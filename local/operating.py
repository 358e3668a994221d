"""`python -m local operate`: an operator's commands on the desk of this home."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from local import home as homes
from local.desk import Desk
from local.home import NoDesk
from tools import operate as tool


def operate(home: Path, arguments: Sequence[str]) -> int:
    """Run one command of tools.operate against the running desk's files."""
    try:
        running = homes.running(home)
    except NoDesk as error:
        print(error, file=sys.stderr)
        return 1
    desk = Desk(home, url=running.url, google=running.sandbox)
    try:
        return tool.main(arguments, desk.operator())
    finally:
        desk.close()
