"""The agents' page as files: what is vendored, what the policy allows, how much a first load weighs."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parent.parent / "web"
STYLES = sorted((WEB / "styles").glob("*.css"))
OWN_MODULES = sorted(path for path in WEB.rglob("*.js") if "vendor" not in path.parts)
MAX_FIRST_LOAD = 60 * 1024
_PHYSICAL = re.compile(r"(?<![\w-])(?:left|right)(?![\w-])|-(?:left|right)\b")
_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""")
_LAZY = re.compile(r"""import\(\s*["']([^"']+)["']\s*\)""")
_RELATIVE = re.compile(r"""from "(\.[^"]+)\"""")
_SHEET = re.compile(r'''"/desk/(styles/[^"]+\.css)"''')
# A half-filled circle is a drawing and not a direction of text.
_DRAWN = re.compile(r"linear-gradient\([^)]*\)+")


def policy() -> dict[str, list[str]]:
    """Return the directives of the page's Content-Security-Policy."""
    text = json.loads((WEB / "headers.json").read_text("utf-8"))["Content-Security-Policy"]
    return {words[0]: words[1:] for part in text.split(";") if (words := part.split())}


def import_map() -> str:
    """Return the text of the import map, as its hash is made of it."""
    found = re.search(r'<script type="importmap">(.*?)</script>', _index(), re.DOTALL)
    assert found is not None
    return found[1]


def _linked(kind: str) -> list[Path]:
    """Return the files that index.html links to in one way."""
    links = re.findall(rf'<link rel="{kind}" href="/desk/([^"]+)"', _index())
    return [(WEB / link).resolve() for link in links]


def first_load() -> set[Path]:
    """Return every module and style that index.html leads to by static imports."""
    names: dict[str, str] = json.loads(import_map())["imports"]
    seen: set[Path] = set()
    waiting = [WEB / "boot.js", WEB / "main.js", *_linked("stylesheet")]
    while waiting:
        path = waiting.pop().resolve()
        if path in seen:
            continue
        seen.add(path)
        text = path.read_text("utf-8")
        found = re.findall(r'@import url\("([^"]+)"\)', text) if path.suffix == ".css" else []
        if path.suffix != ".css":
            code = re.sub(r"(?m)^\s*\*.*$|/\*.*?\*/|import\([^)]*\)", "", text, flags=re.DOTALL)
            found = [
                name
                for name in _IMPORT.findall(code)
                if name.startswith((".", "/")) or name in names
            ]
        for name in found:
            target = names.get(name, name)
            waiting.append(
                WEB / target.removeprefix("/desk/")
                if target.startswith("/")
                else path.parent / target
            )
    return seen


def test_a_first_load_is_asked_for_at_once() -> None:
    """Every module of it is named in index.html, so that none waits for the one that imports it."""
    modules = {path for path in first_load() if path.suffix != ".css"}

    assert set(_linked("modulepreload")) == modules - {WEB / "boot.js"}
    assert not any("@import" in path.read_text("utf-8") for path in _linked("stylesheet"))


def _index() -> str:
    return (WEB / "index.html").read_text("utf-8")


def test_what_is_vendored_is_what_the_list_says() -> None:
    """Each vendored module stands in VENDOR.md with its package, version, licence and hash, and no other."""
    rows = re.findall(
        r"^\| `([^`]+)` \| [^|]+ \| [0-9.]+ \| (?:MIT|Apache-2\.0) \| ([0-9a-f]{64}) \|$",
        (WEB / "vendor" / "VENDOR.md").read_text("utf-8"),
        re.MULTILINE,
    )

    files = {
        path.relative_to(WEB / "vendor").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (WEB / "vendor").rglob("*")
        if path.suffix in (".js", ".mjs")
    }
    assert dict(rows) == files


def test_the_policy_allows_the_import_map_and_no_other_script() -> None:
    """The hash in the headers is that of the import map in index.html; nothing else stands inline."""
    digest = base64.b64encode(hashlib.sha256(import_map().encode()).digest()).decode()

    assert policy()["script-src"] == ["'self'", f"'sha256-{digest}'"]
    assert policy()["default-src"] == ["'none'"]
    assert policy()["require-trusted-types-for"] == ["'script'"]
    assert policy()["style-src"] == ["'self'"]
    assert len(re.findall(r"<script(?![^>]*\bsrc=)", _index())) == 1
    assert "style=" not in _index()


def test_a_first_load_is_light() -> None:
    """Script and style of a first load, each file compressed as it travels."""
    sizes = {path: len(gzip.compress(path.read_bytes(), 9)) for path in first_load()}

    assert len(sizes) > 10
    assert sum(sizes.values()) < MAX_FIRST_LOAD, sum(sizes.values())


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_styles_know_no_left_and_right(style: Path) -> None:
    """What is laid out by the direction of the text is right in Arabic too."""
    text = _DRAWN.sub("", re.sub(r"/\*.*?\*/", "", style.read_text("utf-8"), flags=re.DOTALL))

    assert _PHYSICAL.findall(text) == []


@pytest.mark.parametrize("module", OWN_MODULES, ids=lambda path: path.relative_to(WEB).as_posix())
def test_modules_leave_markup_to_templates(module: Path) -> None:
    """Nothing writes HTML by hand, evaluates text, or leaves the desk's own address."""
    text = module.read_text("utf-8")

    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
    )
    assert "dangerouslySetInnerHTML" not in text
    assert not re.search(r"https?://", text)
    assert text.count("\n") <= 320


def test_what_has_no_markup_needs_none() -> None:
    """Modules of app/ can be tried without a browser: they import no component and no page."""
    wrong = [
        path.name
        for path in (WEB / "app").glob("*.js")
        if re.search(r'from "\.\./(?:components|pages)/', path.read_text("utf-8"))
    ]

    assert wrong == []


def test_every_file_of_the_page_is_reached() -> None:
    """No module or style lies about that no other leads to."""
    seen: set[Path] = set()
    waiting = {WEB / "boot.js", *first_load()}
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        if module.suffix == ".js" and "vendor" not in module.parts:
            text = module.read_text("utf-8")
            waiting |= {
                (module.parent / name).resolve()
                for name in _LAZY.findall(text) + _RELATIVE.findall(text)
            }
            waiting |= {WEB / name for name in _SHEET.findall(text)}
        elif module.suffix == ".css":
            names = re.findall(r'@import url\("([^"]+)"\)', module.read_text("utf-8"))
            waiting |= {(module.parent / name).resolve() for name in names}

    assert {path.resolve() for path in (*OWN_MODULES, *STYLES)} - seen == set()
