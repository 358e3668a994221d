"""`single_origin`, which stands in the place of the edge: all HTTP functions and the page at one address."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from werkzeug.test import Client

from functions.single_origin import function_at, page
from local import manifest
from local.desk import Desk
from shared import app
from tests.desk import URL

ROOT = Path(__file__).parent.parent.parent
ROWS: dict[str, Any] = json.loads((ROOT / "functions/manifest.json").read_text("utf-8"))[
    "functions"
]
HTTP = [name for name, row in ROWS.items() if row["trigger"] == "http" and "edge" not in row]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """Give a browser at `single_origin`, whose app has the rights of its own row."""
    desk = Desk(tmp_path, url=URL, google="http://localhost:8081")
    desk.functions = manifest.load(edge="none")
    app.install(desk.app)
    serve: Any = functions_framework.create_app  # untyped
    yield serve("single_origin", str(ROOT / "main.py"), "http").test_client()
    app.install(None)
    desk.close()


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/", 200, "text/html"),
        ("/privacy", 200, "text/html"),
        ("/api/openapi.json", 200, "application/json"),
        ("/api/session/", 401, "application/problem+json"),
        ("/api/tickets/", 401, "application/problem+json"),
        ("/api/admin/mailboxes", 401, "application/problem+json"),
        ("/api/account/profile", 401, "application/problem+json"),
        ("/api/content/messages/m_0", 401, "application/problem+json"),
        ("/api/nothing", 404, "application/problem+json"),
        ("/desk/", 200, "text/html"),
        ("/desk/main.js", 200, "text/javascript"),
        ("/desk/nothing.js", 404, "text/plain"),
    ],
)
def test_each_path_is_answered_by_its_function(
    path: str, status: int, kind: str, client: Client
) -> None:
    """What the edge would route is answered here by the same function, with its own headers."""
    answer = client.get(path, base_url=URL)

    assert (answer.status_code, answer.mimetype) == (status, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_request_is_served_by_the_one_account(client: Client) -> None:
    """What a mounted function publishes later is published as `single_origin`, whose account it runs as."""
    client.get("/api/tickets/", base_url=URL)

    assert app.current("tickets") is app.current("single_origin")
    assert app.current("tickets").function == "single_origin"


def test_the_page_has_its_headers_and_is_sent_compressed_and_once(client: Client) -> None:
    """A browser that has a file is told so; others get it compressed if they can read that."""
    expected = json.loads((ROOT / "web/headers.json").read_text("utf-8"))
    plain = client.get("/desk/main.js", base_url=URL)
    small = client.get("/desk/main.js", base_url=URL, headers={"Accept-Encoding": "gzip"})
    known = client.get(
        "/desk/main.js", base_url=URL, headers={"If-None-Match": plain.headers["ETag"]}
    )

    assert plain.data == (ROOT / "web/main.js").read_bytes() == gzip.decompress(small.data)
    assert small.headers["Content-Encoding"] == "gzip"
    assert known.status_code == 304
    for answer in (plain, small, known):
        assert {name: answer.headers[name] for name in expected} == expected


@pytest.mark.parametrize(
    "path",
    [
        "/desk/../main.py",
        "/desk/..%2fmain.py",
        "/desk/headers.json",
        "/desk/vendor/VENDOR.md",
        "/desk//etc/passwd",
    ],
)
def test_only_the_pages_files_are_served(path: str, client: Client) -> None:
    """Nothing beside web/ is reached, and of it nothing that the page does not load."""
    assert client.get(path, base_url=URL).status_code in {400, 404}


def test_the_page_is_only_read(client: Client) -> None:
    """Whoever posts there is told what is allowed; the folder without its slash leads to the page."""
    assert client.post("/desk/", base_url=URL).headers["Allow"] == "GET, HEAD"
    assert client.get("/desk", base_url=URL).headers["Location"].endswith("/desk/")


def test_every_http_function_is_mounted() -> None:
    """Each path of the manifest leads to its function, and pushes to none."""
    assert {function_at(f"{ROWS[name]['path'].rstrip('/')}/x") for name in HTTP} == set(HTTP)
    assert function_at("/push/create_ticket") == "public"
    assert not page.is_under("/desktop", page.PATH)
