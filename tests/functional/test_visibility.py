"""Whoever asks whatever in whichever way gets only what their role and memberships let them see.

Drawn are roles (custom ones too), memberships and filters; what is expected comes from a model that is
written here a second time, on purpose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from local import seed
from shared.auth.roles import IN_MAILBOXES
from shared.domain.people import USERS
from shared.permissions import Permission
from tests.desk import DeskBrowser, DeskUnderTest, desk_in
from tests.functional import sight as model
from tests.functional.sight import COMMON, TEAM, Marked, Sight, leaks, may
from tests.log_watch import never_logged
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
# All that break-glass gives, which is reading: tickets with their notes, and the mail in them.
BEHIND_GLASS: Final = {
    ("content", "/messages/{message_id}"),
    ("content", "/messages/{message_id}/frame"),
    ("content", "/attachments/{message_id}/{part}"),
    ("content", "/tickets/{ticket_id}"),
    ("tickets", "/"),
    ("tickets", "/feed"),
    ("tickets", "/views"),
    ("tickets", "/{ticket_id}"),
    ("tickets", "/{ticket_id}/related"),
    ("tickets", "/{ticket_id}/notes"),
    ("tickets", "/{ticket_id}/rating"),
}
OBJECTS: Final = {(function, path) for function, path in BEHIND_GLASS if "{" in path}
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


@pytest.fixture(scope="module", params=["members", "glass"])
def sight(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sight]:
    """Give the marked desk of all these tests, without break-glass and with it.

    With it the administrator reads one mailbox; whatever other role that person has, the grant gives nothing.
    """
    with desk_in(tmp_path_factory.mktemp("sight") / "home") as desk:
        sight = model.build(desk)
        if request.param == "glass":
            model.add_second(desk)
            model.break_glass(sight, 0, minutes=240)
            sight.glass = frozenset({0})
        yield sight


def through_glass(sight: Sight, drawn: Drawn) -> frozenset[int]:
    """Return the numbers of the mailboxes that a person reads and is no member of."""
    role, members, _ = drawn
    return sight.glass - members if role == "administrator" else frozenset()


def seen(sight: Sight, drawn: Drawn, *wanted: Permission) -> list[Marked]:
    """Return the mailboxes in which a person may do all this."""
    role, members, permissions = drawn
    if not all(may(role, permissions, one) for one in wanted):
        return []
    if set(wanted) <= {P.TICKET_READ, P.CONTENT_READ}:
        members |= through_glass(sight, drawn)
    return [sight.places[number] for number in sorted(members)]


def asked_of_all(
    sight: Sight, browser: DeskBrowser, **headers: str | None
) -> Iterator[tuple[str, str, Marked, str, TestResponse]]:
    """Ask every GET there is, about every mailbox: (function, pattern, mailbox, path, answer)."""
    for function, pattern in ROUTES:
        for place in sight.places if "{" in pattern else sight.places[:1]:
            path = pattern.format(**ELSEWHERE, **place.known)
            path = path if function == "public" else f"/api/{function}{path}"
            answer = browser.get(path, sec_fetch_dest="iframe", **headers)
            yield function, pattern, place, path, answer


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
    behind = {sight.places[number].mailbox_id for number in through_glass(sight, drawn)}
    reads = may(role, permissions, P.TICKET_READ) or may(role, permissions, P.CONTENT_READ)
    sight.become(*drawn)
    for function, pattern, place, path, answer in asked_of_all(sight, sight.browser(role)):
        shown = own | behind if (function, pattern) in BEHIND_GLASS else own
        assert answer.status_code != 500, (path, drawn)
        for other in sight.places:
            if other.mailbox_id not in shown:
                told = leaks(answer, other, path)
                assert not told or (function == SET_UP and other.mark not in told), (path, told)
        if (
            "{" in pattern
            and place.mailbox_id not in shown
            and function in ("tickets", "content")
            and pattern not in (SIGNED, REPORT)
        ):
            assert answer.status_code in (403, 404), (path, model.dumped(answer))
        if place.mailbox_id in behind and (function, pattern) in BEHIND_GLASS:
            assert answer.status_code == 200, (path, drawn)
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
    # That somebody breaks glass is told of no ticket.
    named = {row["ticket_id"] for row in told.json["items"]} - {""}
    if may(role, permissions, P.TICKET_READ):
        own = [sight.places[number] for number in sorted(drawn[1])]  # break-glass tells nothing
        visible_ids = {id for place in own for id in place.tickets}
        assert named <= visible_ids
        if role in (*model.MENTIONED, "custom"):
            firsts = {place.known["ticket_id"] for place in own}
            assert named == firsts
    else:
        assert named == set()


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


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Sight]:
    """Give a marked desk of its own, where somebody else may consent to break-glass."""
    with desk_in(tmp_path / "home") as desk:
        sight = model.build(desk)
        model.add_second(desk)
        yield sight


def told_behind(sight: Sight, browser: DeskBrowser, **headers: str | None) -> set[str]:
    """Return the paths whose answers tell anything of the first mailbox, or find what it has."""
    place = sight.places[0]
    told = {
        path
        for function, pattern, asked, path, answer in asked_of_all(sight, browser, **headers)
        if place.mark in leaks(answer, place, path)
        or (function != SET_UP and leaks(answer, place, path))
        or (asked is place and (function, pattern) in OBJECTS and answer.status_code != 404)
    }
    for query in (
        f"/api/tickets/?mailbox_id={place.mailbox_id}",
        "/api/tickets/?state=new,open,solved&limit=100",
        f"/api/tickets/feed?limit=100&cursor={sight.feed_cursor}",
        "/api/tickets/views?counts=true",
        "/api/tickets/customers?limit=100",
        f"/api/content/search?q={place.mark}",
        f"/api/content/search?q={COMMON}&mailbox_id={place.mailbox_id}",
    ):
        if leaks(browser.get(query, **headers), place, query):
            told.add(query)
    return told


def withdrawn(sight: Sight) -> DeskBrowser:
    """Let who asked take it back."""
    id = model.ask_glass(sight, 0, minutes=20)
    reader = sight.browser("administrator")
    path = model.glass_path(sight.places[0], id, "end")
    assert reader.send("POST", path).json["state"] == "withdrawn"
    return reader


def asked_only(sight: Sight) -> DeskBrowser:
    """Let nobody consent yet."""
    model.ask_glass(sight, 0, minutes=20)
    return sight.browser("administrator")


def asked_too_long_ago(sight: Sight) -> DeskBrowser:
    """Let somebody consent when nobody waits for it any more."""
    id = model.ask_glass(sight, 0, minutes=20)
    sight.desk.clock.advance(24 * 3600)  # type: ignore[attr-defined]
    path = model.glass_path(sight.places[0], id, "consent")
    assert sight.desk.browser("second").send("POST", path).status_code == 409
    return sight.desk.browser("administrator")


def refused(sight: Sight) -> DeskBrowser:
    """Let another administrator refuse it."""
    id = model.ask_glass(sight, 0, minutes=20)
    path = model.glass_path(sight.places[0], id, "end")
    assert sight.desk.browser("second").send("POST", path).json["state"] == "refused"
    return sight.browser("administrator")


def ran_out(sight: Sight) -> DeskBrowser:
    """Let its minutes pass, the last of which still shows everything."""
    model.break_glass(sight, 0, minutes=20)
    reader = sight.browser("administrator")
    sight.desk.clock.advance(20 * 60 - 1)  # type: ignore[attr-defined]
    assert told_behind(sight, reader)
    sight.desk.clock.advance(1)  # type: ignore[attr-defined]
    return reader


def ended(sight: Sight) -> DeskBrowser:
    """Let another administrator end it."""
    id = model.break_glass(sight, 0, minutes=20)
    reader = sight.browser("administrator")
    assert told_behind(sight, reader)
    path = model.glass_path(sight.places[0], id, "end")
    assert sight.desk.browser("second").send("POST", path).json["state"] == "ended"
    return reader


def of_another_role(sight: Sight) -> DeskBrowser:
    """Take from who reads what they asked by: they are a supervisor now, of nothing."""
    model.break_glass(sight, 0, minutes=20)
    sight.become("administrator", frozenset(), frozenset())
    changes = {"role": "supervisor"}
    user_id = sight.users["administrator"]
    sight.desk.app().store.transact(lambda tx: tx.update(USERS, user_id, changes))
    return sight.browser("administrator")


def somebody_else(sight: Sight) -> DeskBrowser:
    """Let who consented look, who is a member of nothing either."""
    model.break_glass(sight, 0, minutes=20)
    return sight.desk.browser("second")


@pytest.mark.parametrize(
    "standing",
    [
        asked_only,
        asked_too_long_ago,
        withdrawn,
        refused,
        ran_out,
        ended,
        of_another_role,
        somebody_else,
    ],
)
def test_what_is_not_open_shows_nothing(
    closed: Sight, standing: Callable[[Sight], DeskBrowser]
) -> None:
    """Before consent, after its time, once it was ended: no GET and no list shows anything."""
    reader = standing(closed)

    assert told_behind(closed, reader) == set()


def test_a_program_reads_nothing_by_break_glass(closed: Sight) -> None:
    """A token of who reads by it is of their own mailboxes only, of which there is none."""
    model.break_glass(closed, 0, minutes=20)
    body = {"name": "A program", "permissions": ["ticket:read", "content:read"], "days": 30}
    made = closed.browser("administrator").send("POST", "/api/account/tokens", body)
    assert made.status_code == 201, made.json
    program = DeskBrowser(closed.desk.front)
    bearer = f"Bearer {made.json['token']}"
    never_logged(made.json["token"])
    assert program.get("/api/tickets/", authorization=bearer).status_code == 200

    assert told_behind(closed, program, authorization=bearer) == set()
