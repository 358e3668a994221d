"""Two who give an address to a customer at the same moment: it ends with one customer, and both are told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared import codec
from shared.app import App
from shared.domain.customers import COLLECTION, Customer
from shared.services.customers import customer_matching
from shared.services.customers.customer_matching import Newcomer
from shared.store.contract import AlreadyExists
from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, mail

OFFICE = "office@customers.example.net"


def change(browser: DeskBrowser, row: dict[str, Any], *addresses: str) -> Any:
    """Give a customer these addresses."""
    path = f"/api/tickets/customers/{row['id']}"
    return browser.send("PATCH", path, {"addresses": addresses}, if_match=f'"{row["version"]}"')


def customers(browser: DeskBrowser) -> dict[str, dict[str, Any]]:
    """Return the customers by name."""
    items = browser.get("/api/tickets/customers").json["items"]
    return {row["name"]: row for row in items}


def begun(desk: DeskUnderTest) -> tuple[App, Newcomer]:
    """Return a mail's customer to be, at the moment when nobody had the address."""
    app = desk.app()
    token = customer_matching.token_of(app, OFFICE)
    mailbox_id = desk.mailboxes[SUPPORT]
    assert customer_matching.of_token(app.store, token) is None
    return app, customer_matching.newcomer(app, token, "Office", OFFICE, mailbox_id, taken=False)


@pytest.fixture
def agent(desk: DeskUnderTest) -> DeskBrowser:
    """Let two customers write, and sign in as an agent."""
    desk.connect()
    desk.deliver(mail(sender="Nora Lind <nora@customers.example.net>"))
    desk.deliver(mail(sender="Bob Moss <bob@customers.example.net>"))
    return desk.browser("agent")


def test_many_first_mails_at_once_are_one_customer(desk: DeskUnderTest) -> None:
    """Instances that all find nobody make one customer with one key, and every mail is recorded."""
    desk.connect()
    desk.sandbox.set_push(drop=100)
    sender = "Eve Oak <eve@customers.example.net>"
    mailbox_id = desk.mailboxes[SUPPORT]
    events = [
        {
            "mailbox_id": mailbox_id,
            "gmail_id": desk.sandbox.deliver(SUPPORT, mail(sender=sender))["id"],
        }
        for _ in range(6)
    ]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda event: desk.push("create_ticket", event), events))
    for event, answer in zip(events, answers, strict=True):
        if answer.status_code != 204:  # contended: Pub/Sub delivers again
            assert desk.push("create_ticket", event).status_code == 204
    desk.settle()

    assert len(desk.documents(COLLECTION)) == 1
    tickets = desk.documents("tickets").values()
    assert len(tickets) == 6
    assert {ticket["customer_id"] for ticket in tickets} == set(desk.documents(COLLECTION))
    assert {row["name"] for row in customers(desk.browser("agent")).values()} == {"Eve Oak"}


def test_a_mail_that_comes_second_finds_who_has_the_address(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """A person gives the address away while its first mail is on the way: the mail is that customer's."""
    app, newcomer = begun(desk)
    nora = customers(agent)["Nora Lind"]
    assert change(agent, nora, nora["address"], OFFICE).status_code == 200

    with pytest.raises(AlreadyExists):
        app.store.transact(
            lambda tx: tx.create(COLLECTION, newcomer.id, codec.to_document(newcomer.customer))
        )
    desk.deliver(mail("From the office", sender=f"Office <{OFFICE}>"))

    assert set(customers(agent)) == {"Nora Lind", "Bob Moss"}
    tickets = agent.get(f"/api/tickets/customers/{nora['id']}/tickets").json["items"]
    assert "From the office" in [ticket["subject"] for ticket in tickets]


def test_a_person_who_comes_second_is_told_who_has_the_address(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """The first mail is recorded while somebody gives the address away: they are told, nothing is lost."""
    app, newcomer = begun(desk)
    nora = customers(agent)["Nora Lind"]
    app.store.transact(
        lambda tx: tx.create(COLLECTION, newcomer.id, codec.to_document(newcomer.customer))
    )

    answer = change(agent, nora, nora["address"], OFFICE)

    assert (answer.status_code, answer.json["code"]) == (409, "customer.address_taken")
    assert answer.json["params"] == {"customer_id": newcomer.id}
    assert customers(agent)["Nora Lind"] == nora


def test_two_people_give_one_address_to_two_customers(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """However often both try at once, one customer has it, and one of the two people is told."""
    rows, browsers = customers(agent), (agent, desk.browser("supervisor"))

    def give(number: int) -> int:
        row = rows[("Nora Lind", "Bob Moss")[number]]
        status: int = change(browsers[number], row, row["address"], OFFICE).status_code
        return status

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(give, range(2)))

    assert statuses == [200, 409]
    stored = [codec.from_document(Customer, d) for d in desk.documents(COLLECTION).values()]
    token = customer_matching.token_of(desk.app(), OFFICE)
    assert [token in customer.tokens for customer in stored].count(True) == 1
