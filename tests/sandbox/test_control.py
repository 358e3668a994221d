"""The control API, the doors that stay shut, and the sandbox as a process of its own."""

import base64
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from local.gmail_sandbox import Sandbox, SandboxConfig
from local.gmail_sandbox.sandbox import VERBS

from .conftest import SUPPORT, Start, mail
from .google_client import CLIENT_ID, CLIENT_SECRET, REDIRECT, TOPIC, Browser

Control = Callable[..., tuple[int, Any]]


def control_of(url: str) -> Control:
    """Return a function that calls a verb and returns status and JSON."""

    def call(verb: str, headers: dict[str, str] | None = None, **arguments: Any) -> tuple[int, Any]:
        answer = urllib3.request(
            "POST",
            f"{url}/__ctl/{verb}",
            body=json.dumps(arguments),
            headers={"Authorization": "Bearer control", "Content-Type": "application/json"}
            | (headers or {}),
            retries=False,
        )
        return answer.status, answer.json()

    return call


@pytest.fixture
def control(sandbox: Sandbox) -> Control:
    """Control the sandbox over HTTP."""
    return control_of(sandbox.url)


def test_deliver_takes_raw_as_base64(control: Control, gmail: Any) -> None:
    """The verb answers the ids; the mailbox has the exact bytes."""
    raw = mail() + b"\xff"

    status, answer = control(
        "deliver", mailbox=SUPPORT, raw=base64.b64encode(raw).decode(), labels=["INBOX"]
    )

    assert status == 200
    assert set(answer) == {"id", "threadId", "historyId"}
    message = gmail.messages().get(userId="me", id=answer["id"], format="raw").execute()
    assert base64.urlsafe_b64decode(message["raw"]) == raw
    assert message["labelIds"] == ["INBOX"]


def test_human_actions_and_counts_go_over_http(sandbox: Sandbox, control: Control) -> None:
    """Actions, clock, faults, quota, pushes and calls are verbs of the same names."""
    id_ = sandbox.deliver(SUPPORT, mail())["id"]

    raw = base64.b64encode(mail("Draft")).decode()
    answers = [
        control("act", mailbox=SUPPORT, action="archive", gmail_id=id_),
        control("act", mailbox=SUPPORT, action="save_draft", raw=raw),
        control("advance_clock", seconds=5),
        control("plant", method="getProfile", kind="status", status=500),
        control("faults"),
        control("quota", mailbox=SUPPORT),
        control("settle", timeout=1),
        control("pushes"),
        control("calls"),
        control("set_push", copies=2),
    ]

    assert [status for status, _ in answers] == [200] * len(answers)
    assert answers[0][1]["labelIds"] == ["UNREAD"]
    assert answers[1][1]["draftId"]
    assert answers[4][1][0]["kind"] == "status"
    assert answers[9][1]["copies"] == 2


def test_what_was_sent_is_read_over_http(control: Control, gmail: Any) -> None:
    """Aliases and knobs are verbs, and the bytes of what was sent come as base64."""
    raw = mail("Out").replace(b"To: support", b"To: sales")
    control("add_send_as", mailbox=SUPPORT, address="help@example.com")
    knobs = control("set_sending", message_id="keep")
    encoded = base64.urlsafe_b64encode(raw).decode()
    gmail.messages().send(userId="me", body={"raw": encoded}).execute()

    status, (sent,) = control("sends", mailbox=SUPPORT)

    assert (status, knobs[1]["message_id"]) == (200, "keep")
    assert base64.b64decode(sent["submitted"]) == raw
    assert b"Message-ID: <first@customer.example.net>" in base64.b64decode(sent["raw"])
    assert sent["recipients"] == ["sales@example.com"]


def test_every_verb_is_served(control: Control) -> None:
    """No verb of the list is missing: a wrong argument is 400, not 404."""
    answers = {verb: control(verb, no_such_argument=1)[0] for verb in VERBS}

    assert set(answers.values()) == {400}


@pytest.mark.parametrize(
    ("verb", "arguments", "status"),
    [
        ("deliver", {"mailbox": "nobody@example.com", "raw": ""}, 404),
        ("deliver", {"mailbox": SUPPORT, "raw": "not base64"}, 400),
        ("deliver", {"mailbox": SUPPORT}, 400),
        ("deliver", {"mailbox": SUPPORT, "raw": "", "thread_id": "19ff"}, 400),
        ("dance", {}, 404),
        ("stop", {}, 404),
        ("set_push_url", {"url": "http://example.org/"}, 400),
        ("advance_clock", {"seconds": -1}, 400),
    ],
)
def test_wrong_calls_are_refused_with_a_reason(
    control: Control, verb: str, arguments: dict[str, Any], status: int
) -> None:
    """The answer says what was wrong."""
    answer = control(verb, **arguments)

    assert answer[0] == status
    assert answer[1]["error"]


def test_settle_that_runs_out_of_time_is_504(
    sandbox: Sandbox, control: Control, gmail: Any
) -> None:
    """What is still pending is named."""
    sandbox.set_push(paused=True)
    gmail.watch(userId="me", body={"topicName": TOPIC}).execute()

    assert control("settle", timeout=0.05) == (
        504,
        {"error": "1 pushes are still pending after 0.05 s"},
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Basic control"}, 401),
        ({"Origin": "http://evil.example.org"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example.org"}, 403),
    ],
)
def test_control_is_its_owners_alone(
    sandbox: Sandbox, headers: dict[str, str], status: int
) -> None:
    """No token, a web page's Origin or a foreign Host: refused, and nothing happens."""
    raw = base64.b64encode(mail()).decode()

    answer = urllib3.request(
        "POST",
        sandbox.url + "/__ctl/deliver",
        body=json.dumps({"mailbox": SUPPORT, "raw": raw}),
        headers={"Authorization": "Bearer control"} | headers,
        retries=False,
    )

    assert answer.status == status
    assert sandbox.messages(SUPPORT) == []


def test_every_address_refuses_a_foreign_host(sandbox: Sandbox) -> None:
    """Names that point at 127.0.0.1 do not open the sandbox to a web page."""
    port = sandbox.url.rpartition(":")[2]
    hosts = {
        f"127.0.0.1:{port}": 200,
        f"localhost:{port}": 200,
        f"LOCALHOST:{port}": 200,
        "localhost": 403,
        f"127.0.0.1:{int(port) + 1}": 403,
        f"evil.example.org:{port}": 403,
    }

    statuses = {
        host: urllib3.request(
            "GET", sandbox.url + "/oauth2/v1/certs", headers={"Host": host}, retries=False
        ).status
        for host in hosts
    }

    assert statuses == hosts


def test_health_answers_its_owner(sandbox: Sandbox) -> None:
    """GET health with the token says that the sandbox is there."""
    url = sandbox.url + "/__ctl/health"

    answer = urllib3.request("GET", url, headers={"Authorization": "Bearer control"})

    assert answer.json()["ok"] is True
    assert urllib3.request("GET", url).status == 401


@pytest.fixture
def config_file(tmp_path: Path, push_key: bytes) -> Path:
    """Write the configuration of a sandbox with a file."""
    path = tmp_path / "sandbox.json"
    path.write_text(
        json.dumps(
            {
                "path": str(tmp_path / "state" / "gmail.sqlite"),
                "control_token": "control",
                "push_audience": "https://desk.example.com/push",
                "push_service_account": "push@desk.iam.gserviceaccount.com",
                "push_key": push_key.decode(),
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "redirect_uris": [REDIRECT],
                "topic": TOPIC,
            }
        )
    )
    return path


@pytest.fixture
def launch(config_file: Path) -> Iterator[Callable[[], tuple[subprocess.Popen[str], str]]]:
    """Start the sandbox as a process and return it with its URL once it is ready."""
    processes: list[subprocess.Popen[str]] = []

    def start() -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.gmail_sandbox", "--config", str(config_file)],
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        ready = process.stdout.readline().split()
        assert ready[:2] == ["sandbox", "ready"]
        return process, ready[2]

    yield start
    for process in processes:
        process.kill()
        process.communicate(timeout=10)


def test_the_process_ends_cleanly_on_sigterm(launch: Any, config_file: Path) -> None:
    """It prints one line when it answers, keeps its file private, and ends with 0."""
    process, url = launch()
    state = config_file.parent / "state" / "gmail.sqlite"

    assert control_of(url)("add_account", email=SUPPORT, name="Support")[0] == 200
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=10) == 0
    assert process.stdout.read() == ""


def test_a_kill_loses_nothing(launch: Any) -> None:
    """Accounts, mail, tokens, watches, the clock and pending pushes outlive SIGKILL."""
    process, url = launch()
    control = control_of(url)
    control("add_account", email=SUPPORT, name="Support")
    browser = Browser(url)
    tokens = browser.connect(SUPPORT)
    gmail = browser.gmail(tokens["access_token"])
    watch = gmail.watch(userId="me", body={"topicName": TOPIC}).execute()
    raw = base64.b64encode(mail()).decode()
    ids = [control("deliver", mailbox=SUPPORT, raw=raw)[1]["id"] for _ in range(5)]
    pushes = control("pushes")[1]
    control("advance_clock", seconds=100)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    browser.close()

    _, url = launch()

    browser = Browser(url)
    assert browser.refresh(tokens["refresh_token"])[0] == 200
    history = (
        browser.gmail(tokens["access_token"])
        .history()
        .list(userId="me", startHistoryId=watch["historyId"])
        .execute()["history"]
    )
    assert [record["messages"][0]["id"] for record in history] == ids
    assert control_of(url)("pushes")[1] == pushes
    assert {push["status"] for push in pushes} == {"pending"}
    browser.close()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"colour": "red"}, "colour"),
        ({"topic": None}, "topic"),
        ({"push_key": "x"}, "key"),
        ({"control_token": ""}, "control_token"),
        ({"topic": "gmail-push"}, "topic"),
        ({"push_rate": "some"}, "push_rate"),
    ],
)
def test_a_bad_configuration_is_explained(
    config_file: Path, change: dict[str, Any], complaint: str
) -> None:
    """Unknown, missing and useless members end the process with 2 and a line."""
    values = json.loads(config_file.read_text()) | change
    config_file.write_text(json.dumps({k: v for k, v in values.items() if v is not None}))

    ended = subprocess.run(
        [sys.executable, "-m", "local.gmail_sandbox", "--config", str(config_file)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 2
    assert complaint in ended.stderr.lower()
    assert "Traceback" not in ended.stderr


def test_secrets_do_not_show_in_the_configurations_text(push_key: bytes) -> None:
    """A logged or printed configuration gives nothing away."""
    config = SandboxConfig(
        path=None,
        control_token="hush-token",
        push_url=None,
        push_audience="a",
        push_service_account="b",
        push_key=push_key,
        client_id="c",
        client_secret="hush-secret",
        redirect_uris=(),
        topic=TOPIC,
    )

    assert "hush" not in repr(config)
    assert "PRIVATE KEY" not in repr(config)


def test_state_of_another_version_is_refused(start: Start, tmp_path: Path) -> None:
    """A file that an older sandbox wrote is named, not misread."""
    path = tmp_path / "old.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99")
    connection.close()

    with pytest.raises(ValueError, match="another version"):
        start(path=path)
