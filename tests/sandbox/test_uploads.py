"""The upload ways to messages.send, with the real client and by hand, and their limits."""

import io
import json
from typing import Any

import pytest
import urllib3
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload

from local.gmail_sandbox import Sandbox
from local.gmail_sandbox.uploads import CHUNK_BYTES, MAX_JSON_BYTES, MAX_UPLOAD_BYTES

from .conftest import SALES, SUPPORT, mail
from .google_client import Browser

MESSAGE = b"To: ada@example.net\r\nSubject: Large\r\n\r\n"


class Wire:
    """Plain HTTP with the desk's token."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.token = browser.connect(SUPPORT)["access_token"]

    def request(
        self, verb: str, target: str, body: bytes = b"", **headers: str
    ) -> urllib3.BaseHTTPResponse:
        """Send one request; `target` is a path or a whole URL, underscores stand for hyphens."""
        url = target if target.startswith("http") else self.browser.url + target
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Authorization"] = f"Bearer {self.token}"
        return self.browser.http.request(verb, url, body=body, headers=named, redirect=False)

    def upload(self, kind: str, body: bytes, **headers: str) -> urllib3.BaseHTTPResponse:
        """Post to messages.send's upload path."""
        return self.request(
            "POST", f"/upload/gmail/v1/users/me/messages/send?uploadType={kind}", body, **headers
        )

    def begin(self, prefix: str = "/upload", **headers: str) -> str:
        """Open a resumable upload and return where it goes on."""
        path = f"{prefix}/gmail/v1/users/me/messages/send?uploadType=resumable"
        answer = self.request("POST", path, b"{}", Content_Type="application/json", **headers)
        assert answer.status == 200
        return answer.headers["Location"]


@pytest.fixture
def wire(browser: Browser) -> Wire:
    """Speak HTTP to the sandbox by hand."""
    return Wire(browser)


def related(*parts: tuple[str, bytes], boundary: bytes = b"b") -> bytes:
    """Return a multipart/related body."""
    pieces = [
        b"--" + boundary + b"\r\nContent-Type: " + kind.encode() + b"\r\n\r\n" + content + b"\r\n"
        for kind, content in parts
    ]
    return b"".join(pieces) + b"--" + boundary + b"--\r\n"


@pytest.mark.parametrize(
    ("resumable", "body", "via"),
    [(False, {}, "multipart"), (False, None, "media"), (True, {}, "resumable")],
)
def test_the_real_client_uploads(
    sandbox: Sandbox, gmail: Any, resumable: bool, body: dict[str, Any] | None, via: str
) -> None:
    """Multipart, simple and resumable uploads each send one message."""
    parent = sandbox.deliver(SUPPORT, mail())
    raw = mail("Re: Question", In_Reply_To="<first@customer.example.net>")
    raw = raw.replace(b"In-Reply-To:", b"References: <first@customer.example.net>\r\nIn-Reply-To:")
    media = MediaIoBaseUpload(io.BytesIO(raw), "message/rfc822", resumable=resumable)
    if body is not None:
        body = {"threadId": parent["threadId"]}

    sent = gmail.messages().send(userId="me", body=body, media_body=media).execute()

    (listed,) = sandbox.sends()
    assert (listed["id"], listed["via"]) == (sent["id"], via)
    assert (sent["threadId"] == parent["threadId"]) is (body is not None)


def test_a_resumable_upload_in_pieces_is_sent_once_it_is_whole(
    sandbox: Sandbox, gmail: Any
) -> None:
    """Three pieces of the client, one message, one charge."""
    raw = MESSAGE + b"x" * (5 * CHUNK_BYTES)
    media = MediaIoBaseUpload(
        io.BytesIO(raw), "message/rfc822", chunksize=2 * CHUNK_BYTES, resumable=True
    )
    sandbox.reset_calls()
    request = gmail.messages().send(userId="me", body={}, media_body=media)

    before = []
    answer = None
    while answer is None:
        before.append(len(sandbox.sends()))
        _, answer = request.next_chunk()

    assert before == [0, 0, 0]
    assert [sent["submitted"] for sent in sandbox.sends()] == [raw]
    assert sandbox.calls() == {"messages.send": 1, "messages.send.resume": 3}
    assert sandbox.quota(SUPPORT)["used"] == 100


def test_a_resumable_upload_says_how_far_it_is_and_goes_on(sandbox: Sandbox, wire: Wire) -> None:
    """After a loss the client asks, sends the rest, and asking once more sends nothing again."""
    raw = MESSAGE + b"y" * CHUNK_BYTES
    url = wire.begin("/resumable/upload", X_Upload_Content_Type="message/rfc822")
    size = len(raw)

    empty = wire.request("PUT", url, Content_Range=f"bytes */{size}")
    first = wire.request(
        "PUT",
        url,
        raw[:CHUNK_BYTES],
        Content_Range=f"bytes 0-{CHUNK_BYTES - 1}/{size}",
    )
    rest = wire.request(
        "PUT", url, raw[CHUNK_BYTES:], Content_Range=f"bytes {CHUNK_BYTES}-{size - 1}/{size}"
    )
    again = wire.request("PUT", url, Content_Range=f"bytes */{size}")

    assert (empty.status, empty.headers.get("Range")) == (308, None)
    assert (first.status, first.headers["Range"]) == (308, f"bytes=0-{CHUNK_BYTES - 1}")
    assert (rest.status, again.status) == (200, 200)
    assert rest.json() == again.json()
    assert [sent["submitted"] for sent in sandbox.sends()] == [raw]


@pytest.mark.parametrize(
    "content_range",
    [
        "bytes 1-4/100",
        "bytes 0-4/100",
        "bytes 0-3/100",
        "bytes 0-3/99999999",
        "bytes=0-3/4",
        "0-3/4",
    ],
)
def test_a_piece_that_does_not_fit_is_refused(
    sandbox: Sandbox, wire: Wire, content_range: str
) -> None:
    """Gaps, wrong lengths, odd pieces and too large totals send nothing."""
    url = wire.begin()

    answer = wire.request("PUT", url, b"abcd", Content_Range=content_range)

    assert answer.status in (400, 413)
    assert sandbox.sends() == []


def test_an_upload_belongs_to_the_mailbox_that_began_it(
    sandbox: Sandbox, browser: Browser, wire: Wire
) -> None:
    """Another mailbox's token, and a made-up session, find nothing."""
    url = wire.begin()
    other = Wire(browser)
    other.token = browser.connect(SALES)["access_token"]

    assert other.request("PUT", url, MESSAGE).status == 404
    assert wire.request("PUT", url.replace("upload_id=", "upload_id=x"), MESSAGE).status == 404
    assert sandbox.sends() == []


def test_json_has_a_small_limit_and_uploads_a_large_one(sandbox: Sandbox, wire: Wire) -> None:
    """5 MiB of JSON, 36,700,160 bytes of upload; above it 413, and nothing is sent."""
    json_body = b'{"raw":"' + b"A" * MAX_JSON_BYTES + b'"}'
    large = MESSAGE + b"x" * (MAX_UPLOAD_BYTES + 1 - len(MESSAGE))
    whole = related(("application/json", b"{}"), ("message/rfc822", large))

    answers = [
        wire.request("POST", "/gmail/v1/users/me/messages/send", json_body),
        wire.upload("media", large, Content_Type="message/rfc822"),
        wire.upload("multipart", whole, Content_Type="multipart/related; boundary=b"),
        wire.upload("resumable", b"{}", X_Upload_Content_Length=str(MAX_UPLOAD_BYTES + 1)),
    ]

    assert [answer.status for answer in answers] == [413] * 4
    assert {answer.json()["error"]["code"] for answer in answers} == {413}
    assert sandbox.sends() == []
    assert wire.upload("media", large[:-1], Content_Type="message/rfc822").status == 200


@pytest.mark.parametrize(
    ("kind", "content_type", "body"),
    [
        ("", "message/rfc822", MESSAGE),
        ("guess", "message/rfc822", MESSAGE),
        ("media", "text/plain", MESSAGE),
        ("media", "message/rfc822", b""),
        ("multipart", "message/rfc822", MESSAGE),
        ("multipart", "multipart/related", MESSAGE),
        ("multipart", "multipart/related; boundary=b", b"no parts"),
        ("multipart", "multipart/related; boundary=b", related(("application/json", b"{}"))),
        (
            "multipart",
            "multipart/related; boundary=b",
            related(("message/rfc822", MESSAGE), ("application/json", b"{}")),
        ),
        (
            "multipart",
            "multipart/related; boundary=b",
            related(("application/json", b"{"), ("message/rfc822", MESSAGE)),
        ),
        (
            "multipart",
            "multipart/related; boundary=b",
            related(("application/json", b"{}"), ("text/plain", MESSAGE)),
        ),
        (
            "multipart",
            "multipart/related; boundary=b",
            related(("application/json", b"{}"), ("message/rfc822", MESSAGE + b"\r\n--b\r\n")),
        ),
    ],
)
def test_a_malformed_upload_is_refused(
    sandbox: Sandbox, wire: Wire, kind: str, content_type: str, body: bytes
) -> None:
    """400, and nothing is sent."""
    answer = wire.upload(kind, body, Content_Type=content_type)

    assert answer.status == 400
    assert sandbox.sends() == []


def test_only_methods_that_take_media_have_an_upload_path(wire: Wire) -> None:
    """Others are not there, nor is a piece of an upload outside of it."""
    watch = wire.request("POST", "/upload/gmail/v1/users/me/watch?uploadType=media", b"{}")
    piece = wire.request("PUT", "/gmail/v1/users/me/messages/send?upload_id=1", MESSAGE)

    assert (watch.status, piece.status) == (404, 404)


def test_the_real_client_sees_why_a_large_json_is_refused(gmail: Any) -> None:
    """413 in Gmail's JSON form."""
    with pytest.raises(HttpError) as refused:
        gmail.messages().send(userId="me", body={"raw": "A" * MAX_JSON_BYTES}).execute()

    assert refused.value.resp.status == 413
    error = json.loads(refused.value.content)["error"]
    assert error["errors"][0]["reason"] == "uploadTooLarge"
