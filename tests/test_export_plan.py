"""An export is of everything: each collection that the code writes is exported, or left out for a reason."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from shared.audit import entry, removals
from shared.keys import envelope
from shared.services.audit import sealed_log, witnessing
from shared.services.exchange.export_plan import LEFT_OUT, SOURCES, WITH_CUSTOMERS
from shared.services.keys.rotation import ROTATIONS
from shared.services.restoring.readiness import EPOCHS

ROOT = Path(__file__).parent.parent
OTHER_DATABASES = {
    *(
        entry.COLLECTION,
        removals.COLLECTION,
        EPOCHS,
        ROTATIONS,
        envelope.COLLECTION,
        witnessing.MEMORY,
        witnessing.COSIGNED,
    ),
    *(sealed_log.LOG, sealed_log.BUNDLES, sealed_log.TILES, sealed_log.CHECKPOINTS),
}
WRITES = ("create", "put", "update")
PLANNED = {source.collection for source in SOURCES} | set(WITH_CUSTOMERS)


class Module:
    """One file of shared/: its constants, and what its names are imported from."""

    def __init__(self, path: Path, root: Path) -> None:
        self.name = ".".join(path.relative_to(root).with_suffix("").parts)
        self.tree = ast.parse(path.read_text("utf-8"))
        self.constants: dict[str, str] = {}
        self.imported: dict[str, tuple[str, str]] = {}
        for node in self.tree.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                self._constant(node.target.id, node.value)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self.imported[alias.asname or alias.name] = (node.module or "", alias.name)

    def _constant(self, name: str, value: ast.expr | None) -> None:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            self.constants[name] = value.value


def written(root: Path) -> dict[str, set[str]]:
    """Return the collections that transactions write, with the modules that do."""
    modules = [Module(path, root) for path in sorted((root / "shared").rglob("*.py"))]
    constants = {(m.name, name): value for m in modules for name, value in m.constants.items()}
    found: dict[str, set[str]] = {}
    for module in modules:
        for node in ast.walk(module.tree):
            if _is_write(node):
                collection = _resolved(module, node.args[0], constants)  # type: ignore[attr-defined]
                if collection is not None:
                    found.setdefault(collection, set()).add(module.name)
    return found


def _is_write(node: ast.AST) -> bool:
    """Say whether this is tx.create(...) and the like."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and isinstance(node.func.value, ast.Name | ast.Attribute)
        and ast.unparse(node.func.value).removeprefix("self.") in ("tx", "_tx")
        and len(node.args) == 3
    )


def _resolved(
    module: Module, expression: ast.expr, constants: dict[tuple[str, str], str]
) -> str | None:
    if isinstance(expression, ast.Constant):
        return str(expression.value)
    if isinstance(expression, ast.Name):
        own = constants.get((module.name, expression.id))
        return own or constants.get(module.imported.get(expression.id, ("", "")))
    if isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Name):
        package, name = module.imported.get(expression.value.id, ("", ""))
        return constants.get((f"{package}.{name}", expression.attr))
    return None


def test_every_collection_is_exported_or_left_out_for_a_reason() -> None:
    """A new collection is decided about here, not forgotten."""
    found = set(written(ROOT)) - OTHER_DATABASES

    assert {"tickets", "messages", "notes", "users", "jobs", "outbox", "uploads"} <= found
    assert found - PLANNED - set(LEFT_OUT) == set()


def test_nothing_is_both_exported_and_left_out() -> None:
    """Each decision stands once, with its reason."""
    assert set(LEFT_OUT).isdisjoint(PLANNED)
    assert all(LEFT_OUT.values())


@pytest.mark.parametrize(
    "text",
    [
        'SECRETS: Final = "secrets"\ndef f(tx): tx.create(SECRETS, "1", {})',
        'def f(tx): tx.put("secrets", "1", {})',
        'from shared.domain import things\ndef f(tx): tx.put(things.SECRETS, "1", {})',
    ],
)
def test_a_forgotten_collection_is_found(tmp_path: Path, text: str) -> None:
    """However its name is written."""
    (tmp_path / "shared/domain").mkdir(parents=True)
    (tmp_path / "shared/domain/things.py").write_text('SECRETS: Final = "secrets"\n')
    (tmp_path / "shared/writer.py").write_text(text)

    assert written(tmp_path) == {"secrets": {"shared.writer"}}
