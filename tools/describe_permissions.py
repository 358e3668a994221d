"""Writes docs/permissions.md: who may do what, from shared/permissions.py and the routes.

    python -m tools.describe_permissions [--check]        (`make api` runs it)

A test fails when the page is not what the code says.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shared.auth.roles import IN_MAILBOXES
from shared.permissions import ROLES, Permission
from tools.describe_api import routes_of_functions

TARGET: Final = Path(__file__).parent.parent / "docs" / "permissions.md"

_HEAD: Final = """\
# Who may do what

Written by `make api` from `shared/permissions.py` and the routes; a test holds it against them. **yes**:
everywhere. **own**: in the mailboxes of which one is a member; what belongs to another mailbox does not
exist for oneself (404). A missing permission is 403 and an entry in the audit log.

Nobody reads mail without being a member of its mailbox, an administrator neither. In a role that the
organisation makes itself, what the last column marks counts in one's own mailboxes too, and everything
else everywhere; such a role is always asked for a second factor. `role:manage` is as much as everything:
its holder can give themselves any role.
"""


def page() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_permissions(), "", "## Routes", "", *_routes(), ""])


def _permissions() -> Iterator[str]:
    yield f"| permission | {' | '.join(ROLES)} | in mailboxes |"
    yield "| --- |" + " --- |" * (len(ROLES) + 1)
    for permission in Permission:
        cells = [
            "yes"
            if permission in role.everywhere
            else "own"
            if permission in role.in_mailboxes
            else ""
            for role in ROLES.values()
        ]
        cells.append("own" if permission in IN_MAILBOXES else "")
        yield f"| `{permission.value}` | {' | '.join(cells)} |"


def _routes() -> Iterator[str]:
    yield "| route | needs |"
    yield "| --- | --- |"
    for name, routes in sorted(routes_of_functions().items()):
        prefix = "" if name == "public" else f"/api/{name}"
        for route in routes.routes:
            allow = route.allow
            needs = (
                f"`{allow.value}`" if isinstance(allow, Permission) else "nothing: open to anyone"
            )
            yield f"| `{route.method} {prefix}{route.path}` | {needs} |"


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or with --check say whether it is current."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.describe_permissions", description=__doc__
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if it differs")
    if not parser.parse_args(arguments).check:
        TARGET.write_text(page(), "utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text("utf-8") == page():
        return 0
    print(
        "docs/permissions.md is not what the code says: run make api",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
