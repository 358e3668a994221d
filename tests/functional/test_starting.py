"""What refuses to start, and which names each local port answers to."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.test import Client

from local import manifest
from local.gmail_sandbox import Sandbox
from tests.desk import URL, DeskUnderTest

ROOT = Path(__file__).parent.parent.parent
FUNCTIONS = list(manifest.load())
REQUIRED = (
    "CMO_ORGANISATION",
    "CMO_PUBLIC_URL",
    "CMO_PRIVACY_CONTACT",
    "CMO_PROJECT",
    "CMO_LOCATION",
    "CMO_OAUTH_CLIENT_ID",
    "CMO_GMAIL_TOPIC",
    "CMO_PUSH_SERVICE_ACCOUNT",
    "CMO_PUSH_AUDIENCE",
)
_CREATE = "import functions_framework, sys; functions_framework.create_app(sys.argv[1], 'main.py', 'http')"


_CREATE_ALL = """
import functions_framework, json, sys
problems = {}
for name in sys.argv[1:]:
    problems[name] = "started"
    try:
        functions_framework.create_app(name, "main.py", "http")
    except Exception as error:
        problems[name] = str(error)
print(json.dumps(problems))
"""


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process with this environment and nothing of ours."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("CMO_")}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=bare | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# Without its environment


def test_a_function_without_environment_refuses_to_start() -> None:
    """The process ends with an error that names every missing value, not only the first."""
    ended = run(_CREATE, "create_ticket")

    assert ended.returncode != 0
    assert [name for name in REQUIRED if f"{name} is missing" not in ended.stderr] == []


def test_no_function_starts_without_its_environment() -> None:
    """Each of the manifest's functions names what is missing; none has a way around it."""
    problems = json.loads(run(_CREATE_ALL, *FUNCTIONS).stdout)

    assert set(problems) == set(FUNCTIONS)
    for text in problems.values():
        assert [name for name in REQUIRED if f"{name} is missing" not in text] == []


def test_the_list_of_required_settings_is_whole() -> None:
    """With these and no others a function starts: none is forgotten above, none is too many."""
    right = {
        "CMO_ORGANISATION": "Example Desk",
        "CMO_PUBLIC_URL": "https://desk.example.com",
        "CMO_PRIVACY_CONTACT": "privacy@example.com",
        "CMO_PROJECT": "example",
        "CMO_LOCATION": "europe-west1",
        "CMO_OAUTH_CLIENT_ID": "client.apps.example.com",
        "CMO_GMAIL_TOPIC": "projects/example/topics/gmail-push",
        "CMO_PUSH_SERVICE_ACCOUNT": "push@example.iam.example.com",
        "CMO_PUSH_AUDIENCE": "https://functions.example.com",
    }
    assert set(right) == set(REQUIRED)

    started = run(_CREATE, "tickets", **right)
    one_short = run(_CREATE, "tickets", **{n: v for n, v in right.items() if n != "CMO_PUBLIC_URL"})

    assert started.returncode == 0, started.stderr
    assert one_short.returncode != 0
    assert "CMO_PUBLIC_URL is missing" in one_short.stderr


def test_a_function_that_does_not_exist_is_no_start() -> None:
    """A mistyped entry point fails at once, and not at the first request."""
    assert run(_CREATE, "tickest").returncode != 0


def test_a_local_desk_refuses_to_run_on_google_cloud(tmp_path: Path) -> None:
    """Where K_SERVICE is set, the laptop's settings are an error, through every way to them."""
    program = (
        "import sys; from pathlib import Path; from shared.settings import Settings;"
        "Settings.for_local_desk(Path(sys.argv[1]), url='http://127.0.0.1:8080', google='http://x')"
    )

    settings = run(program, str(tmp_path), K_SERVICE="tickets")
    serving = run(
        "import runpy; runpy.run_module('local', run_name='__main__')",
        K_SERVICE="tickets",
        CMO_HOME=str(tmp_path / "home"),
        PORT="8080",
    )

    for ended in (settings, serving):
        assert ended.returncode != 0
        assert "must not run on Google Cloud" in ended.stderr + ended.stdout


def test_no_variable_makes_a_function_local() -> None:
    """There is no switch in the environment that turns production into a laptop."""
    switches = ("CMO_LOCAL", "CMO_ENV", "CMO_DEBUG", "DEBUG", "FLASK_DEBUG", "CMO_HOME")

    assert run(_CREATE, "session", **dict.fromkeys(switches, "1")).returncode != 0


# The names of the ports


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.net",
        "evil.example.net:8080",
        "127.0.0.1:8081",
        "127.0.0.1",
        "localhost",
        "127.0.0.1.evil.example.net:8080",
        "[::1]:8080",
        "0.0.0.0:8080",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/session/", "/push/gmail_push"])
def test_the_desk_answers_to_its_own_names_only(
    standing_desk: DeskUnderTest, host: str, path: str
) -> None:
    """A page of another site that got its name to point here (DNS rebinding) is told 421."""
    answer = Client(standing_desk.front).get(path, base_url=URL, headers={"Host": host})

    assert answer.status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080"])
def test_both_names_of_loopback_are_the_desk(standing_desk: DeskUnderTest, host: str) -> None:
    """Passkeys need localhost, everything else the address."""
    answer = Client(standing_desk.front).get("/", base_url=URL, headers={"Host": host})

    assert answer.status_code == 200


@pytest.fixture
def google(standing_desk: DeskUnderTest) -> Sandbox:
    """Give the sandbox beside the desk."""
    return standing_desk.sandbox


def ask(sandbox: Sandbox, method: str, path: str, headers: Mapping[str, str]) -> int:
    """Send one request with exactly these headers; return the status."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(sandbox.url).port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/__ctl/health", "/o/oauth2/v2/auth", "/oauth2/v3/certs"])
def test_the_sandbox_answers_to_its_own_names_only(google: Sandbox, path: str) -> None:
    """A foreign Host, or none, is refused before anything else is looked at."""
    port = urlsplit(google.url).port
    bearer = {"Authorization": "Bearer control"}

    for host in ("evil.example.net", f"evil.example.net:{port}", "127.0.0.1", "127.0.0.1:1"):
        assert ask(google, "GET", path, {"Host": host} | bearer) == 403
    assert ask(google, "GET", path, bearer) in (400, 403)
    assert ask(google, "GET", path, {"Host": f"localhost:{port}"} | bearer) != 403


def test_the_control_api_is_its_owners(google: Sandbox) -> None:
    """It needs the token, and refuses a request with an Origin even so."""
    host = {"Host": urlsplit(google.url).netloc}
    right = host | {"Authorization": "Bearer control"}

    assert ask(google, "GET", "/__ctl/health", right) == 200
    assert ask(google, "GET", "/__ctl/health", host) == 401
    assert ask(google, "GET", "/__ctl/health", host | {"Authorization": "Bearer wrong"}) == 401
    for origin in ("https://evil.example.net", "null", URL, google.url):
        assert ask(google, "GET", "/__ctl/health", right | {"Origin": origin}) == 403
