"""What the code says and what would be deployed, side by side: each difference as a sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from shared.domain import events
from shared.keys import contract as keys
from shared.settings import PREFIX, Settings
from shared.store.indexes import Indexes
from tests.infra.plan import Plan, Resource

Manifest = dict[str, Any]


# What libraries read, which is no setting of ours.
OF_THE_PLATFORM: Final = {"THREADS", "DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA"}


def behind_an_edge(manifest: Manifest) -> Manifest:
    """Return the rows of what is deployed with a load balancer: all but those that stand in its place."""
    return {name: row for name, row in manifest.items() if "edge" not in row}


def functions(root: Path, manifest: Manifest, plan: Plan) -> Iterator[str]:
    """Yield what differs between the files in functions/, the manifest's rows and the deployed functions."""
    files = {
        path.stem
        for path in (root / "functions").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    deployed = {
        one.block("build_config")["entry_point"]: one.values["name"]
        for one in plan.functions().values()
    }
    yield from _differences("function", manifest=set(manifest), files=files)
    yield from _differences("function", manifest=set(behind_an_edge(manifest)), plan=set(deployed))
    for function, name in deployed.items():
        if name != function.replace("_", "-"):
            yield f"function {function} is deployed as {name}"


def limits(manifest: Manifest, plan: Plan) -> Iterator[str]:
    """Yield what differs between the limits of the manifest's rows and of the deployed functions."""
    for function, deployed in plan.functions().items():
        service, row = deployed.block("service_config"), manifest.get(function, {})
        for limit, value in {
            "concurrency": service["max_instance_request_concurrency"],
            "cpu": int(service["available_cpu"]),
            "max_instances": service["max_instance_count"],
            "memory": service["available_memory"],
            "timeout": service["timeout_seconds"],
        }.items():
            if row.get(limit) != value:
                yield f"{limit} of {function} is {value}, not {row.get(limit)}"


def buckets(manifest: Manifest, plan: Plan) -> Iterator[str]:
    """Yield what differs between the buckets of the manifest's rows and the functions' grants."""
    rows = {
        (function, bucket, access)
        for function, row in behind_an_edge(manifest).items()
        for bucket, access in row.get("buckets", {}).items()
    }
    granted = {
        (function, bucket_of(one), _access(one.values["role"]))
        for function, grants in plan.of_functions(
            "google_storage_bucket_iam_member", "bucket"
        ).items()
        for one in grants
    }
    yield from _differences("bucket", manifest=rows, plan=granted)


def bucket_of(grant: Resource) -> str:
    """Return a bucket's name as the manifest says it: without the project before it, with underscores."""
    names = ("audit-log", "files")
    return next(n for n in names if str(grant.values["bucket"]).endswith(n)).replace("-", "_")


def _access(role: str) -> str:
    return role.rpartition("/")[2].removeprefix("files").lower()


def topics(manifest: Manifest, plan: Plan) -> Iterator[str]:
    """Yield what differs between the topics of the manifest, of the events, and of the plan."""
    rows = manifest.values()
    used = {topic for row in rows for topic in [*row.get("topics", []), *row["publishes"]]}
    planned = {one.values["name"] for one in plan.all("google_pubsub_topic", "this")}
    carried = {
        one.topic
        for one in vars(events).values()
        if isinstance(one, type) and hasattr(one, "topic")
    }
    yield from _differences("topic", manifest=used, plan=planned)
    yield from _differences(
        "topic", manifest={topic for topic in used if not topic.startswith("tick-")}, events=carried
    )


def paths(manifest: Manifest, plan: Plan) -> Iterator[str]:
    """Yield what differs between the manifest's paths and the routes of the edge."""
    manifest = behind_an_edge(manifest)
    matcher = plan.one("google_compute_url_map", "edge").block("path_matcher")
    routed = {
        frozenset(rule["paths"])
        for rule in matcher["path_rule"]
        if not rule["paths"][0].startswith("/desk")  # the page, which is no function
    }
    expected = {
        frozenset({row["path"], f"{row['path']}/*"})
        for row in manifest.values()
        if row["trigger"] == "http" and row["path"] != "/"
    }
    yield from _differences(
        "route", manifest={min(paths) for paths in expected}, plan={min(paths) for paths in routed}
    )
    if {len(paths) for paths in routed} != {2}:
        yield "a route lacks what lies under its path"
    served = {str(one.key) for one in plan.all("google_compute_backend_service")}
    http = {function for function, row in manifest.items() if row["trigger"] == "http"}
    yield from _differences("backend", manifest=http, plan=served)


def secrets(root: Path, plan: Plan) -> Iterator[str]:
    """Yield what differs between the secrets that the code names and those that would be made."""
    names = {
        constant: value
        for constant, value in vars(keys).items()
        if constant.isupper() and isinstance(value, str)
    }
    planned = {one.values["secret_id"] for one in plan.all("google_secret_manager_secret")}
    yield from (f"no secret of the code is named {name}" for name in planned - set(names.values()))
    for path in sorted((root / "shared").rglob("*.py")):
        if path.name == "local.py":  # makes every secret of a desk on this machine
            continue
        for constant in _imported(path, keys.__name__):
            if constant in names and names[constant] not in planned:
                yield f"{path.name} reads {names[constant]}, which is not in the plan"


def settings(plan: Plan) -> Iterator[str]:
    """Yield what differs between the fields of Settings and a function's environment."""
    expected = {PREFIX + one.name.upper() for one in fields(Settings) if one.metadata}
    for function, deployed in plan.functions().items():
        known = deployed.block("service_config")["environment_variables"]
        later = deployed.later["service_config"][0]["environment_variables"]
        planned = set(known) | set(later)
        yield from _differences(
            f"variable of {function}", settings=expected | OF_THE_PLATFORM, plan=planned
        )


def indexes(root: Path, plan: Plan) -> Iterator[str]:
    """Yield what differs between infra/indexes.json, as the store reads it, and Firestore's indexes."""
    wanted = Indexes.load(root / "infra/indexes.json")
    composites = {
        (one.database, one.collection, tuple((field, mode) for field, mode in one.fields))
        for one in wanted.composites
    }
    planned = {
        (
            one.values["database"],
            one.values["collection"],
            tuple(
                (part["field_path"], "array" if part["array_config"] else part["order"].lower())
                for part in one.values["fields"]
            ),
        )
        for one in plan.all("google_firestore_index")
    }
    yield from _differences("index", file=composites, plan=planned)
    exempt = {
        (one.database, one.collection, one.field, one.indexed, one.ttl) for one in wanted.fields
    }
    settings = {
        (
            one.values["database"],
            one.values["collection"],
            one.values["field"],
            one.values["index_config"] == [],
            one.values["ttl_config"] != [],
        )
        for one in plan.all("google_firestore_field")
    }
    yield from _differences("field setting", file=exempt, plan=settings)


def _differences(what: str, **two: Iterable[object]) -> Iterator[str]:
    (left, ours), (right, theirs) = two.items()
    yield from (
        f"{what} {one} is in the {left}, not in the {right}" for one in set(ours) - set(theirs)
    )
    yield from (
        f"{what} {one} is in the {right}, not in the {left}" for one in set(theirs) - set(ours)
    )


def _imported(path: Path, module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == module:
            yield from (name.name for name in node.names)
