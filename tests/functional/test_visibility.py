"""Whoever asks whatever in whichever way gets only what their role and memberships let them see.

Drawn are roles (custom ones too), memberships and filters; what is expected comes from a model that is
written here a second time, on purpose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from local import seed
from shared.auth.roles import IN_MAILBOXES
from shared.permissions import Permission
from tests.desk import DeskUnderTest, desk_in
from tests.functional import sight as model
from tests.functional.sight import COMMON, TEAM, Marked, Sight, leaks, may
from tools import api_examples
from tools.describe_api import routes_of_functions

P = Permission
Drawn = tuple[str, frozenset[int], frozenset[Permission]]

ROLES: Final = st.sampled_from((*seed.ROLES, "custom", "custom"))
MEMBERS: Final = st.frozensets(st.integers(0, 2))
PERMISSIONS: Final = st.frozensets(st.sampled_from(sorted(IN_MAILBOXES)))
PEOPLE: Final = st.tuples(ROLES, MEMBERS, PERMISSIONS)

ROUTES: Final = model.get_routes(routes_of_functions())
# Names in paths that stand for nothing in a mailbox; the others must have a value in every mailbox.
ELSEWHERE: Final = {
    "user_id": "u_" + "0" * 26,
    "webhook_id": "wh_" + "0" * 26,
    "rule_id": "ru_" + "0" * 26,
    "request_id": "dr_" + "0" * 26,
    "subject_id": "c_" + "0" * 26,
    "hold_id": "lh_" + "0" * 26,
    "statement_id": "st_" + "0" * 26,
    "entry_id": "e_" + "0" * 26,
    "job_id": "j_" + "0" * 26,
    "number": "0",
    "file": "volumes.csv",
    "token": "A" * 43,
}
# Asked for by a signed address only, which a message's frame gives out.
SIGNED: Final = "/images/{message_id}"
REPORT: Final = "/reports/{file}"  # of no object
# Set-up, not mail: who administers sees that a mailbox exists, by its id, whoever its members are.
SET_UP: Final = "admin"


def drawing(test: Callable[..., None], examples: int = 100) -> Callable[..., None]:
    """Draw people the same way in every run."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(test)


@pytest.fixture(scope="module")
def sight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sight]:
    """Give the marked desk of all these tests."""
    with desk_in(tmp_path_factory.mktemp("sight") / "home") as desk:
        yield model.build(desk)


def seen(sight: Sight, drawn: Drawn, *wanted: Permission) -> list[Marked]:
    """Return the mailboxes in which a person may do all this."""
    role, members, permissions = drawn
    if not all(may(role, permissions, one) for one in wanted):
        return []
    return [sight.places[number] for number in sorted(members)]


def ask(sight: Sight, drawn: Drawn, path: str, **headers: str | None) -> Any:
    """Let the person ask."""
    sight.become(*drawn)
    return sight.browser(drawn[0]).get(path, **headers)


@partial(drawing, examples=15)
@given(drawn=PEOPLE)
def test_no_answer_shows_anything_of_a_hidden_mailbox(sight: Sight, drawn: Drawn) -> None:
    """Every GET there is, about every mailbox: neither a mark nor an id of one's own sight's outside."""
    role, members, permissions = drawn
    own = {sight.places[number].mailbox_id for number in members}
    reads = may(role, permissions, P.TICKET_READ) or may(role, permissions, P.CONTENT_READ)
    sight.become(*drawn)
    browser = sight.browser(role)
    for function, pattern in ROUTES:
        for place in sight.places if "{" in pattern else sight.places[:1]:
            path = pattern.format(**ELSEWHERE, **place.known)
            path = path if function == "public" else f"/api/{function}{path}"
            answer = browser.get(path, sec_fetch_dest="iframe")
            assert answer.status_code != 500, (path, drawn)
            for other in sight.places:
                if other.mailbox_id not in own:
                    told = leaks(answer, other, path)
                    assert not told or (function == SET_UP and other.mark not in told), (path, told)
            if (
                "{" in pattern
                and place.mailbox_id not in own
                and function in ("tickets", "content")
                and pattern not in (SIGNED, REPORT)
            ):
                assert answer.status_code in (403, 404), (path, model.dumped(answer))
            if place.mailbox_id in own and reads and pattern == "/{ticket_id}":
                expected = 200 if may(role, permissions, P.TICKET_READ) else 403
                assert answer.status_code == expected, (path, drawn)


CHANGES: Final = [
    (name, route)
    for name, routes in sorted(routes_of_functions().items())
    for route in routes.routes
    if name in ("tickets", "content") and route.method != "GET"
]


@partial(drawing, examples=12)
@given(drawn=PEOPLE)
def test_nothing_changes_in_a_hidden_mailbox(sight: Sight, drawn: Drawn) -> None:
    """Every other method, with a hidden mailbox's ids in its path and in its body: nothing done or told."""
    role, members, _ = drawn
    hidden = [place for number, place in enumerate(sight.places) if number not in members]
    before = model.standing(sight.desk, hidden)
    sight.become(*drawn)
    browser = sight.browser(role)
    for function, route in CHANGES:
        body = None if route.body is None else api_examples.example(route.body)
        for place in hidden:
            path = f"/api/{function}{route.path.format(**ELSEWHERE, **place.known)}"
            sent = b"a file" if route.file_body else model.aimed(body, place)
            answer = browser.send(route.method, path, sent, if_match='"1"')
            assert answer.status_code != 500, (route.method, path, drawn)
            told = leaks(answer, place, f"{path} {json.dumps(model.aimed(body, place))}")
            assert not told, (route.method, path, told)
            if set(re.findall(r"{(\w+)}", route.path)) & set(place.known):
                assert answer.status_code in (400, 403, 404), (path, model.dumped(answer))

    assert model.standing(sight.desk, hidden) == before


FILTERS: Final = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(("new", "open", "solved", "new,open", "pending")),
        "priority": st.sampled_from(("high", "normal")),
        "breached": st.sampled_from(("true", "false")),
        "merged": st.just("true"),
        "snoozed": st.sampled_from(("true", "false")),
        "one": st.sampled_from(("assignee=none", "tag=vip", "tag=late", f"team_id={TEAM}")),
        "mailbox": st.integers(0, 2),
        "limit": st.sampled_from(("1", "2", "100")),
    },
)


@drawing
@given(drawn=PEOPLE, filters=FILTERS)
def test_a_list_is_what_one_may_see_under_every_filter(
    sight: Sight, drawn: Drawn, filters: dict[str, Any]
) -> None:
    """All pages together are exactly the visible tickets that fulfil the filter, each once."""
    wanted = dict(filters)
    named = wanted.pop("mailbox", None)
    one = wanted.pop("one", None)
    query = "&".join(
        [*(f"{name}={value}" for name, value in wanted.items()), *([one] if one else [])]
    )
    if named is not None:
        query += f"&mailbox_id={sight.places[named].mailbox_id}"
    visible = seen(sight, drawn, P.TICKET_READ)
    expected = {
        id
        for place in visible
        for id, ticket in place.tickets.items()
        if fulfils(ticket, wanted, one) and named in (None, sight.places.index(place))
    }
    found: list[str] = []
    cursor = ""
    for _ in range(40):
        answer = ask(sight, drawn, f"/api/tickets/?{query}{cursor}")
        if not may(drawn[0], drawn[2], P.TICKET_READ):
            assert answer.status_code == 403
            return
        if named is not None and sight.places[named] not in visible:
            assert (answer.status_code, answer.json["code"]) == (404, "mailbox.not_found")
            return
        assert answer.status_code == 200, model.dumped(answer)
        found += [row["id"] for row in answer.json["items"]]
        if answer.json["next"] is None:
            break
        cursor = f"&cursor={answer.json['next']}"

    assert sorted(found) == sorted(expected)


def fulfils(ticket: dict[str, Any], wanted: dict[str, str], one: str | None) -> bool:
    """Say whether a ticket's document fulfils a query: the model, written a second time."""
    states = wanted.get("state", ticket["state"]).split(",")
    name, _, value = (one or "").partition("=")
    chosen = {
        "": True,
        "assignee": ticket["assignee_id"] is None,
        "tag": value in ticket["tags"],
        "team_id": ticket["team_id"] == value,
    }
    return (
        ticket["state"] in states
        and wanted.get("priority", ticket["priority"]) == ticket["priority"]
        and wanted.get("breached", str(bool(ticket["breached"])).lower())
        == str(bool(ticket["breached"])).lower()
        and wanted.get("snoozed", "false") == "false"
        and chosen[name]
    )


@drawing
@given(drawn=PEOPLE)
def test_views_and_their_counts(sight: Sight, drawn: Drawn) -> None:
    """Shared views are those of one's mailboxes; what they and the built-in ones count is what one sees."""
    answer = ask(sight, drawn, "/api/tickets/views?counts=true")
    if not may(drawn[0], drawn[2], P.TICKET_READ):
        assert answer.status_code == 403
        return
    visible = seen(sight, drawn, P.TICKET_READ)
    all_seen = [ticket for place in visible for ticket in place.tickets.values()]
    rows = {row["id"]: row for row in answer.json["items"]}
    shared = {id for id, row in rows.items() if not row["built_in"]}

    assert shared == {place.known["view_id"] for place in visible}
    for id in shared:
        assert rows[id]["count"] == sum("vip" in t["tags"] for t in all_seen)
    assert rows["all_open"]["count"] == sum(t["state"] in ("new", "open") for t in all_seen)
    assert rows["solved"]["count"] == sum(t["state"] == "solved" for t in all_seen)
    assert rows["breached"]["count"] == sum(bool(t["breached"]) for t in all_seen)


@drawing
@given(drawn=PEOPLE)
def test_the_feed(sight: Sight, drawn: Drawn) -> None:
    """From one cursor, which saw all mailboxes: one's own tickets as changed, other mailboxes as gone."""
    answer = ask(sight, drawn, f"/api/tickets/feed?limit=100&cursor={sight.feed_cursor}")
    if not may(drawn[0], drawn[2], P.TICKET_READ):
        assert answer.status_code == 403
        return
    visible = seen(sight, drawn, P.TICKET_READ)
    told = {(row["kind"], row["id"]) for row in answer.json["items"]}

    hidden = [place for place in sight.places if place not in visible]
    expected = {("changed", id) for place in visible for id in place.tickets}
    assert told == expected | {("gone", place.mailbox_id) for place in hidden}


@drawing
@given(drawn=PEOPLE, text=st.sampled_from((COMMON, "smokes", *model.MARKS)))
def test_search(sight: Sight, drawn: Drawn, text: str) -> None:
    """By a word that all have, by one that mail alone has, by a mailbox's own: all visible tickets."""
    answer = ask(sight, drawn, f"/api/content/search?q={text}")
    if not may(drawn[0], drawn[2], P.SEARCH_USE):
        assert answer.status_code == 403
        return
    needed = (P.SEARCH_USE, P.TICKET_READ) + ((P.CONTENT_READ,) if text == "smokes" else ())
    expected = {
        id
        for place in seen(sight, drawn, *needed)
        if text in (COMMON, "smokes", place.mark)
        for id in place.tickets
    }

    assert {hit["ticket"]["id"] for hit in answer.json["items"]} == expected
    assert answer.json["unanswered"] == []


@drawing
@given(drawn=PEOPLE)
def test_customers_and_notifications(sight: Sight, drawn: Drawn) -> None:
    """Customers of one's mailboxes; of what one was told of, only what one may still see."""
    role, _, permissions = drawn
    listed = ask(sight, drawn, "/api/tickets/customers?limit=100")
    if may(role, permissions, P.CUSTOMER_READ):
        visible = seen(sight, drawn, P.CUSTOMER_READ)
        customers = {t["customer_id"] for place in visible for t in place.tickets.values()}
        assert {row["id"] for row in listed.json["items"]} == customers
    else:
        assert listed.status_code == 403
    told = ask(sight, drawn, "/api/tickets/notifications?limit=100")
    if may(role, permissions, P.TICKET_READ):
        visible_ids = {id for place in seen(sight, drawn, P.TICKET_READ) for id in place.tickets}
        named = {row["ticket_id"] for row in told.json["items"]}
        assert named <= visible_ids
        if role in (*model.MENTIONED, "custom"):
            firsts = {place.known["ticket_id"] for place in seen(sight, drawn, P.TICKET_READ)}
            assert named == firsts
    else:
        assert told.status_code == 403


@drawing
@given(drawn=PEOPLE, kind=st.sampled_from(("volumes", "times", "satisfaction")))
def test_reports(sight: Sight, drawn: Drawn, kind: str) -> None:
    """Counted is what stands in the mailboxes that one may report on; some may on all, by number alone."""
    role, _, permissions = drawn
    everywhere = role in ("administrator", "auditor")
    day = sight.desk.clock.now().date()
    query = f"since={day}&until={day}&by=mailbox"
    answer = ask(sight, drawn, f"/api/tickets/reports/{kind}?{query}")
    if not everywhere and not may(role, permissions, P.REPORT_READ):
        assert answer.status_code == 403
        return
    visible = sight.places if everywhere else seen(sight, drawn, P.REPORT_READ)

    assert answer.status_code == 200, model.dumped(answer)
    assert {row["key"] for row in answer.json["rows"]} == {one.mailbox_id for one in visible}
    if kind == "volumes":
        assert {row["created"] for row in answer.json["rows"]} <= {len(model.KINDS)}


@pytest.mark.parametrize("members", [frozenset(), frozenset({0}), frozenset({1, 2})])
def test_an_export(sight: Sight, members: frozenset[int]) -> None:
    """An administrator's export holds the mark of each of their mailboxes, and of no other."""
    sight.become("administrator", members, frozenset())
    browser = sight.desk.browser("administrator")
    made = browser.send("POST", "/api/admin/exports", {})
    assert made.status_code == 201, made.json
    sight.desk.settle()
    path = f"/api/admin/exports/{made.json['id']}"
    done = browser.get(path).json
    assert done["state"] == "done"
    everything = b"".join(browser.get(file["url"]).data for file in done["files"]).lower()
    assert browser.send("DELETE", path).status_code == 204

    for number, place in enumerate(sight.places):
        assert (place.mark.encode() in everything) is (number in members)
        for id in place.tickets:
            assert (id.lower().encode() in everything) is (number in members)


def test_the_desk_is_full(sight: Sight) -> None:
    """Who may see everything sees every mark, so that what is not found elsewhere could have been."""
    everything: Drawn = ("supervisor", frozenset({0, 1, 2}), frozenset())

    for place in sight.places:
        for function, pattern in ROUTES:
            if (
                function in ("tickets", "content")
                and "{" in pattern
                and pattern not in (SIGNED, REPORT)
            ):
                path = f"/api/{function}{pattern.format(**ELSEWHERE, **place.known)}"
                answer = ask(sight, everything, path, sec_fetch_dest="iframe")
                assert answer.status_code == 200, (path, model.dumped(answer))
    assert isinstance(sight.desk, DeskUnderTest)
