"""Watches and the pushes that follow them: signed, at least once, in any order."""

import contextlib
import http.server
import threading
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from google.auth.transport.urllib3 import Request as CertificateRequest
from google.oauth2 import id_token
from googleapiclient.errors import HttpError

from local.gmail_sandbox import Sandbox

from .conftest import SALES, SUPPORT, Desk, Start, mail
from .google_client import TOPIC, Browser

AUDIENCE = "https://desk.example.com/push"
OTHER_TOPIC = "projects/desk/topics/other"


@pytest.fixture
def watched(gmail: Any, sandbox: Sandbox, desk: Desk) -> Any:
    """Watch the support mailbox and forget the push that watch() sends at once."""
    gmail.watch(userId="me", body={"topicName": TOPIC}).execute()
    sandbox.settle(5)
    desk.received.clear()
    return gmail


def watch_support(sandbox: Sandbox) -> dict[str, str]:
    """Connect and watch the support mailbox of a sandbox and return the answer."""
    with contextlib.closing(Browser(sandbox.url)) as browser:
        client = browser.gmail(browser.connect(SUPPORT)["access_token"])
        answer: dict[str, str] = client.watch(userId="me", body={"topicName": TOPIC}).execute()
    return answer


def statuses(sandbox: Sandbox) -> list[str]:
    """Return the status of every push."""
    return [push["status"] for push in sandbox.pushes()]


def refused_watch(gmail: Any, **body: Any) -> tuple[int, bytes]:
    """Return status and body of a watch that is refused."""
    with pytest.raises(HttpError) as refused:
        gmail.watch(userId="me", body=body).execute()
    return int(refused.value.resp.status), refused.value.content


def test_watch_lasts_seven_days_and_notifies_at_once(desk: Desk, start: Start) -> None:
    """The answer is the baseline; one notification comes without any mail."""
    frozen = start(clock_start=1_800_000_000.0)
    answer = watch_support(frozen)
    frozen.settle(5)

    assert int(answer["expiration"]) == (1_800_000_000 + 7 * 86400) * 1000
    assert desk.notifications() == [
        {"emailAddress": SUPPORT, "historyId": int(answer["historyId"])}
    ]


@pytest.mark.usefixtures("watched")
def test_the_push_is_signed_as_pubsub_signs(sandbox: Sandbox, browser: Browser, desk: Desk) -> None:
    """google.oauth2.id_token accepts the bearer token; it names the push service account."""
    sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)

    ((headers, envelope),) = desk.received
    claims = id_token.verify_token(
        headers["Authorization"].removeprefix("Bearer "),
        CertificateRequest(browser.http),
        audience=AUDIENCE,
        certs_url=browser.url + "/oauth2/v1/certs",
    )
    assert claims["iss"] == "https://accounts.google.com"
    assert claims["email"] == "push@desk.iam.gserviceaccount.com"
    assert claims["email_verified"] is True
    message = envelope["message"]
    assert message["messageId"] == message["message_id"]
    assert message["publishTime"] == message["publish_time"]
    assert envelope["subscription"] == "projects/desk/subscriptions/gmail-push"
    assert envelope["deliveryAttempt"] == 1


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("answer", [102, 200, 201, 202, 204])
def test_five_statuses_acknowledge(sandbox: Sandbox, desk: Desk, answer: int) -> None:
    """These statuses end the delivery."""
    desk.answers = [answer]

    sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)

    assert len(desk.received) == 1
    assert sandbox.pushes()[-1]["answer"] == answer


@pytest.mark.parametrize("answer", [100, 203, 206, 302, 400, 401, 404, 429, 500, 503])
@pytest.mark.usefixtures("watched")
def test_any_other_status_is_delivered_again(sandbox: Sandbox, desk: Desk, answer: int) -> None:
    """The same message comes again, with its attempt counted, until it is acknowledged."""
    desk.answers = [answer, answer]

    sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)

    envelopes = [envelope for _, envelope in desk.received]
    assert [envelope["deliveryAttempt"] for envelope in envelopes] == [1, 2, 3]
    assert len({envelope["message"]["messageId"] for envelope in envelopes}) == 1
    assert sandbox.pushes()[-1]["attempts"] == 3


def test_a_receiver_that_breaks_is_tried_again(start: Start) -> None:
    """An exception, as a refused connection is, counts as no answer."""
    calls: list[str] = []

    def broken_once(url: str, _headers: dict[str, str], _body: bytes) -> int:
        calls.append(url)
        if len(calls) == 1:
            raise ConnectionRefusedError
        return 204

    sandbox = start(post=broken_once)
    watch_support(sandbox)
    sandbox.settle(5)

    assert calls == ["http://127.0.0.1:8080/push/gmail_push"] * 2


def test_back_off_grows_and_waits_for_sandbox_time(start: Start, desk: Desk) -> None:
    """On a frozen clock a refused push comes again after 10, 20, 40 s and not before."""
    sandbox = start(clock_start=0.0, push_backoff=(10.0, 600.0))
    desk.answers = [503] * 3
    watch_support(sandbox)

    for wait in (10, 20, 40):
        with pytest.raises(TimeoutError):
            sandbox.settle(0.1)
        attempts = len(desk.received)
        sandbox.advance_clock(wait - 1)
        with pytest.raises(TimeoutError):
            sandbox.settle(0.1)
        assert len(desk.received) == attempts
        sandbox.advance_clock(1)
    sandbox.settle(5)

    assert len(desk.received) == 4


@pytest.mark.usefixtures("watched")
def test_a_push_is_dead_after_the_last_attempt(sandbox: Sandbox, desk: Desk) -> None:
    """The dead-letter limit ends redelivery."""
    sandbox.set_push(attempts=3)
    desk.answers = [500] * 10

    sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)

    assert sandbox.pushes()[-1]["status"] == "dead"
    assert len(desk.received) == 3


@pytest.mark.usefixtures("watched")
def test_copies_share_their_message_id(sandbox: Sandbox, desk: Desk) -> None:
    """A duplicate is the same message delivered twice although it was acknowledged."""
    sandbox.set_push(copies=2)

    sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)

    ids = [envelope["message"]["messageId"] for _, envelope in desk.received]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_chaos_doubles_and_reorders(start: Start, desk: Desk) -> None:
    """With chaos every push comes twice and not in the order of publication."""
    sandbox = start(chaos=True, push_workers=1)
    watch_support(sandbox)
    for number in range(10):
        sandbox.deliver(SUPPORT, mail(message_id=f"<{number}@example.net>"))
    sandbox.settle(5)

    order = [envelope["message"]["messageId"] for _, envelope in desk.received]
    assert len(order) == 22
    assert len(set(order)) == 11
    assert order != sorted(order)


def test_pushes_can_be_held_and_turned_round(start: Start, desk: Desk) -> None:
    """Paused pushes wait; with reorder the newest goes first."""
    sandbox = start(push_workers=1)
    watch_support(sandbox)
    sandbox.settle(5)
    desk.received.clear()
    sandbox.set_push(paused=True, reorder=True)
    ids = [
        int(sandbox.deliver(SUPPORT, mail(message_id=f"<{n}@example.net>"))["historyId"])
        for n in range(3)
    ]
    sandbox.advance_clock(5)

    assert desk.received == []
    sandbox.set_push(paused=False)
    sandbox.settle(5)

    assert [push["history_id"] for push in sandbox.pushes()[1:]] == ids
    sent = [envelope["message"]["messageId"] for _, envelope in desk.received]
    assert sent == sorted(sent, reverse=True)


@pytest.mark.usefixtures("watched")
def test_dropped_pushes_never_come(sandbox: Sandbox, desk: Desk) -> None:
    """The next n notifications are lost, the one after them arrives."""
    sandbox.set_push(drop=2)

    ids = [
        sandbox.deliver(SUPPORT, mail(message_id=f"<{n}@example.net>"))["historyId"]
        for n in range(3)
    ]
    sandbox.settle(5)

    assert statuses(sandbox) == ["acked", "dropped", "dropped", "acked"]
    assert [entry["historyId"] for entry in desk.notifications()] == [int(ids[2])]


@pytest.mark.usefixtures("watched")
def test_delayed_pushes_wait(sandbox: Sandbox, desk: Desk) -> None:
    """A delay holds a push back for that much sandbox time."""
    sandbox.set_push(delay=3600)

    sandbox.deliver(SUPPORT, mail())
    with pytest.raises(TimeoutError):
        sandbox.settle(0.1)
    assert desk.received == []
    sandbox.advance_clock(3600)
    sandbox.settle(5)

    assert len(desk.received) == 1


def test_coalescing_sends_the_newest_at_the_end_of_the_second(start: Start, desk: Desk) -> None:
    """Of many changes in a second the first is pushed at once and one more after it."""
    sandbox = start(clock_start=0.0, push_rate="coalesce")
    watch_support(sandbox)
    sandbox.settle(5)
    desk.received.clear()
    sandbox.advance_clock(1)

    ids = [
        int(sandbox.deliver(SUPPORT, mail(message_id=f"<{n}@example.net>"))["historyId"])
        for n in range(5)
    ]
    with pytest.raises(TimeoutError):
        sandbox.settle(0.1)
    sandbox.advance_clock(1)
    sandbox.settle(5)

    assert [entry["historyId"] for entry in desk.notifications()] == [ids[0], ids[4]]


def test_dropping_loses_what_exceeds_one_a_second(start: Start) -> None:
    """As documented: above one event a second and user, notifications are dropped."""
    sandbox = start(clock_start=0.0, push_rate="drop")
    watch_support(sandbox)
    sandbox.advance_clock(1)

    for number in range(3):
        sandbox.deliver(SUPPORT, mail(message_id=f"<{number}@example.net>"))
    sandbox.settle(5)

    assert statuses(sandbox) == ["acked", "acked", "dropped", "dropped"]


@pytest.mark.parametrize(("form", "kind"), [("number", int), ("string", str)])
@pytest.mark.usefixtures("watched")
def test_the_history_id_is_a_number_or_a_string(
    sandbox: Sandbox, desk: Desk, form: str, kind: type
) -> None:
    """Both are seen in the wild; both are exact above 2**53."""
    sandbox.set_push(history_id_as=form)
    sandbox.set_history(SUPPORT, current=2**60)

    delivered = sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)

    (data,) = desk.notifications()
    assert type(data["historyId"]) is kind
    assert str(data["historyId"]) == delivered["historyId"]


@pytest.mark.parametrize(
    "forgery",
    ["wrong_account", "wrong_audience", "expired", "unverified", "alg_none", "wrong_key"],
)
@pytest.mark.usefixtures("watched")
def test_forged_pushes_fail_a_correct_verification(
    sandbox: Sandbox, browser: Browser, desk: Desk, forgery: str
) -> None:
    """Each forgery breaks exactly what a receiver has to check."""
    sandbox.set_push(forge=forgery)

    sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)

    ((headers, _),) = desk.received
    token = headers["Authorization"].removeprefix("Bearer ")
    key = jwt.PyJWK(browser.get(browser.url + "/oauth2/v3/certs").json()["keys"][0])
    try:
        claims = jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE)
    except jwt.InvalidTokenError:
        accepted = False
    else:
        accepted = claims["email_verified"] and claims["email"].startswith("push@desk.")
    assert not accepted


@pytest.mark.usefixtures("watched")
def test_a_missing_token_is_missing(sandbox: Sandbox, desk: Desk) -> None:
    """A push may come without any Authorization."""
    sandbox.set_push(forge="no_token")

    sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)

    assert "Authorization" not in desk.received[0][0]


def test_no_push_without_a_live_watch(sandbox: Sandbox, watched: Any, desk: Desk) -> None:
    """Stopped, lapsed or of a revoked grant: silence; renewing brings pushes back."""
    sandbox.expire_watch(SUPPORT)
    sandbox.deliver(SUPPORT, mail())
    sandbox.deliver(SALES, mail())
    assert desk.received == []

    watched.watch(userId="me", body={"topicName": TOPIC}).execute()
    watched.stop(userId="me").execute()
    sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)
    assert len(desk.received) == 1

    watched.watch(userId="me", body={"topicName": TOPIC}).execute()
    sandbox.revoke_grant(SUPPORT)
    sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)
    assert len(desk.received) == 2


def test_label_filters_choose_the_changes(sandbox: Sandbox, gmail: Any, desk: Desk) -> None:
    """A watch of INBOX is not told of spam; the pushed id is the mailbox's all the same."""
    gmail.watch(
        userId="me",
        body={"topicName": TOPIC, "labelIds": ["INBOX"], "labelFilterBehavior": "include"},
    ).execute()
    sandbox.settle(5)
    desk.received.clear()

    spam = sandbox.deliver(SUPPORT, mail(), labels=["SPAM"])
    sandbox.settle(5)
    assert desk.received == []
    sandbox.act(SUPPORT, "spam_to_inbox", spam["id"])
    sandbox.settle(5)

    assert desk.notifications()[-1]["historyId"] > int(spam["historyId"])


def test_a_second_client_must_be_stopped_first(sandbox: Sandbox, gmail: Any) -> None:
    """Only one topic for a mailbox and project: 400 until stop, then watch works."""
    sandbox.second_watch_client(SUPPORT)

    status, body = refused_watch(gmail, topicName=TOPIC)

    assert status == 400
    assert b"Only one user push notification client allowed per developer" in body
    gmail.stop(userId="me").execute()
    assert gmail.watch(userId="me", body={"topicName": TOPIC}).execute()["historyId"]


@pytest.mark.parametrize(
    ("topic", "status"),
    [
        (None, 400),
        ("gmail-push", 400),
        ("projects/another/topics/gmail-push", 400),
        ("projects/desk/topics/missing", 404),
    ],
)
def test_a_watch_needs_an_existing_topic_of_the_project(
    gmail: Any, topic: str | None, status: int
) -> None:
    """Gmail takes topics of the OAuth client's own project only."""
    assert refused_watch(gmail, topicName=topic)[0] == status


def test_a_topic_without_the_grant_is_403(sandbox: Sandbox, gmail: Any) -> None:
    """Gmail's service account must be allowed to publish."""
    sandbox.set_topic(granted=False)

    status, body = refused_watch(gmail, topicName=TOPIC)

    assert status == 403
    assert b"Error sending test message to Cloud PubSub" in body


def test_another_existing_topic_takes_the_pushes_elsewhere(
    sandbox: Sandbox, gmail: Any, desk: Desk
) -> None:
    """A watch on another topic is valid, and this desk hears nothing."""
    sandbox.set_topic(others=[OTHER_TOPIC])

    gmail.watch(userId="me", body={"topicName": OTHER_TOPIC}).execute()
    sandbox.deliver(SUPPORT, mail())
    sandbox.settle(5)

    assert desk.received == []


class Receiver(http.server.BaseHTTPRequestHandler):
    """A push endpoint on a real socket."""

    answers: list[int]
    paths: list[str]

    def do_POST(self) -> None:
        """Answer with the next status."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.paths.append(self.path)
        self.send_response(self.answers.pop(0))
        self.end_headers()

    def log_message(self, *_values: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, type[Receiver]]]:
    """Serve a push endpoint on loopback."""
    own = type("Own", (Receiver,), {"answers": [503, 204], "paths": []})
    server = http.server.HTTPServer(("127.0.0.1", 0), own)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/push/gmail_push?x=1", own
    server.shutdown()
    thread.join()
    server.server_close()


def test_pushes_travel_over_http(start: Start, receiver: tuple[str, type[Receiver]]) -> None:
    """Without a hook the push is a POST to the URL, set later or not, and is redelivered."""
    url, own = receiver
    sandbox = start(post=None, push_url=None)
    watch_support(sandbox)
    with pytest.raises(TimeoutError):
        sandbox.settle(0.1)

    sandbox.set_push_url(url)
    sandbox.settle(5)

    assert own.paths == ["/push/gmail_push?x=1"] * 2
    assert sandbox.pushes()[0]["answer"] == 204


def test_a_receiver_past_the_deadline_gets_the_push_again_meanwhile(start: Start) -> None:
    """The second delivery does not wait for the first to end."""
    release = threading.Event()
    running: list[int] = []

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            running.append(1)
            if len(running) == 1:
                release.wait(10)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_values: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    sandbox = start(post=None, push_url=f"http://127.0.0.1:{server.server_port}/", ack_deadline=0.2)

    watch_support(sandbox)
    sandbox.settle(5)

    assert len(running) == 2
    assert sandbox.pushes()[0]["attempts"] == 2
    release.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_pushes_never_leave_the_machine(sandbox: Sandbox) -> None:
    """A push URL that is not loopback is refused."""
    with pytest.raises(ValueError, match="loopback"):
        sandbox.set_push_url("https://desk.example.com/push")
