"""Search: by code, by subject and customer in any language, by mail; in one's own mailboxes only."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from local import seed
from shared.domain.tickets import COLLECTION
from shared.gmail.contract import Gmail
from shared.services.finding import mail_search
from shared.services.finding.mail_search import Unanswered, quoted
from shared.services.mailboxes.mailbox_access import MailboxAccess
from shared.store.contract import Transaction
from tests.desk import BILLING, SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock


def search(browser: DeskBrowser, text: str, **more: str) -> dict[str, Any]:
    """Search, and return the whole answer."""
    query = f"q={quote(text)}" + "".join(f"&{name}={value}" for name, value in more.items())
    answer = browser.get(f"/api/content/search?{query}")
    assert answer.status_code == 200, answer.json
    result: dict[str, Any] = answer.json
    return result


def found(browser: DeskBrowser, text: str, **more: str) -> dict[str, list[str]]:
    """Return what matched, by the subjects that were found."""
    items = search(browser, text, **more)["items"]
    return {item["ticket"]["subject"]: item["matched"] for item in items}


def only_mail(desk: DeskUnderTest) -> None:
    """Take the words from all tickets, so that what is found is found in mail."""

    def work(tx: Transaction) -> None:
        for id in ids:
            tx.update(COLLECTION, id, {"search_tokens": []})

    ids = list(desk.documents(COLLECTION))
    desk.app().store.transact(work)


@pytest.fixture
def agent(desk: DeskUnderTest) -> DeskBrowser:
    """Give a desk with three tickets in two mailboxes of the agent's, and the agent."""
    desk.connect(SUPPORT)
    desk.connect(SALES)
    desk.deliver(mail("Printer on fire", "It smokes badly."))
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Café Rechnung", "Bitte prüfen.", sender="Jürgen <j@shop.example.org>"))
    desk.sandbox.advance_clock(60)
    desk.deliver(
        mail("فاتورة رقم ٤٧١١", "مرحبا", sender="أحمد <a@x.example.net>", to=SALES), to=SALES
    )
    return desk.browser("agent")


def test_a_code_finds_its_ticket_and_nothing_else(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Any case, with or without the hyphen; Gmail is not asked."""
    code = next(row["code"] for row in desk.tickets() if row["subject"] == "Printer on fire")
    desk.sandbox.reset_calls()

    for written in (code, code.lower(), code.replace("-", ""), f" #{code} "):
        assert found(agent, written) == {"Printer on fire": ["code"]}
    assert desk.sandbox.calls() == {}


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("printer", "Printer on fire"),
        ("FIRE Printer", "Printer on fire"),
        ("nora@customers.example.net", "Printer on fire"),
        ("customers.example.net", "Printer on fire"),
        ("Lind", "Printer on fire"),
        ("cafe", "Café Rechnung"),
        ("jurgen rechnung", "Café Rechnung"),
        ("فاتوره", "فاتورة رقم ٤٧١١"),
        ("4711", "فاتورة رقم ٤٧١١"),
        ("احمد", "فاتورة رقم ٤٧١١"),
    ],
)
def test_words_of_subject_and_customer(agent: DeskBrowser, text: str, subject: str) -> None:
    """All the words, in any order, case and language, as people write them."""
    result = found(agent, text)

    assert list(result) == [subject]
    assert "words" in result[subject]


def test_what_only_the_mail_says_is_found_in_gmail(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """A word of the text finds the ticket at one call a mailbox, and says that the mail matched."""
    search(agent, "warm")
    desk.sandbox.reset_calls()

    assert found(agent, "smokes") == {"Printer on fire": ["mail"]}

    assert desk.sandbox.calls() == {"messages.list": 2}
    assert found(agent, "smokes badly", mailbox_id=desk.mailboxes[SALES]) == {}


def test_a_ticket_that_matches_twice_is_one(agent: DeskBrowser) -> None:
    """It says both ways, and the newest mail stands first."""
    assert found(agent, "Printer") == {"Printer on fire": ["words", "mail"]}
    assert list(found(agent, "example")) == ["فاتورة رقم ٤٧١١", "Café Rechnung", "Printer on fire"]


def test_operators_are_words_unless_they_are_asked_for(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """`from:` and OR look for themselves; an advanced search is Gmail's own language."""
    only_mail(desk)

    for smuggled in (
        "from:nora",
        "nosuchword OR smokes",
        '" OR smokes',
        "-nosuchword",
        "{a smokes}",
    ):
        assert found(agent, smuggled) == {}, smuggled
    assert found(agent, "from:customers", advanced="true") == {"Printer on fire": ["mail"]}
    assert found(agent, "nosuchword OR smokes", advanced="true") == {"Printer on fire": ["mail"]}


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("printer on fire", '"printer" "on" "fire"'),
        ('in:spam "a b" -c', '"in:spam" "a" "b" "-c"'),
        (" - !! { } ", ""),
        ('a"OR"b', '"aORb"'),
    ],
)
def test_how_words_are_quoted(text: str, query: str) -> None:
    """Each piece stands in quotation marks of ours, and none of its own are left."""
    assert quoted(text) == query


def test_nothing_of_other_mailboxes_is_found(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Neither by code nor by word nor by mail, and Gmail is not asked there."""
    desk.connect(BILLING)
    desk.deliver(mail("Printer bill", "It smokes too.", to=BILLING), to=BILLING)
    bill = next(row["code"] for row in desk.tickets() if row["subject"] == "Printer bill")
    desk.sandbox.reset_calls()

    assert "Printer bill" not in found(agent, "printer")
    assert "Printer bill" not in found(agent, "smokes")
    assert found(agent, bill) == {}
    assert desk.sandbox.calls(BILLING) == {}
    refused = agent.get(f"/api/content/search?q=bill&mailbox_id={desk.mailboxes[BILLING]}")
    assert (refused.status_code, refused.json["code"]) == (404, "mailbox.not_found")
    assert "Printer bill" in found(desk.browser("supervisor"), "printer")


def test_a_mailbox_that_does_not_answer_is_named(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """The others' answers stand, and what the desk holds itself is found all the same."""
    desk.sandbox.plant("messages.list", "status", SUPPORT, times=None, status=503)

    result = search(agent, "Printer")

    assert [hit["ticket"]["subject"] for hit in result["items"]] == ["Printer on fire"]
    assert result["unanswered"] == [
        {"mailbox_id": desk.mailboxes[SUPPORT], "code": "gmail.unavailable"}
    ]


def test_gmails_brake_is_heeded(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """A mailbox that takes no more is left alone, also by the next search."""
    desk.sandbox.plant("messages.list", "too_many_requests", SUPPORT, times=1)

    first = search(agent, "smokes")["unanswered"]
    desk.sandbox.reset_calls()
    second = search(agent, "smokes")["unanswered"]

    assert [one["code"] for one in first + second] == ["gmail.throttled"] * 2
    assert desk.sandbox.calls(SUPPORT) == {}


def test_a_mailbox_without_its_grant_is_named(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Its tickets are found by their words; its mail waits for somebody to connect it again."""
    assert found(agent, "smokes")
    desk.sandbox.revoke_grant(SUPPORT)

    result = search(agent, "Printer")

    assert [hit["matched"] for hit in result["items"]] == [["words"]]
    assert result["unanswered"][0]["code"] == "mailbox.needs_reauth"


def test_more_mailboxes_than_are_asked_for_one_search(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """Ten are asked; of the others it is said that they were not, so that somebody names them."""
    for number in range(12):
        seed.join(desk.app(), desk.people["agent"][0], f"mb_{number:026d}")

    unanswered = search(agent, "Printer")["unanswered"]

    codes = [one["code"] for one in unanswered]
    assert codes == ["mailbox.not_found"] * 10 + ["search.too_many_mailboxes"] * 4
    assert found(agent, "Printer") == {"Printer on fire": ["words"]}
    named = search(agent, "smokes", mailbox_id=desk.mailboxes[SUPPORT])
    assert ([hit["matched"] for hit in named["items"]], named["unanswered"]) == ([["mail"]], [])


class _Slow:
    """Mailboxes each of which takes 20 seconds."""

    def __init__(self, inner: MailboxAccess, clock: StoppedClock) -> None:
        self._inner, self._clock, self.gate = inner, clock, inner.gate

    def __call__(self, mailbox_id: str) -> Gmail:
        self._clock.advance(20)
        return self._inner(mailbox_id)


@pytest.mark.usefixtures("agent")
def test_a_search_ends_in_time(desk: DeskUnderTest) -> None:
    """After 15 seconds no further mailbox is asked, and that is said of it."""
    app = desk.app()
    assert isinstance(desk.clock, StoppedClock)
    app.__dict__["mailboxes"] = _Slow(app.mailboxes, desk.clock)
    first, second = desk.mailboxes[SUPPORT], desk.mailboxes[SALES]

    found = mail_search.search(app, [first, second], '"smokes"')

    assert len(found.threads[first]) == 1
    assert found.unanswered == (Unanswered(second, "search.out_of_time"),)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "search.nothing_to_find"),
        ("q=%21%21", "search.nothing_to_find"),
        ("q=" + "a" * 201, "search.too_long"),
        ("q=a&limit=51", "request.invalid_member"),
    ],
)
def test_what_cannot_be_looked_for(agent: DeskBrowser, query: str, code: str) -> None:
    """It is refused with its reason before anybody is asked."""
    answer = agent.get(f"/api/content/search?{query}")

    assert (answer.status_code, answer.json["code"]) == (400, code)


def test_a_merged_ticket_is_found_as_the_one_that_goes_on(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """Who remembers the words of the one gets the other."""
    by_subject = {row["subject"]: row["id"] for row in desk.tickets()}
    source, target = by_subject["Printer on fire"], by_subject["Café Rechnung"]
    desk.app().store.transact(lambda tx: tx.update(COLLECTION, source, {"merged_into": target}))

    assert list(found(agent, "printer")) == ["Café Rechnung"]


@pytest.mark.usefixtures("agent")
def test_tickets_keep_no_word_in_clear(desk: DeskUnderTest) -> None:
    """What the index holds are tokens, other ones in each mailbox, and never more than 60."""
    desk.deliver(mail("Printer " + " ".join(f"w{i}" for i in range(90))))
    desk.deliver(mail("Printer", to=SALES), to=SALES)
    documents = desk.documents(COLLECTION).values()

    assert "rinter" not in str([d["search_tokens"] for d in documents])
    assert max(len(d["search_tokens"]) for d in documents) == 60
    tokens = {m: set[str]() for m in desk.mailboxes.values()}
    for document in documents:
        tokens[document["mailbox_id"]] |= set(document["search_tokens"])
    assert not set.intersection(*tokens.values())
