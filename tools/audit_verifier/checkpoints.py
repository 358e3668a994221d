"""What is trusted, and checks of checkpoints by it: form, signature, cosignatures."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from tools.audit_verifier.report import Malformed, Report
from tools.audit_verifier.signed_notes import Checkpoint, Key


@dataclass(frozen=True, slots=True)
class Trust:
    """What the person who verifies brings along, and how strict they are."""

    keys: tuple[Key, ...]
    witnesses: tuple[Key, ...] = ()
    earlier: tuple[
        tuple[str, bytes], ...
    ] = ()  # checkpoints kept elsewhere: their file's name and text
    first: int = 0  # entries before this one may be pruned
    longest_gap: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A checkpoint whose signature is good."""

    checkpoint: Checkpoint
    called: str
    earlier: bool  # kept outside of the export


def check_checkpoints(files: Mapping[str, bytes], trust: Trust, report: Report) -> list[Evidence]:
    """Check each checkpoint's form, signature and cosignatures; returns those that are signed, by size."""
    named = [(name, files[name], False) for name in files if name.startswith("checkpoint")]
    named += [(name, raw, True) for name, raw in trust.earlier]
    evidence: list[Evidence] = []
    cosigned: list[tuple[int, int, Key]] = []
    for name, raw, earlier in named:
        try:
            checkpoint, signers = signed_checkpoint(raw, trust)
        except Malformed as error:
            report.wrong("checkpoint", name, str(error))
            continue
        called = f"{checkpoint.size} ({name})" if earlier else str(checkpoint.size)
        evidence.append(Evidence(checkpoint, called, earlier))
        cosigned += [
            (checkpoint.size, signers[key], key) for key in trust.witnesses if key in signers
        ]
    evidence.sort(key=lambda one: one.checkpoint.size)
    report.checkpoints = sum(not one.earlier for one in evidence)
    if not report.checkpoints:
        report.wrong("checkpoint", "none", "no checkpoint of the export has a good signature")
        return evidence
    newest = max((one.checkpoint for one in evidence if not one.earlier), key=lambda one: one.size)
    report.origin, report.newest = newest.origin, newest.size
    report.root = base64.b64encode(newest.root).decode()
    if {one.checkpoint.origin for one in evidence} != {newest.origin}:
        report.wrong("checkpoint", newest.size, "the checkpoints are of more than one log")
    _check_cosignatures(cosigned, newest.size, trust.witnesses, report)
    return evidence


def signed_checkpoint(raw: bytes, trust: Trust) -> tuple[Checkpoint, dict[Key, int]]:
    """Read a checkpoint that the log's key signed, and who signed it; Malformed says what is wrong."""
    checkpoint = Checkpoint.parse(raw)
    signers = checkpoint.note.signers((*trust.keys, *trust.witnesses))
    if not any(key.name == checkpoint.origin and key in signers for key in trust.keys):
        raise Malformed("it is not signed by the log's key")
    return checkpoint, signers


def _check_cosignatures(
    cosigned: list[tuple[int, int, Key]], newest: int, witnesses: Iterable[Key], report: Report
) -> None:
    for witness in witnesses:
        seen = sorted((size, time) for size, time, key in cosigned if key == witness)
        if not seen or seen[-1][0] < newest:
            report.wrong("checkpoint", newest, f"it has no cosignature of {witness.name}")
        for (_, before), (size, time) in pairwise(seen):
            if time < before:
                report.wrong("checkpoint", size, f"{witness.name} cosigned it before a smaller one")
