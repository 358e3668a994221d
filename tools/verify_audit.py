"""Verify an export of the audit log, offline: ``python tools/verify_audit.py EXPORT [--key KEY]``.

This file and the folder `audit_verifier` beside it may be handed to an auditor, in a folder `tools`. They
need Python 3.11 and the package `cryptography`, ask no network, and share no code with the product that wrote
the log. They are written from the specifications:

- RFC 6962 §2.1 and RFC 9162 §2.1: hashes of entries and of the tree, inclusion proofs
- RFC 8785: canonical JSON
- C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof (https://c2sp.org)

EXPORT is a folder or a zip file, laid out as docs/audit-export.md says. Exit status: 0 everything holds,
1 something does not (each line says which entry, tile, checkpoint or gap), 2 nothing could be checked.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Final

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.audit_verifier.checkpoints import Trust, check_checkpoints
from tools.audit_verifier.entries import check_entries
from tools.audit_verifier.export_files import WIDTH, Files, tiles_of
from tools.audit_verifier.report import Malformed, Report, Unusable
from tools.audit_verifier.sealing import check_roots, sealed_hashes
from tools.audit_verifier.signed_notes import Key

KEYS: Final = "keys.txt"  # verifier keys, one a line
_SHOWN: Final = 100  # problems that are printed


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, and print what was found."""
    options = _options().parse_args(arguments)
    try:
        files = Files(options.export)
        trust = _trust(options, files)
        report = verify(files, trust)
        if not options.key:
            report.notes.append("the key came with the export: compare it with one from elsewhere")
    except Unusable as error:
        print(f"cannot be checked: {error}", file=sys.stderr)
        return 2
    print(
        json.dumps(asdict(report) | {"valid": not report.problems})
        if options.json
        else _told(report)
    )
    return 1 if report.problems else 0


def verify(files: Mapping[str, bytes], trust: Trust) -> Report:
    """Check an export of the whole log; raises Unusable where it is none."""
    report = Report(keys=[f"{key.name}+{key.id.hex()}" for key in trust.keys], first=trust.first)
    evidence = check_checkpoints(files, trust, report)
    if not evidence and not tiles_of(files, -1):
        raise Unusable("this is no export of an audit log: it has neither checkpoints nor entries")
    written = check_entries(files, trust, report)
    sealed = sealed_hashes(files, trust.first)
    check_roots(files, written, sealed, evidence, trust.first, report)
    return report


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verify_audit.py", description="Verify an export of the audit log, offline."
    )
    add = parser.add_argument
    add("export", type=Path, metavar="EXPORT", help="a folder or zip file, as the desk exports it")
    add(
        "--key",
        action="append",
        default=[],
        help="verifier key of the log, or a file of such keys, that you have from elsewhere",
    )
    add(
        "--witness",
        action="append",
        default=[],
        metavar="KEY",
        help="verifier key of a witness whose cosignature the newest checkpoint must have",
    )
    add(
        "--since",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a checkpoint that you kept: the log must go on from it",
    )
    add(
        "--first",
        type=int,
        default=0,
        metavar="INDEX",
        help="entries before this multiple of 256 may be pruned",
    )
    add(
        "--gap",
        type=float,
        default=2.0,
        metavar="HOURS",
        help="how long the log may have been silent (2)",
    )
    add("--json", action="store_true", help="print one JSON object")
    return parser


def _trust(options: argparse.Namespace, files: Mapping[str, bytes]) -> Trust:
    if options.first < 0 or options.first % WIDTH:
        raise Unusable("--first takes a multiple of 256")
    earlier = []
    for path in options.since:
        try:
            earlier.append((path.name, path.read_bytes()))
        except OSError:
            raise Unusable(f"{path} cannot be read") from None
    own = [] if options.key or KEYS not in files else [files[KEYS].decode(errors="replace")]
    keys = _keys([*map(_contents, options.key), *own])
    if not keys:
        raise Unusable("there is no key to verify with: give --key")
    return Trust(
        keys,
        _keys(map(_contents, options.witness)),
        tuple(earlier),
        options.first,
        timedelta(hours=min(max(options.gap, 0.0), 1e6)),
    )


def _contents(given: str) -> str:
    """Return a key that was given as text or as a file."""
    try:
        return Path(given).read_text("utf-8") if Path(given).is_file() else given
    except (OSError, ValueError):
        return given


def _keys(texts: Iterable[str]) -> tuple[Key, ...]:
    keys = []
    for line in (line for text in texts for line in text.splitlines() if line.strip()):
        try:
            keys.append(Key.parse(line))
        except Malformed as error:
            raise Unusable(f"a key cannot be used: {error}") from None
    return tuple(keys)


def _told(report: Report) -> str:
    last = report.first + report.entries - 1
    lines = [
        f"log          {report.origin or 'unknown'}",
        *(f"key          {key}" for key in report.keys),
        f"entries      {report.entries} ({report.first} to {last})",
        f"times        {report.first_time} to {report.last_time}",
        f"checkpoints  {report.checkpoints}, the newest of {report.newest} entries, root {report.root}",
        *(f"note         {note}" for note in report.notes),
        *(f"{one.kind:<12} {one.at}: {one.why}" for one in report.problems[:_SHOWN]),
    ]
    if len(report.problems) > _SHOWN:
        lines.append(f"             and {len(report.problems) - _SHOWN} more")
    count = len(report.problems)
    lines.append(f"NOT VALID: {count} problem{'s' * (count != 1)}" if count else "VALID")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
