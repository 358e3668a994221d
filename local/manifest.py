"""functions/manifest.json, as the local desk reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PATH: Final = ROOT / "functions" / "manifest.json"


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """One function's row: what calls it, and what it may use."""

    name: str
    trigger: str
    path: str | None
    topics: tuple[str, ...]
    schedule: str | None
    timeout: int
    concurrency: int
    databases: Mapping[str, str]
    buckets: Mapping[str, str]
    secrets: tuple[str, ...]
    publishes: tuple[str, ...]
    dead_letters: bool
    gmail: bool
    modules_max: int

    @property
    def subscriptions(self) -> dict[str, str]:
        """The topic of each push subscription by its name, as infra/pubsub.tf names them."""
        return {f"{self.name.replace('_', '-')}.{topic}": topic for topic in self.topics}


def load(path: Path = PATH, edge: str = "load_balancer") -> dict[str, FunctionRow]:
    """Return the rows by function name, of those that are deployed with this edge.

    The desk on this machine routes as the load balancer does. With "none", `single_origin` stands in the
    place of all other HTTP functions.
    """
    rows = json.loads(path.read_text("utf-8"))["functions"]
    return {
        name: FunctionRow(
            name=name,
            trigger=row["trigger"],
            path=row.get("path"),
            topics=tuple(row.get("topics", ())),
            schedule=row.get("schedule"),
            timeout=row["timeout"],
            concurrency=row["concurrency"],
            databases=row["databases"],
            buckets=row.get("buckets", {}),
            secrets=tuple(row["secrets"]),
            publishes=tuple(row["publishes"]),
            dead_letters=row.get("dead_letters", False),
            gmail=row["gmail"],
            modules_max=row["modules_max"],
        )
        for name, row in rows.items()
        if row["trigger"] != "http" or ("edge" in row) == (edge == "none")
    }
