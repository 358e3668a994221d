"""An operator's access to the desk of this home, and `python -m local operate`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from local import home as homes
from local.desk import Desk
from local.emulated import apps
from local.home import NoDesk
from shared.app import App
from tools import doctor
from tools import operate as tool


def operate(home: Path, arguments: Sequence[str]) -> int:
    """Run one command of tools.operate on the running desk."""
    try:
        with operator(home) as app:
            return tool.main(arguments, app)
    except NoDesk as error:
        print(error, file=sys.stderr)
        return 1


def examine(home: Path) -> int:
    """Look the running desk over."""
    try:
        with operator(home) as app:
            return doctor.main(app)
    except NoDesk as error:
        print(error, file=sys.stderr)
        return 1


@contextmanager
def operator(home: Path) -> Iterator[App]:
    """Give an app that may do everything on the desk that runs in this home, whatever it runs on.

    Raises NoDesk where none runs.
    """
    running = homes.running(home)
    addresses = apps.Addresses.read(home)
    if addresses is not None:
        with closing(apps.build(home, addresses)) as app:
            yield app
        return
    desk = Desk(home, url=running.url, google=running.sandbox)
    try:
        yield desk.operator()
    finally:
        desk.close()
