"""Which methods there are, who may call them, and what a refusal looks like."""

import functools
import json
from pathlib import Path
from typing import Any

import googleapiclient.discovery
import pytest
from googleapiclient.errors import HttpError

from local.gmail_sandbox import Sandbox
from local.gmail_sandbox.methods import METHODS

from .conftest import SALES, SUPPORT, mail
from .google_client import READONLY, SEND, TOPIC, Browser

MODIFY = "https://www.googleapis.com/auth/gmail.modify"


@functools.cache
def discovered() -> dict[str, dict[str, Any]]:
    """Return the methods of the static discovery document by name below gmail.users."""
    path = Path(googleapiclient.discovery.__file__).parent
    document = json.loads((path / "discovery_cache/documents/gmail.v1.json").read_text("utf-8"))

    def walk(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
        methods = {
            m["id"].removeprefix("gmail.users."): m for m in resource.get("methods", {}).values()
        }
        for child in resource.get("resources", {}).values():
            methods |= walk(child)
        return methods

    return walk(document)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_paths_scopes_and_parameters_are_those_of_the_discovery_document(method: Any) -> None:
    """The sandbox asks for the scopes that Google asks for, and knows the same parameters."""
    official = discovered()[method.name]

    assert method.verb == official["httpMethod"]
    assert f"gmail/v1/users/{{userId}}/{method.path}" == official["path"]
    assert set(method.scopes) == set(official["scopes"])
    in_query = {n for n, p in official["parameters"].items() if p["location"] == "query"}
    assert set(method.parameters) == in_query


def error_of(refused: pytest.ExceptionInfo[HttpError]) -> dict[str, Any]:
    """Return the JSON error of a refusal."""
    error: dict[str, Any] = json.loads(refused.value.content)["error"]
    return error


def test_writing_is_refused_to_the_desks_grant(sandbox: Sandbox, gmail: Any) -> None:
    """With readonly and send, labels, trash, deletion and drafts are 403, and nothing changes."""
    id_ = sandbox.deliver(SUPPORT, mail())["id"]
    writes = [
        gmail.messages().modify(userId="me", id=id_, body={"removeLabelIds": ["INBOX"]}),
        gmail.messages().trash(userId="me", id=id_),
        gmail.messages().delete(userId="me", id=id_),
        gmail.threads().trash(userId="me", id=id_),
        gmail.drafts().create(userId="me", body={"message": {"raw": "aGk="}}),
        gmail.labels().create(userId="me", body={"name": "x"}),
        gmail.messages().insert(userId="me", body={"raw": "aGk="}),
    ]

    for write in writes:
        with pytest.raises(HttpError) as refused:
            write.execute()

        error = error_of(refused)
        assert error["code"] == 403
        assert error["status"] == "PERMISSION_DENIED"
        assert error["errors"][0]["reason"] == "insufficientPermissions"
        assert error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert sandbox.messages(SUPPORT) == [
        {"id": id_, "threadId": id_, "labelIds": ["INBOX", "UNREAD"]}
    ]


def test_scopes_can_be_flipped_while_tokens_live(sandbox: Sandbox, gmail: Any) -> None:
    """A grant that shrinks answers 403 from the next call on."""
    gmail.getProfile(userId="me").execute()

    sandbox.set_scopes(SUPPORT, [SEND])

    with pytest.raises(HttpError) as refused:
        gmail.getProfile(userId="me").execute()
    assert error_of(refused)["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_an_unknown_token_is_unauthenticated(browser: Browser) -> None:
    """A made-up bearer gets 401 in Gmail's form."""
    with pytest.raises(HttpError) as refused:
        browser.gmail("ya29.made-up").getProfile(userId="me").execute()

    error = error_of(refused)
    assert error["status"] == "UNAUTHENTICATED"
    assert error["errors"][0]["reason"] == "authError"


def test_a_refresh_token_is_no_access_token(browser: Browser) -> None:
    """A refresh token presented as a bearer is 401."""
    with pytest.raises(HttpError) as refused:
        browser.gmail(browser.connect(SUPPORT)["refresh_token"]).getProfile(userId="me").execute()

    assert refused.value.resp.status == 401


def test_another_users_mailbox_is_denied(gmail: Any) -> None:
    """A userId that is not the token's own is 403 "Delegation denied"; one's own address works."""
    with pytest.raises(HttpError) as refused:
        gmail.getProfile(userId=SALES).execute()

    assert error_of(refused)["message"] == f"Delegation denied for {SUPPORT}"
    assert gmail.getProfile(userId=SUPPORT.upper()).execute()["emailAddress"] == SUPPORT


def test_an_account_without_gmail_says_so(sandbox: Sandbox, browser: Browser) -> None:
    """A Google account may have no mailbox: 400 failedPrecondition."""
    sandbox.add_account("none@example.com", "None", gmail=False)
    gmail = browser.gmail(browser.connect("none@example.com")["access_token"])

    with pytest.raises(HttpError) as refused:
        gmail.getProfile(userId="me").execute()

    error = error_of(refused)
    assert (error["code"], error["message"]) == (400, "Mail service not enabled")
    assert error["errors"][0]["reason"] == "failedPrecondition"


def test_an_unknown_parameter_is_refused(browser: Browser) -> None:
    """Google refuses query parameters that a method does not have."""
    token = browser.connect(SUPPORT)["access_token"]

    answer = browser.http.request(
        "GET",
        browser.url + "/gmail/v1/users/me/messages?labelId=INBOX",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status == 400
    assert 'Unknown name "labelId"' in answer.json()["error"]["message"]


def test_an_unknown_path_is_the_front_ends_page(browser: Browser) -> None:
    """What is no method of Gmail is an HTML 404, not JSON."""
    answer = browser.get(browser.url + "/gmail/v1/users/me/nothing")

    assert answer.status == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_what_is_not_built_says_501(sandbox: Sandbox, browser: Browser) -> None:
    """A method that Gmail has and the sandbox has not is 501, never a made-up success."""
    tokens = browser.connect(SUPPORT)
    sandbox.set_scopes(SUPPORT, [MODIFY])

    with pytest.raises(HttpError) as refused:
        browser.gmail(tokens["access_token"]).labels().create(userId="me", body={}).execute()

    assert refused.value.resp.status == 501
    assert "labels.create" in error_of(refused)["message"]


def test_partial_responses_hold_what_fields_names(sandbox: Sandbox, gmail: Any) -> None:
    """The fields parameter cuts the answer, and a malformed one is 400."""
    id_ = sandbox.deliver(SUPPORT, mail())["id"]

    listed = gmail.messages().list(userId="me", fields="messages/id,nextPageToken").execute()
    message = gmail.messages().get(userId="me", id=id_, fields="id,payload(headers/name)").execute()

    assert listed == {"messages": [{"id": id_}]}
    assert message["id"] == id_
    assert message["payload"]["headers"][0] == {"name": "From"}
    assert set(message) == {"id", "payload"}
    with pytest.raises(HttpError):
        gmail.messages().list(userId="me", fields="messages(id").execute()


def test_quota_refuses_the_call_beyond_the_minute(sandbox: Sandbox, gmail: Any) -> None:
    """6,000 units a minute: a get is 20; the refusal is 429, and a minute later all is well."""
    id_ = sandbox.deliver(SUPPORT, mail())["id"]
    sandbox.set_quota(units_per_minute=41)
    gmail.messages().get(userId="me", id=id_).execute()
    gmail.messages().get(userId="me", id=id_, format="minimal").execute()

    with pytest.raises(HttpError) as refused:
        gmail.history().list(userId="me", startHistoryId="1").execute()

    error = error_of(refused)
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["errors"][0]["reason"] == "rateLimitExceeded"
    quota = sandbox.quota(SUPPORT)
    assert (quota["used"], quota["limit"], quota["refused"]) == (40, 41, 1)
    sandbox.advance_clock(61)
    assert sandbox.quota(SUPPORT)["used"] == 0
    gmail.messages().get(userId="me", id=id_).execute()


def test_quotas_are_per_mailbox(sandbox: Sandbox, browser: Browser, gmail: Any) -> None:
    """One mailbox at its limit does not slow another."""
    sandbox.set_quota(units_per_minute=1)
    gmail.getProfile(userId="me").execute()
    sales = browser.gmail(browser.connect(SALES)["access_token"])

    assert sales.getProfile(userId="me").execute()["emailAddress"] == SALES
    with pytest.raises(HttpError):
        gmail.getProfile(userId="me").execute()


def test_calls_are_counted_by_method_and_mailbox(
    sandbox: Sandbox, browser: Browser, gmail: Any
) -> None:
    """Tests can assert how often each method was called, and start anew."""
    browser.connect(SALES)
    sandbox.reset_calls()
    gmail.getProfile(userId="me").execute()
    gmail.watch(userId="me", body={"topicName": TOPIC}).execute()
    gmail.labels().list(userId="me").execute()

    assert sandbox.calls() == {"getProfile": 1, "watch": 1, "labels.list": 1}
    assert sandbox.calls(SALES) == {}


def test_system_labels_are_listed(sandbox: Sandbox, gmail: Any) -> None:
    """Labels have Gmail's ids, and a label's counts are those of its messages."""
    sandbox.deliver(SUPPORT, mail())

    labels = gmail.labels().list(userId="me").execute()["labels"]
    unread = gmail.labels().get(userId="me", id="UNREAD").execute()

    assert {"INBOX", "SPAM", "TRASH", "SENT", "DRAFT"} <= {label["id"] for label in labels}
    assert (unread["messagesTotal"], unread["threadsUnread"]) == (1, 1)


def test_scopes_of_the_desk_read_drafts(sandbox: Sandbox, gmail: Any) -> None:
    """gmail.readonly reads drafts, though it may not write them."""
    assert READONLY in next(m for m in METHODS if m.name == "drafts.list").scopes
    draft = sandbox.act(SUPPORT, "save_draft", raw=mail("Draft"))

    listed = gmail.drafts().list(userId="me").execute()["drafts"]
    read = gmail.drafts().get(userId="me", id=draft["draftId"], format="minimal").execute()

    assert listed[0]["message"]["id"] == draft["id"]
    assert read["message"]["labelIds"] == ["DRAFT"]
