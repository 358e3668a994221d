"""The words of the page: every language says everything, with the same arguments and its own plurals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from shared.audit.events import Action
from shared.services.webhooks import webhook_settings

WEB = Path(__file__).parent.parent / "web"
LOCALES = {path.stem: path for path in sorted((WEB / "locales").glob("*.ftl"))}
# Unicode CLDR: the plural categories of cardinal numbers.
PLURALS = {"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}
MODULES = [path for path in WEB.rglob("*.js") if "vendor" not in path.parts]
_SAID = re.compile(r"""\bt\(\s*"([^"]+)\"""")
_BUILT = re.compile(r"""\bt\(\s*`([a-z_-]+)\$\{""")
_SHORTCUT = re.compile(r"""\bwords: "([a-z_-]+)\"""")


class _Arguments(Visitor):  # type: ignore[misc]
    """Collects the variables of a message, and the keys of its selectors on numbers."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.selectors: list[set[str]] = []

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:  # noqa: N802
        self.selectors.append({getattr(v.key, "name", None) or v.key.value for v in node.variants})
        self.generic_visit(node)


def messages(language: str) -> dict[str, _Arguments]:
    """Return the arguments of each message of a language."""
    resource = FluentParser().parse(LOCALES[language].read_text("utf-8"))
    found = {}
    for entry in resource.body:
        assert not isinstance(entry, ast.Junk), entry.content
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found, f"{entry.id.name} stands twice"
            found[entry.id.name] = _Arguments()
            found[entry.id.name].visit(entry)
    return found


def said() -> Iterator[tuple[str, str]]:
    """Yield (module, key) of each key that a module asks for by its full name."""
    for module in MODULES:
        text = module.read_text("utf-8")
        for pattern in (_SAID, _SHORTCUT):
            yield from ((module.name, key) for key in pattern.findall(text))


def test_every_language_says_everything() -> None:
    """The keys of all languages are the same, and each takes the same arguments."""
    english, arabic = messages("en"), messages("ar")

    assert set(LOCALES) == {"en", "ar"}
    assert list(english) == list(arabic)
    assert {key: found.names for key, found in english.items()} == {
        key: found.names for key, found in arabic.items()
    }


@pytest.mark.parametrize("language", LOCALES)
def test_plurals_are_those_of_the_language(language: str) -> None:
    """Each choice by a number knows every plural of the language, six in Arabic."""
    chosen = [keys for found in messages(language).values() for keys in found.selectors]

    assert chosen
    assert all(keys == PLURALS[language] for keys in chosen), chosen


def test_what_the_page_says_has_words() -> None:
    """No module asks for a key that there is not; of keys that are built, some begin so."""
    known = set(messages("en"))

    assert {key for _, key in said()} - known == set()
    for module in MODULES:
        for prefix in _BUILT.findall(module.read_text("utf-8")):
            assert any(key.startswith(prefix) for key in known), (module.name, prefix)


def test_arabic_is_arabic() -> None:
    """No message was left in the other language."""
    resource = FluentParser().parse(LOCALES["ar"].read_text("utf-8"))
    texts = {
        e.id.name: LOCALES["ar"].read_text("utf-8")[e.span.start : e.span.end]
        for e in resource.body
        if isinstance(e, ast.Message)
    }

    assert [key for key, text in texts.items() if not re.search(r"[\u0600-\u06ff]", text)] == []


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_what_a_webhook_is_told_has_words(language: str) -> None:
    """Whoever makes a webhook reads what each event is."""
    keys = {f"event-{event.replace('.', '-')}" for event in webhook_settings.EVENTS}

    assert keys - set(messages(language)) == set()


# Codes of what no page asks for, of services behind the functions, of an operator's command, of what is
# shown as a picture or in a frame, and of a page that the server writes in its own words.
NOT_ON_A_PAGE = re.compile(
    r"(?:audit|auth|data|image|keyring|push|restore|rotation|satisfaction)\..+|blob\.locked|content\.frame_only"
    r"|laravel\..+|people\.(?:hash_|line_too_long|mailbox_unknown|no_administrator|unknown).*|tickets\.view_stands_alone"
    r"|store\.serves|key\.(?:primary|disabled|destroyed)"
)
# Families whose codes say one thing to a person: the page and the desk do not fit together.
FAMILIES = {"request"}
# What the desk calls the words that Google may send back in place of a code stands in a table.
TABLED = re.compile(r'"(oauth\.[a-z_]+)"')
_RAISED = re.compile(
    r"\b(?:Conflict|Forbidden|Invalid|NotFound|Refused|TooLarge|TooMany|Try|Unauthenticated"
    r'|Unavailable)\(\s*"([a-z_]+\.[a-z_0-9.]+)"'
)


@pytest.mark.parametrize("language", LOCALES)
def test_what_can_go_wrong_has_words(language: str) -> None:
    """Every code that is raised and that a page can meet has a sentence of its own."""
    root = WEB.parent
    sources = [path for name in ("shared", "functions") for path in (root / name).rglob("*.py")]
    codes = {code for path in sources for code in _RAISED.findall(path.read_text("utf-8"))}
    codes |= {code for path in sources for code in TABLED.findall(path.read_text("utf-8"))}
    known = set(messages(language))

    assert {
        code
        for code in codes
        if f"error-{code.replace('.', '-')}" not in known
        and code.partition(".")[0] not in FAMILIES
        and not NOT_ON_A_PAGE.fullmatch(code)
    } == set()


def test_every_action_of_the_audit_log_has_words() -> None:
    """The page of the log says each action in words: event-<resource>-<what happened>."""
    known = set(messages("en"))

    assert {f"event-{action.replace('.', '-')}" for action in Action} - known == set()
