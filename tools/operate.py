"""What an operator does by command, with their own Google credentials and the deployment's settings.

    python -m tools.operate dead-letters [--subscription NAME] [--limit N]
    python -m tools.operate replay SUBSCRIPTION --limit N --operator NAME
    python -m tools.operate set-up-link ADDRESS --name NAME --operator NAME [--forget-factors]
    python -m tools.operate import-people FILE --operator NAME
    python -m tools.operate import-laravel FILE --operator NAME [--dry-run]
    python -m tools.operate rotate-key --operator NAME [--disable | --enable KEY_ID | --destroy]
    python -m tools.operate check-keyring [--mend]
    python -m tools.operate restore-keyring
    python -m tools.operate after-restore --backup-time TIME --operator NAME [--force]

A set-up link makes the first administrator, or lets one back in: it is good for an hour, once. People are
imported from a file with one JSON object a line (docs/operations.md).

The settings are the deployment's CMO_* variables (docs/settings.md). On a local desk:
`python -m local operate ...`.
"""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.app import App
from shared.audit.entry import Who
from shared.clock import from_text, to_text
from shared.errors import ProductError
from shared.keys.legacy import LegacyKeys
from shared.services.accounts import factors_import, people_import, set_up
from shared.services.keys import keyring_copies, rotation
from shared.services.organisation import dead_letters
from shared.services.restoring import after_restore
from shared.settings import Settings, SettingsError


def main(arguments: Sequence[str] | None = None, app: App | None = None) -> int:
    """Run one command; returns the exit status. `app` is a local desk's."""
    chosen = _parser().parse_args(arguments)
    try:
        return _run(app or App(Settings.from_environment(), "operate"), chosen)
    except (SettingsError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
    except ProductError as error:
        print(f"refused: {error.code}", file=sys.stderr)
    return 1


def _run(app: App, chosen: argparse.Namespace) -> int:
    if chosen.command == "replay":
        who = Who("operator", chosen.operator)
        done = dead_letters.replay(app, who, chosen.subscription, chosen.limit)
        print(f"{done.count} delivered again, {done.left} left")
        return 0
    if chosen.command == "set-up-link":
        link = set_up.issue_link(
            app,
            chosen.operator,
            chosen.address,
            chosen.name,
            chosen.language,
            forget_factors=chosen.forget_factors,
        )
        print(f"good for one hour, once: {link}")
        return 0
    if chosen.command == "rotate-key":
        return _rotate_key(app, chosen)
    if chosen.command == "check-keyring":
        checked = keyring_copies.check(app, mend=chosen.mend)
        for owner in checked.wrong:
            print(f"{'mended' if chosen.mend else 'missing or different'}: {owner}")
        for owner in checked.stray:
            print(f"a copy without a key: {owner}")
        print(f"{checked.keys} keys, {len(checked.wrong)} copies were not right")
        if checked.stray:
            print(
                f"{len(checked.stray)} copies have no key. Where the keyring lost some: restore-keyring. "
                "Where an owner was erased or disconnected: delete the object of that name."
            )
        return 1 if checked.stray or (checked.wrong and not chosen.mend) else 0
    if chosen.command == "restore-keyring":
        entered, without = keyring_copies.restore(app)
        print(f"{entered} keys brought back, {without} owners have none: destroyed")
        return 0
    if chosen.command == "after-restore":
        return _after_restore(app, chosen.operator, chosen.backup_time, chosen.force)
    if chosen.command == "import-laravel":
        return _import_laravel(app, chosen)
    if chosen.command == "import-people":
        return _import_people(app, chosen.operator, chosen.file)
    for letter in dead_letters.list_dead_letters(app, chosen.subscription, chosen.limit):
        when = to_text(letter.published_at)
        print(f"{letter.id}  {letter.subscription}  {when}  {letter.attempts} attempts")
    return 0


def _import_people(app: App, operator: str, file: Path) -> int:
    with file.open("rb") as lines:
        done = people_import.import_people(app, operator, lines)
    for refused in done.refused:
        print(f"line {refused.line}: {refused.code}", file=sys.stderr)
    print(f"{done.created} created, {done.known} known already, {len(done.refused)} refused")
    return 1 if done.refused else 0


def _import_laravel(app: App, chosen: argparse.Namespace) -> int:
    """Bring second factors along; the other installation's key comes by standard input."""
    if sys.stdin.isatty():
        app_key = getpass.getpass("APP_KEY of the Laravel installation: ")
    else:
        app_key = sys.stdin.readline()
    keys = LegacyKeys.parse(app_key.strip())
    with chosen.file.open("rb") as lines:
        done = factors_import.import_factors(
            app, chosen.operator, lines, keys, dry_run=chosen.dry_run
        )
    for refused in done.refused:
        print(f"line {refused.line}: {refused.code}", file=sys.stderr)
    what = "would be written" if chosen.dry_run else "written"
    print(f"{done.written} {what}, {done.known} known already, {len(done.refused)} refused")
    return 1 if done.refused else 0


def _rotate_key(app: App, chosen: argparse.Namespace) -> int:
    """Do one step of a rotation; 1 where it is to be run again."""
    if chosen.disable:
        print("disabled:", *rotation.disable(app, chosen.operator))
        return 0
    if chosen.enable is not None:
        rotation.enable(app, chosen.operator, chosen.enable)
        return 0
    if chosen.destroy:
        print("destroyed:", *rotation.destroy(app, chosen.operator))
        return 0
    done = rotation.rotate(
        app, chosen.operator, lambda wrapped, left: print(f"{wrapped} wrapped anew, {left} left")
    )
    print(f"{done.primary} seals now")
    if not done.finished:
        print(f"run this again, not before {to_text(done.again_at)}")
    return 0 if done.finished else 1


def _after_restore(app: App, operator: str, backup_time: str, force: bool) -> int:
    epoch = after_restore.make_good(
        app,
        operator,
        from_text(backup_time),
        lambda part, done: print(f"{part}: {done}"),
        force=force,
    )
    print(f"{app.settings.database} may serve now: epoch {epoch}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.operate", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("dead-letters", help="list deliveries that were given up")
    listing.add_argument("--subscription")
    listing.add_argument("--limit", type=int, default=100)
    replay = commands.add_parser("replay", help="deliver them again, bounded and recorded")
    replay.add_argument("subscription")
    replay.add_argument("--limit", type=int, required=True)
    _add_operator(replay)
    link = commands.add_parser("set-up-link", help="make an administrator, or let one back in")
    link.add_argument("address", help="where their codes are mailed to")
    link.add_argument("--name", required=True, help="the administrator's name, if they are new")
    link.add_argument("--language", choices=("en", "ar"), default="en", help="if they are new")
    _add_operator(link)
    link.add_argument(
        "--forget-factors", action="store_true", help="using the link removes lost second factors"
    )
    people = commands.add_parser("import-people", help="bring people along, with their hashes")
    people.add_argument("file", type=Path, metavar="FILE")
    _add_operator(people)
    laravel = commands.add_parser(
        "import-laravel", help="bring second factors along from a Laravel installation's users"
    )
    laravel.add_argument(
        "file", type=Path, metavar="FILE", help="rows of its users table, as JSON lines"
    )
    laravel.add_argument("--dry-run", action="store_true", help="open everything, write nothing")
    _add_operator(laravel)
    rotate = commands.add_parser("rotate-key", help="rotate app-key: begin, or go on")
    steps = rotate.add_mutually_exclusive_group()
    steps.add_argument("--disable", action="store_true", help="disable what nothing is under")
    steps.add_argument("--enable", metavar="KEY_ID", help="take a disabling back")
    steps.add_argument("--destroy", action="store_true", help="30 days after disabling")
    _add_operator(rotate)
    check = commands.add_parser("check-keyring", help="compare wrapped keys with their copies")
    check.add_argument("--mend", action="store_true", help="make the copies anew that differ")
    commands.add_parser("restore-keyring", help="bring a lost keyring back from its copies")
    restored = commands.add_parser(
        "after-restore", help="make a restored database good, and open it"
    )
    restored.add_argument(
        "--backup-time", required=True, metavar="TIME", help="its snapshot: 2026-01-31T03:00:00Z"
    )
    restored.add_argument(
        "--force", action="store_true", help="also a database that serves: all are signed out"
    )
    _add_operator(restored)
    return parser


def _add_operator(command: argparse.ArgumentParser) -> None:
    text = "a short name of yours; the audit log keeps it for ever, so no e-mail address"
    command.add_argument("--operator", required=True, type=_operator, metavar="NAME", help=text)


def _operator(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", text):
        raise argparse.ArgumentTypeError("1 to 64 letters, digits, dots, hyphens or underscores")
    return text


if __name__ == "__main__":
    sys.exit(main())
