"""What the documents name exists."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from shared.audit.events import MEANING, Action
from shared.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
_NAMED = re.compile(r"`([a-z_0-9/]+\.py):([A-Za-z_][A-Za-z_0-9.]*)`")
_PATH = re.compile(r"`((?:shared|functions|local|tools|tests|infra|web|docs)/[A-Za-z0-9_./-]*)`")
_CODE = re.compile(r"^ *```[a-z]*\n(.*?)^ *```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
_MAKE = re.compile(r"(?:^|&& |\s)make ([a-z][a-z-]*)", re.MULTILINE)
_MODULE = re.compile(r"python -m ([a-z_.]+)((?: +[^\s#`]+)*)")
_SCRIPT = re.compile(r"python ([a-z_/]+\.py)")
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def names_in(source: str) -> set[str]:
    """Return what a module defines: functions, classes, constants, and the members of its classes."""
    names = set()
    for node in ast.parse(source).body:
        names |= _names(node)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{name}" for item in node.body for name in _names(item)}
    return names


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    return set()


def unresolved(text: str, root: Path = ROOT) -> list[str]:
    """Return each `path.py:name` of a document that does not exist."""
    missing = []
    for path, name in _NAMED.findall(text):
        file = root / path
        if not file.is_file() or name not in names_in(file.read_text("utf-8")):
            missing.append(f"{path}:{name}")
    return missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_name_in_a_document_resolves(document: Path) -> None:
    """A module:function that a document names is there, under that name."""
    assert unresolved(document.read_text("utf-8")) == []


def unknown_commands(text: str) -> list[str]:
    """Return each command in a document's code that there is not: target, module, subcommand, option."""
    code = "\n".join(block or inline for block, inline in _CODE.findall(text))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    unknown = [f"make {name}" for name in _MAKE.findall(code) if name not in targets]
    unknown += [path for path in _SCRIPT.findall(code) if not (ROOT / path).is_file()]
    for module, rest in _MODULE.findall(code):
        file = ROOT / module.replace(".", "/")
        source = file.with_suffix(".py") if not file.is_dir() else file / "__main__.py"
        if not source.is_file():
            unknown.append(f"python -m {module}")
            continue
        told = source.read_text("utf-8")
        words = rest.split()
        if module == "local" and words[:1] == ["operate"]:
            told += (ROOT / "tools" / "operate.py").read_text("utf-8")
        commands = words[:1] if "add_parser" in told and words[:1] != ["..."] else []
        options = [word.partition("=")[0] for word in words if re.match("--[a-z]", word)]
        unknown += [
            f"python -m {module} {word}" for word in commands + options if f'"{word}"' not in told
        ]
    return unknown


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_in_a_document_exists(document: Path) -> None:
    """Whoever types what a document says gets no "unknown command"."""
    assert unknown_commands(document.read_text("utf-8")) == []


def test_a_command_that_is_gone_is_found() -> None:
    """The check itself: a target, a module, a subcommand and an option that there are not."""
    text = """`make doctor` `make nothing` `python -m tools.gone` `python tools/gone.py`
```
cd .. && make neither
python -m tools.operate rotate-key --operator NAME --disable   # a comment
python -m tools.operate rotate-keys --operators NAME
```
"""

    assert unknown_commands(text) == [
        *("make nothing", "make neither", "tools/gone.py", "python -m tools.gone"),
        *("python -m tools.operate rotate-keys", "python -m tools.operate --operators"),
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_in_a_document_exists(document: Path) -> None:
    """Files and folders of the project that a document names in code or links to are there."""
    text = document.read_text("utf-8")
    named = [ROOT / path for path in _PATH.findall(text)]
    linked = [document.parent / path for path in _LINK.findall(text)]

    assert [path.as_posix() for path in [*named, *linked] if not path.exists()] == []


def test_the_architecture_names_the_way_of_a_mail() -> None:
    """Each function on the way from a push to the audit log is named with the code that does its work."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")

    named = {f"{path}:{name}" for path, name in _NAMED.findall(text)}

    assert named >= {
        "shared/entry.py:subscriber",
        "shared/auth/oidc.py:verify_push",
        "shared/services/receiving/history_sync.py:notice",
        "shared/services/receiving/incoming_mail.py:take_in",
        "shared/services/outbox.py:commit",
        "shared/services/audit_log.py:write",
    }


def test_the_page_of_the_audit_log_is_its_catalogue() -> None:
    """Every action stands in docs/audit.md with what it means, in the catalogue's order and words."""
    text = (ROOT / "docs" / "audit.md").read_text("utf-8")

    rows = re.findall(r"^\| `([a-z_.]+)` \| (.+) \|$", text, re.MULTILINE)

    told = [(action, meaning.lower()) for action, meaning in rows]
    assert told == [(action.value, MEANING[action].lower()) for action in sorted(Action)]


def test_the_page_of_settings_names_each_setting() -> None:
    """Every variable stands in docs/settings.md, and whether a deployment must give it."""
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")

    rows = re.findall(r"^\| `(CMO_[A-Z_]+)` \| (yes|no) \|", text, re.MULTILINE)

    settings = [field for field in fields(Settings) if field.metadata]
    assert rows == [
        (PREFIX + field.name.upper(), "yes" if field.metadata["required"] else "no")
        for field in settings
    ]


def test_a_name_that_is_gone_is_found(tmp_path: Path) -> None:
    """The check itself: a missing file and a missing name are reported, a member of a class is not."""
    (tmp_path / "a.py").write_text("class A:\n    def b(self): ...\nC = 1\n")

    missing = unresolved("`a.py:A.b` `a.py:C` `a.py:gone` `b.py:A` `a.py:A.gone`", tmp_path)

    assert missing == ["a.py:gone", "b.py:A", "a.py:A.gone"]
