"""Saved views: one's own or shared, and whom they show what."""

from __future__ import annotations

from tests.desk import BILLING, SUPPORT, DeskUnderTest, mail


def test_a_view_is_saved_changed_and_deleted(desk: DeskUnderTest) -> None:
    """What was saved comes back, changes against its version only, and every step is in the log."""
    desk.connect()
    agent = desk.browser("agent")
    body = {"name": "Printers", "filters": {"tag": "printer", "states": ["new"]}}

    made = agent.send("POST", "/api/tickets/views", body, idempotency_key="k1")
    again = agent.send("POST", "/api/tickets/views", body, idempotency_key="k1")

    assert (made.status_code, again.json) == (201, made.json)
    view = made.json
    path = f"/api/tickets/views/{view['id']}"
    stale = agent.send("PATCH", path, {"name": "Ink"}, if_match='"7"')
    changed = agent.send("PATCH", path, {"name": "Ink", "position": 4}, if_match='"1"')
    listed = agent.get("/api/tickets/views").json["items"][-1]
    assert (stale.status_code, stale.json["code"]) == (409, "view.changed_meanwhile")
    assert (listed["name"], listed["position"], listed["version"]) == ("Ink", 4, 2)
    assert changed.json["filters"]["tag"] == "printer"
    assert agent.send("DELETE", path).status_code == 428
    assert agent.send("DELETE", path, if_match='"2"').status_code == 204
    assert agent.get(f"/api/tickets/?view={view['id']}").json["code"] == "view.not_found"
    desk.settle()
    actions = {e["action"] for e in desk.audit() if e["action"].startswith("view.")}
    assert actions == {"view.created", "view.changed", "view.deleted"}
    assert "Printers" not in str(desk.audit())


def test_a_views_name_is_sealed(desk: DeskUnderTest) -> None:
    """People write customers' names into it, so it does not stand in the store in clear."""
    desk.connect()
    body = {"name": "Nora's things", "filters": {}}
    desk.browser("agent").send("POST", "/api/tickets/views", body)

    assert "Nora" not in str(desk.documents("views"))


def test_ones_own_view_is_nobody_elses(desk: DeskUnderTest) -> None:
    """A colleague neither sees it nor changes it."""
    desk.connect()
    body = {"name": "Mine alone", "filters": {}}
    id = desk.browser("agent").send("POST", "/api/tickets/views", body).json["id"]
    other = desk.browser("supervisor")

    assert id not in [view["id"] for view in other.get("/api/tickets/views").json["items"]]
    for method, sent in (("PATCH", {"name": "Taken"}), ("DELETE", None)):
        answer = other.send(method, f"/api/tickets/views/{id}", sent, if_match='"1"')
        assert (answer.status_code, answer.json["code"]) == (404, "view.not_found")


def test_a_shared_view_shows_each_what_they_may_see(desk: DeskUnderTest) -> None:
    """It names a mailbox that its reader does not belong to: they get its part of the rest."""
    support, billing = desk.connect(SUPPORT), desk.connect(BILLING)
    desk.deliver(mail("Printer"))
    desk.deliver(mail("Bill", to=BILLING), to=BILLING)
    body = {
        "name": "Both",
        "filters": {"mailbox_ids": [support, billing]},
        "mailbox_id": support,
    }
    refused = desk.browser("agent").send("POST", "/api/tickets/views", body)
    view = desk.browser("supervisor").send("POST", "/api/tickets/views", body).json

    def counted(role: str) -> tuple[int, set[str]]:
        browser = desk.browser(role)
        [row] = [
            row
            for row in browser.get("/api/tickets/views?counts=true").json["items"]
            if row["id"] == view["id"]
        ]
        rows = browser.get(f"/api/tickets/?view={view['id']}").json["items"]
        return row["count"], {ticket["subject"] for ticket in rows}

    assert (refused.status_code, refused.json["code"]) == (403, "permission.missing")
    assert counted("supervisor") == (2, {"Bill", "Printer"})
    assert counted("agent") == (1, {"Printer"})
    changed = desk.browser("agent").send(
        "PATCH", f"/api/tickets/views/{view['id']}", {"position": 2}, if_match='"1"'
    )
    assert changed.status_code == 403


def test_a_view_cannot_name_a_mailbox_that_its_author_may_not_see(desk: DeskUnderTest) -> None:
    """Asking for it is answered as for a mailbox that does not exist."""
    desk.connect(SUPPORT)
    billing = desk.connect(BILLING)
    body = {"name": "Bills", "filters": {"mailbox_ids": [billing]}}

    answer = desk.browser("agent").send("POST", "/api/tickets/views", body)

    assert (answer.status_code, answer.json["code"]) == (404, "mailbox.not_found")
