"""`python -m local`: the desk on this machine, and the commands around it."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Final

from local import home as homes

_INTERRUPTED: Final = 130
_LAST_PORT: Final = 65_535  # the local Gmail stands one above the desk


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve the desk (the default): PORT, CMO_HOME")
    demonstrate = commands.add_parser("demo", help="show the whole chain step by step, then stop")
    demonstrate.add_argument(
        "--emulators", action="store_true", help="on Google's emulators, a process a function"
    )
    deliver = commands.add_parser("deliver", help="put messages into a mailbox of the running desk")
    deliver.add_argument("files", nargs="+", type=Path, metavar="FILE.eml")
    deliver.add_argument("--to", default="support@example.com", metavar="MAILBOX")
    deliver.add_argument("--timeout", type=float, default=0.0, help="seconds; 30 and one a message")
    mail = commands.add_parser("mail", help="print the newest system mail")
    mail.add_argument("address", nargs="?")
    operate = commands.add_parser("operate", help="tools.operate on this home's desk")
    operate.add_argument("rest", nargs=argparse.REMAINDER)
    commands.add_parser("doctor", help="look the running desk over, and say what to do")
    chosen = parser.parse_args(arguments)
    home = homes.find()
    if chosen.command == "deliver":
        from local.deliver import deliver as run_deliver  # noqa: PLC0415 - each command loads its own

        seconds = chosen.timeout or 30.0 + len(chosen.files)
        return run_deliver(home, chosen.files, chosen.to.lower(), seconds)
    if chosen.command == "mail":
        from local.system_mail import newest  # noqa: PLC0415

        return newest(home, chosen.address)
    if chosen.command == "operate":
        from local.operating import operate as run_operate  # noqa: PLC0415

        return run_operate(home, chosen.rest)
    if chosen.command == "doctor":
        from local.operating import examine  # noqa: PLC0415

        return examine(home)
    if chosen.command == "demo":
        from local.demo import demo  # noqa: PLC0415

        status = demo(emulators=chosen.emulators)
        if status == _INTERRUPTED:  # a library's thread may wait for what has ended
            sys.stdout.flush()
            os._exit(status)
        return status
    from local.serve import serve  # noqa: PLC0415

    port = os.environ.get("PORT") or "8080"
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) < _LAST_PORT:
        print(f"PORT must be a number from 1 to {_LAST_PORT - 1}", file=sys.stderr)
        return 1
    return serve(home, int(port))


if __name__ == "__main__":
    sys.exit(main())
