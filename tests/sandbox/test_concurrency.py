"""Many clients at once: nothing is lost, doubled or mixed up."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.gmail_sandbox import Sandbox

from .conftest import SALES, SUPPORT, Desk, Start, mail
from .google_client import TOPIC, Browser


def test_deliveries_reads_and_pushes_at_once_keep_every_mail(
    start: Start, desk: Desk, tmp_path: Path
) -> None:
    """Eight writers on two mailboxes with a file: every mail has its own id, record and push."""
    sandbox = start(path=tmp_path / "gmail.sqlite", quota_per_minute=None)
    with contextlib.closing(Browser(sandbox.url)) as browser:
        gmail = browser.gmail(browser.connect(SUPPORT)["access_token"])
        watch = gmail.watch(userId="me", body={"topicName": TOPIC}).execute()

        def write(worker: int) -> list[str]:
            mailbox = SUPPORT if worker % 2 else SALES
            ids = []
            for number in range(25):
                raw = mail(message_id=f"<{worker}.{number}@example.net>")
                ids.append(sandbox.deliver(mailbox, raw)["id"])
            return ids

        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(write, range(8)))
        sandbox.settle(20)
        history = gmail.history().list(
            userId="me", startHistoryId=watch["historyId"], maxResults=500
        )
        records = history.execute()["history"]

    expected = {id_ for worker in (1, 3, 5, 7) for id_ in written[worker]}
    listed = [record["messagesAdded"][0]["message"]["id"] for record in records]
    assert len(listed) == 100
    assert set(listed) == expected
    assert len({record["id"] for record in records}) == 100
    assert len(desk.received) == 101


def test_parallel_calls_are_seen_as_parallel(sandbox: Sandbox, browser: Browser) -> None:
    """With latency calls overlap, and the peak of each method is reported."""
    id_ = sandbox.deliver(SUPPORT, mail())["id"]
    token = browser.connect(SUPPORT)["access_token"]
    sandbox.set_quota(latency=0.5)
    clients: list[Any] = [browser.gmail(token) for _ in range(3)]

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda c: c.messages().get(userId="me", id=id_).execute(), clients))

    quota = sandbox.quota(SUPPORT)
    assert quota["peaks"] == {"messages.get": 3}
    assert quota["peak_concurrent"] == 3


def test_calls_above_the_concurrency_limit_are_refused(sandbox: Sandbox, browser: Browser) -> None:
    """Two at once where one is allowed: one is refused with 429, at no cost."""
    token = browser.connect(SUPPORT)["access_token"]
    sandbox.set_quota(concurrent=1, latency=0.5)
    headers = {"Authorization": f"Bearer {token}"}

    def call(_: int) -> int:
        url = browser.url + "/gmail/v1/users/me/profile"
        return browser.http.request("GET", url, headers=headers).status

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(call, range(2)))

    assert statuses == [200, 429]
    assert (sandbox.quota(SUPPORT)["used"], sandbox.quota(SUPPORT)["refused"]) == (1, 1)
