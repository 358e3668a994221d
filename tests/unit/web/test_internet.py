"""Strangers' web servers: public addresses only, pinned, verified, within a time and a size."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.clock import SystemClock
from shared.errors import ProductError
from shared.network import Resolve
from shared.web.contract import MAX_REDIRECTS, Fetched, target
from shared.web.internet import Internet
from tests.stranger import Asked, Stranger, stranger
from tests.unit.smtp.mail_server import _certificate

INSIDE = [
    "127.0.0.1",
    "127.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "::1",
    "::",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "ff02::1",
]


@pytest.fixture
def server() -> Iterator[Stranger]:
    """Run a stranger's server."""
    with stranger() as running:
        yield running


def _meaning(*addresses: str) -> Resolve:
    return lambda _host, _port: list(addresses)


def _get(web: Internet, url: str, *, max_bytes: int = 1_000, timeout: float = 5.0) -> Fetched:
    return web.get(url, max_bytes=max_bytes, timeout_seconds=timeout)


def _refused(work: Callable[[], object]) -> str:
    with pytest.raises(ProductError) as raised:
        work()
    return raised.value.code + str(raised.value.params.get("reason", ""))


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_points_inside_is_refused(address: str) -> None:
    """Loopback, private, link-local and what hides them in another notation: no connection is made."""
    web = Internet(SystemClock(), resolve=_meaning(address))

    assert _refused(lambda: _get(web, "https://images.example.com/a")) == "network.private_address"


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "[::ffff:7f00:1]", "[::1]", "127.0.0.1"],
)
def test_a_number_that_means_this_machine_is_refused(host: str) -> None:
    """The system's resolver reads decimal, octal and short forms; what it finds is judged."""
    web = Internet(SystemClock())

    assert _refused(lambda: _get(web, f"http://{host}/")) == "network.private_address"


def test_a_name_with_a_public_and_a_private_address_is_refused() -> None:
    """A name that points inside as well as outside is an attack."""
    web = Internet(SystemClock(), resolve=_meaning("93.184.216.34", "10.0.0.1"))

    assert _refused(lambda: _get(web, "https://images.example.com/")) == "network.private_address"


def test_the_name_is_looked_up_once_and_that_address_is_connected_to(server: Stranger) -> None:
    """A second answer of the resolver cannot lead elsewhere (DNS rebinding)."""
    answers = [["127.0.0.1"], ["192.0.2.1"]]
    web = Internet(SystemClock(), loopback=True, resolve=lambda *_: answers.pop(0))

    _get(web, f"http://images.example.com:{server.port}/a?b=c#d")

    assert len(answers) == 1
    [asked] = server.asked
    assert (asked.path, asked.headers["host"]) == ("/a?b=c", f"images.example.com:{server.port}")


def test_nothing_of_ours_goes_along(server: Stranger) -> None:
    """A stranger's server learns that we ask, and nothing about who reads."""
    _get(Internet(SystemClock(), loopback=True), f"{server.url}/a")

    assert set(server.asked[0].headers) == {"host", "user-agent", "connection", "accept-encoding"}


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "//example.com/",
        "https:///a",
        "https://user:password@example.com/",
        "https://user@example.com/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com:8443/",
        "https://example.com:80/",
        "http://example.com:22/",
        "https://exa mple.com/",
        "https://example.com/\r\nHost: inside",
        "https://example.com:port/",
        "https://[::1/",
        "https://example..com/",
        "https://" + "a" * 2_100,
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_refused(url: str) -> None:
    """No other scheme, port, credential, white space or control, before anything is looked up."""
    web = Internet(SystemClock(), resolve=_never)

    assert _refused(lambda: _get(web, url)) == "web.url_refused"


def test_a_webhook_goes_over_tls_only() -> None:
    """Images may come over http, what we post never goes in clear."""
    web = Internet(SystemClock(), resolve=_never)

    assert _refused(lambda: web.check("http://hooks.example.com/")) == "web.url_refused"
    web.check("https://hooks.example.com/")


def test_a_local_desk_reaches_odd_ports_on_loopback_only() -> None:
    """What loopback is allowed, a public address is not."""
    web = Internet(SystemClock(), loopback=True, resolve=_meaning("93.184.216.34"))
    private = Internet(SystemClock(), loopback=True, resolve=_meaning("10.0.0.1"))

    assert _refused(lambda: _get(web, "http://example.com:8080/")) == "web.url_refused"
    assert _refused(lambda: _post(web, "http://example.com/")) == "web.url_refused"
    assert _refused(lambda: _get(private, "http://example.com/")) == "network.private_address"


def test_an_international_address_is_written_in_ascii() -> None:
    """Mail holds addresses in any script; the wire holds ASCII."""
    read = target("https://bücher.example.com/straße?q=ä", ("https",))

    assert (read.host, read.path) == ("xn--bcher-kva.example.com", "/stra%C3%9Fe?q=%C3%A4")


def test_an_image_may_move_three_times(server: Stranger) -> None:
    """Redirects of an image are followed, up to three."""
    for hop in range(MAX_REDIRECTS + 1):
        server.answer(f"/{hop}", 302, Location=f"/{hop + 1}")
    server.answer("/end", body=b"here", Content_Type="Image/PNG; q=1")
    server.answer("/3", 302, Location="/end")
    web = Internet(SystemClock(), loopback=True)

    assert _get(web, f"{server.url}/1").body == b"here"
    assert _get(web, f"{server.url}/1").content_type == "image/png"
    assert _refused(lambda: _get(web, f"{server.url}/0")) == "web.too_many_redirects"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://inside.example.com/", "network.private_address"),
        ("http://127.0.0.1:22/", "web.url_refused"),
        ("file:///etc/passwd", "web.url_refused"),
        ("https://[", "web.url_refused"),
    ],
)
def test_each_hop_is_judged_anew(server: Stranger, location: str, code: str) -> None:
    """A public server that points inside leads nowhere."""
    names = {"images.example.com": "127.0.0.1", "inside.example.com": "10.0.0.1"}
    web = Internet(
        SystemClock(), loopback=True, resolve=lambda host, _: [names.get(host, "192.0.2.1")]
    )
    server.answer("/", 302, Location=location)

    assert _refused(lambda: _get(web, f"http://images.example.com:{server.port}/")) == code


def test_a_webhook_is_not_redirected(server: Stranger) -> None:
    """What was signed for one place is not carried to another."""
    server.answer("/hook", 307, Location="/elsewhere")

    answer = _post(Internet(SystemClock(), loopback=True), f"{server.url}/hook")

    assert answer.status == 307
    assert [asked.path for asked in server.asked] == ["/hook"]
    assert server.asked[0].body == b"{}"


def test_a_huge_image_is_refused_and_a_huge_answer_is_cut(server: Stranger) -> None:
    """At most the bytes that were asked for are kept, announced or not."""
    server.answer("/announced", body=b"x" * 1_001)
    server.answers["/endless"] = _endless
    web = Internet(SystemClock(), loopback=True)

    assert _refused(lambda: _get(web, f"{server.url}/announced")) == "web.too_large"
    assert _refused(lambda: _get(web, f"{server.url}/endless")) == "web.too_large"
    assert _post(web, f"{server.url}/announced").body == b"x" * 10


def test_an_endless_header_is_refused(server: Stranger) -> None:
    """Headers count too: a server cannot feed us for ever before its body begins."""
    server.answers["/"] = _continue_for_ever
    web = Internet(SystemClock(), loopback=True)

    assert _refused(lambda: _get(web, f"{server.url}/")) == "web.unavailableanswer"


@pytest.mark.parametrize("dripped", [b"HTTP/1.1 200 OK\r\nA", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_dripping_server_is_left_at_the_deadline(server: Stranger, dripped: bytes) -> None:
    """The deadline is for the whole exchange: a byte now and then does not prolong it."""
    done = threading.Event()
    server.answers["/"] = lambda asked: _drip(asked, dripped, done)
    began = time.monotonic()

    code = _refused(lambda: _get(Internet(SystemClock(), loopback=True), server.url, timeout=0.3))

    done.set()
    assert code == "web.unavailabletimeout"
    assert time.monotonic() - began < 3


def test_a_slow_name_server_is_left_at_the_deadline() -> None:
    """Looking the name up counts: its server is a stranger's too."""
    done = threading.Event()

    def slow(_host: str, _port: int) -> list[str]:
        done.wait(30)
        return ["93.184.216.34"]

    web = Internet(SystemClock(), resolve=slow)
    began = time.monotonic()

    code = _refused(lambda: _get(web, "https://images.example.com/", timeout=0.2))

    done.set()
    assert code == "web.unavailabletimeout"
    assert time.monotonic() - began < 3


def test_a_cut_answer_is_no_answer(server: Stranger) -> None:
    """Half an image is not shown as the whole."""
    server.answer("/", body=b"half", Content_Length="8", Connection="close")

    with stranger() as other:
        other.answers["/"] = lambda asked: (asked.write(b"what?\r\n\r\n"), (0, {}, b""))[1]
        web = Internet(SystemClock(), loopback=True)
        codes = [_refused(lambda url=url: _get(web, url)) for url in (server.url, other.url)]

    assert codes == ["web.unavailableanswer"] * 2


def test_nobody_there_is_unavailable() -> None:
    """A closed port says so, and a name that nobody knows too."""
    with stranger() as gone:
        url = gone.url
    web = Internet(SystemClock(), loopback=True)

    assert _refused(lambda: _get(web, url)) == "web.unavailableconnection"
    assert _refused(lambda: _get(web, "https://no-such-host.invalid/")) == "network.unknown_host"


def test_the_certificate_is_verified_for_the_name(tmp_path: Path) -> None:
    """TLS proves the name of the address, whichever address that was looked up."""
    certificate, key = _certificate(tmp_path, "hooks.example.com")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    trust = ssl.create_default_context(cafile=str(certificate))
    here = _meaning("127.0.0.1")

    with stranger(context) as server:
        trusting = Internet(SystemClock(), loopback=True, resolve=here, trust=trust)
        doubting = Internet(SystemClock(), loopback=True, resolve=here)
        right = f"https://hooks.example.com:{server.port}/"

        assert _post(trusting, right).status == 200
        codes = [
            _refused(lambda: _post(trusting, f"https://other.example.com:{server.port}/")),
            _refused(lambda: _post(doubting, right)),
        ]

    assert codes == ["web.unavailabletls"] * 2
    assert len(server.asked) == 1


def _post(web: Internet, url: str) -> Fetched:
    return web.post(url, {"X-A": "b"}, b"{}", max_bytes=10, timeout_seconds=5.0)


def _never(host: str, port: int) -> list[str]:
    raise AssertionError((host, port))


def _endless(asked: Asked) -> tuple[int, dict[str, str], bytes]:
    asked.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000)
    return 0, {}, b""


def _continue_for_ever(asked: Asked) -> tuple[int, dict[str, str], bytes]:
    asked.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000)
    return 0, {}, b""


def _drip(asked: Asked, first: bytes, done: threading.Event) -> tuple[int, dict[str, str], bytes]:
    asked.write(first)
    while not done.wait(0.05):
        asked.write(b"x")
    return 0, {}, b""
