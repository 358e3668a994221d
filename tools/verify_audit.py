"""Verify an export of the audit log, offline: ``python tools/verify_audit.py EXPORT [--key KEY]``.

This file and the folder `audit_verifier` beside it may be handed to an auditor, in a folder `tools`. They
need Python 3.11 and the package `cryptography`, ask no network, and share no code with the product that wrote
the log. They are written from the specifications:

- RFC 6962 §2.1 and RFC 9162 §2.1: hashes of entries and of the tree, inclusion proofs
- RFC 8785: canonical JSON
- C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof (https://c2sp.org)

EXPORT is a folder or a zip file, laid out as docs/audit-export.md says. Receipts and other statements are
verified by `--statement`, with an export or alone. Exit status: 0 everything holds, 1 something does not (a
line says which entry, tile, checkpoint or gap), 2 nothing could be checked.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.audit_verifier.checkpoints import Trust, check_checkpoints
from tools.audit_verifier.entries import check_entries
from tools.audit_verifier.export_files import Files, tiles_of
from tools.audit_verifier.proofs import check_selection, check_statements
from tools.audit_verifier.report import Malformed, Report, Unusable
from tools.audit_verifier.sealing import check_roots, sealed_hashes
from tools.audit_verifier.signed_notes import COSIGNED, SIGNED, Key

KEYS: Final = "keys"  # verifier keys, one a line
_SHOWN: Final = 100  # problems that are printed


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, and print what was found."""
    options = _options().parse_args(arguments)
    try:
        files = _files(options)
        report = verify(files, _trust(options, files))
    except Unusable as error:
        print(f"cannot be checked: {error}", file=sys.stderr)
        return 2
    if not options.key:
        report.notes.append("the key came with the export: compare it with one from elsewhere")
    print(json.dumps(_plain(report)) if options.json else _told(report))
    return 1 if report.problems else 0


def verify(files: Mapping[str, bytes], trust: Trust) -> Report:
    """Check an export of the whole log or of a selection, or statements alone; Unusable where it is none."""
    report = Report(keys=[f"{key.name}+{key.id.hex()}" for key in trust.keys])
    selection = "selection.json" in files or not files
    if files:
        evidence = check_checkpoints(files, trust, report)
        if not evidence and not tiles_of(files, -1) and not selection:
            raise Unusable(
                "this is no export of an audit log: it has neither checkpoints nor entries"
            )
    if selection:
        check_selection(files, trust, report)
    else:
        written = check_entries(files, trust, report)
        sealed = sealed_hashes(files, report.first)
        check_roots(files, written, sealed, evidence, report.first, report)
    check_statements(trust, report, recorded=not selection)
    return report


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verify_audit.py", description="Verify an export of the audit log, offline."
    )
    add = parser.add_argument
    add(
        "export",
        type=Path,
        nargs="?",
        metavar="EXPORT",
        help="a folder or zip file, as the desk exports it",
    )
    for name, value, what in (
        ("--key", "KEY", "verifier key that you have from elsewhere, or a file of such keys"),
        ("--witness", "KEY", "verifier key of a witness that must have seen the log, or a file"),
        ("--since", "FILE", "a checkpoint that you kept: the log must go on from it"),
        ("--statement", "FILE", "a receipt, say: it must be signed, and its hash in the log"),
    ):
        add(name, action="append", default=[], metavar=value, help=f"{what} (may be repeated)")
    add(
        "--gap",
        type=float,
        default=1.5,
        metavar="HOURS",
        help="how long the log may be silent (1.5)",
    )
    add("--json", action="store_true", help="print one JSON object")
    return parser


def _files(options: argparse.Namespace) -> Mapping[str, bytes]:
    if options.export is not None:
        return Files(options.export)
    if not options.statement:
        raise Unusable("give an export, or a statement")
    return {}


def _trust(options: argparse.Namespace, files: Mapping[str, bytes]) -> Trust:
    own = _keys([files.get(KEYS, b"").decode(errors="replace")])
    keys = _keys(map(_contents, options.key)) or own
    witnesses = _keys(map(_contents, options.witness)) or own
    trusted = tuple(key for key in keys if key.type == SIGNED)
    if not trusted:
        raise Unusable("there is no key to verify with: give --key")
    return Trust(
        trusted,
        tuple(key for key in witnesses if key.type == COSIGNED),
        bool(options.witness),
        _given(options.since),
        _given(options.statement),
        timedelta(hours=min(max(options.gap, 0.0), 1e6)),
    )


def _given(paths: Iterable[str]) -> tuple[tuple[str, bytes], ...]:
    given = []
    for path in map(Path, paths):
        try:
            given.append((path.name, path.read_bytes()))
        except (OSError, ValueError):
            raise Unusable(f"{path} cannot be read") from None
    return tuple(given)


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


def _plain(report: Report) -> dict[str, Any]:
    members = asdict(report) | {"valid": not report.problems}
    del members["recorded"]
    return members


def _told(report: Report) -> str:
    last = report.first + report.entries - 1
    lines = [
        f"log          {report.origin or 'unknown'}",
        *(f"key          {key}" for key in report.keys),
    ]
    if report.entries:
        lines.append(f"entries      {report.entries} ({report.first} to {last})")
        lines.append(f"times        {report.first_time} to {report.last_time}")
    if report.proofs:
        lines.append(f"proofs       {report.proofs}")
    if report.checkpoints:
        lines.append(f"checkpoints  {report.checkpoints}")
        lines.append(f"newest       {report.newest} entries, root {report.root}")
    lines += [f"statement    {statement}" for statement in report.statements]
    lines += [f"note         {note}" for note in report.notes]
    lines += [f"{one.kind:<12} {one.at}: {one.why}" for one in report.problems[:_SHOWN]]
    count = len(report.problems)
    if count > _SHOWN:
        lines.append(f"             and {count - _SHOWN} more")
    lines.append(f"NOT VALID: {count} problem{'s' * (count != 1)}" if count else "VALID")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
