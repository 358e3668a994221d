"""The code keeps its directions; and each rule that says so can fail."""

from __future__ import annotations

import json

import pytest

from tests import architecture
from tests.architecture import ROOT, RULES, Rule

FILES = [
    (path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    for path in architecture.product_files()
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps_the_rule(rule: Rule) -> None:
    """No file of the product breaks it."""
    assert [broken for path, source in FILES for broken in rule(path, source)] == []


def test_every_adapter_that_is_named_exists() -> None:
    """The list of adapters names modules of today."""
    modules = {architecture.module_name(path) for path, _ in FILES}

    assert modules >= architecture.ADAPTERS


def test_whatever_loads_a_vendor_or_opens_a_file_is_an_adapter() -> None:
    """A new module of a seam that speaks to something outside must be named an adapter."""
    outside = ("google", "googleapiclient", "grpc", "sqlite3", "httplib2", "smtplib", "urllib3")
    speaking = {
        architecture.module_name(path)
        for path, source in FILES
        if path.startswith(tuple(f"shared/{seam}/" for seam in architecture.SEAMS))
        for found in architecture.imports(source)
        if found.module.partition(".")[0] in outside and not found.for_types
    }

    assert speaking
    assert speaking <= architecture.ADAPTERS


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        ("functions_speak_to_services", "functions/tickets.py", "from shared.store import sqlite"),
        ("functions_speak_to_services", "functions/tickets.py", "import shared.mail.parse"),
        ("functions_speak_to_services", "functions/tickets.py", "def f():\n import shared.bus.local"),
        ("functions_are_strangers", "functions/tickets.py", "from functions import content"),
        ("functions_are_strangers", "functions/tickets.py", "from . import content"),
        ("nothing_looks_up", "shared/services/reading/reading.py", "from shared.request import Request"),
        ("nothing_looks_up", "shared/services/reading/reading.py", "import flask"),
        ("nothing_looks_up", "shared/mail/parse.py", "from shared.services import outbox"),
        ("nothing_looks_up", "shared/store/sqlite.py", "import functions.tickets"),
        ("domain_is_pure", "shared/domain/tickets.py", "import nh3"),
        ("domain_is_pure", "shared/domain/tickets.py", "from shared.errors import NotFound"),
        ("only_the_root_picks_adapters", "shared/app.py", "from shared.store.sqlite import SqliteStore"),
        ("only_the_root_picks_adapters", "shared/services/a.py", "def f():\n from shared.gmail import api"),
        ("only_adapters_know_vendors", "shared/services/a.py", "from google.cloud import firestore"),
        ("only_adapters_know_vendors", "shared/app.py", "def f():\n import grpc"),
        ("only_settings_read_the_environment", "shared/app.py", "import os\nx = os.environ['A']"),
        ("only_settings_read_the_environment", "shared/app.py", "from os import getenv"),
        ("only_the_clock_asks_the_time", "shared/entry.py", "import time\nx = time.monotonic()"),
        ("only_the_clock_asks_the_time", "shared/entry.py", "from time import time"),
        ("only_the_clock_asks_the_time", "shared/entry.py", "import datetime\ndatetime.datetime.now()"),
        ("only_the_clock_asks_the_time", "shared/entry.py", "from datetime import date\ndate.today()"),
        ("nothing_imports_what_is_local", "shared/app.py", "def f():\n from local.desk import Desk"),
        ("nothing_imports_what_is_local", "tools/operate.py", "import tests.desk"),
        ("names_say_something", "shared/services/helpers.py", ""),
        ("names_say_something", "shared/common/ids.py", ""),
        ("files_are_short", "shared/app.py", "\n" * 321),
    ],
)  # fmt: skip
def test_a_rule_finds_what_breaks_it(rule: str, path: str, source: str) -> None:
    """Each rule names the file that breaks it."""
    [broken] = getattr(architecture, rule)(path, source)

    assert broken.startswith(path)


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        ("functions_speak_to_services", "functions/tickets.py", "from shared.services import outbox"),
        ("functions_are_strangers", "functions/single_origin/__init__.py", "from functions import content"),
        ("only_the_root_picks_adapters", "shared/app.py", "def f():\n from shared.gmail import api"),
        ("only_the_root_picks_adapters", "shared/bus/local.py", "from shared.bus.queue import Queue"),
        ("only_adapters_know_vendors", "shared/store/firestore.py", "import google.cloud"),
        ("only_settings_read_the_environment", "shared/settings.py", "import os\nos.environ"),
        ("only_the_clock_asks_the_time", "shared/app.py", "import time\ntime.sleep(1)\nclock.now()"),
        ("files_are_short", "shared/app.py", "\n" * 320),
    ],
)  # fmt: skip
def test_a_rule_lets_pass_what_it_should(rule: str, path: str, source: str) -> None:
    """What is allowed breaks nothing."""
    assert getattr(architecture, rule)(path, source) == []


def test_single_origin_may_do_what_it_mounts_may_do_and_nothing_else() -> None:
    """Its row in the manifest has the rights of all other HTTP functions together."""
    rows = json.loads((ROOT / "functions/manifest.json").read_text("utf-8"))["functions"]
    single = rows.pop("single_origin")
    http = [row for row in rows.values() if row["trigger"] == "http"]
    strongest = {"create": 0, "read": 1, "write": 2}

    for many in ("secrets", "publishes"):
        assert single[many] == sorted({name for row in http for name in row[many]}), many
    for mapping in ("databases", "buckets"):
        together: dict[str, str] = {}
        for row in http:
            for name, access in row.get(mapping, {}).items():
                known = together.get(name, access)
                together[name] = max(access, known, key=strongest.__getitem__)
        assert single[mapping] == together, mapping
    assert single["timeout"] == max(row["timeout"] for row in http)
    assert single["gmail"] is any(row["gmail"] for row in http)
