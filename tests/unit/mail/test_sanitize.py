"""Sanitising: nothing runs, loads or deceives; the quote folds."""

import pytest

from shared.mail.sanitize import sanitize, text_to_html


def clean(html: str, **options: bool) -> str:
    """Return what the frame would show; inline image "a@x" is ours."""
    return sanitize(html, cid_url=lambda cid: "/api/a" if cid == "a@x" else None, **options).html


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<SCRIPT SRC=//x></SCRIPT>",
        "<img src=x onerror=x>",
        "<svg><script>x</script></svg>",
        "<math><mtext><style><img src=x onerror=x>",
        "<iframe src=x></iframe>",
        "<object data=x></object><embed src=x>",
        "<form action=/api/x><input name=a><button>x</button></form>",
        "<base href=//x><link rel=stylesheet href=x><meta http-equiv=refresh content=0>",
        "<style>@import 'x';</style>",
        "<a href='javascript:x'>x</a>",
        "<a href=' java\nscript:x'>x</a>",
        "<a href='data:text/html,x'>x</a>",
        "<a href='/api/logout'>x</a><a href='//x.example'>x</a>",
        "<img src='/api/logout'><img src='//x.example/p'>",
        "<img srcset='https://x.example/p 1x'><table background='https://x.example/p'>",
        "<p style='background:url(https://x.example/p)'>x</p>",
        "<p style='background-color:u\\72l(x);position:fixed;behavior:x'>x</p>",
        "<div id=app name=app class=app>x</div>",
        "<noscript><p title='</noscript><img src=x onerror=x>'></noscript>",
        "<img src='data:image/svg+xml;base64,AAAA'>",
    ],
)
def test_nothing_that_runs_loads_or_navigates_survives(html: str) -> None:
    """Hostile markup leaves harmless markup."""
    found = clean(html).lower()

    for bad in (
        "script",
        "onerror",
        "<svg",
        "<math",
        "<iframe",
        "<object",
        "<embed",
        "<form",
        "<input",
    ):
        assert bad not in found
    for bad in (
        "<base",
        "<link",
        "<meta",
        "<style",
        "url(",
        "position",
        "/api/logout",
        "//x",
        "data:",
    ):
        assert bad not in found
    assert " id=" not in found
    assert " name=" not in found


def test_images_come_only_from_us() -> None:
    """A cid image gets our URL; a remote one is counted and left out until it is asked for."""
    html = '<img src="cid:a%40x"><img src="cid:b"><img src="https://x.example/pixel.gif" width=1>'

    shut = sanitize(html, cid_url=lambda cid: "/api/a" if cid == "a@x" else None)
    opened = sanitize(html, cid_url=lambda _: None, image_url=lambda url: f"/api/i?u={len(url)}")

    assert shut.html.count("src=") == 1
    assert 'src="/api/a"' in shut.html
    assert shut.remote_images == opened.remote_images == 1
    assert "remote_images" in shut.removed
    assert 'src="/api/i?u=27"' in opened.html


@pytest.mark.parametrize(
    ("link", "note"),
    [
        ('<a href="https://evil.example/x">good.example</a>', "[evil.example]"),
        ('<a href="https://good.example@evil.example/">here</a>', "[evil.example]"),
        ('<a href="https://ex\u0430mple.com/">here</a>', "[xn--exmple-4nf.com]"),
    ],
)
def test_a_link_that_hides_its_host_says_it(link: str, note: str) -> None:
    """Another host in the label, a user name, look-alike letters: the real host stands beside it."""
    assert note in clean(link)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://www.example.com/a">example.com</a>',
        '<a href="https://example.com">here</a>',
    ],
)
def test_an_honest_link_says_nothing_more(link: str) -> None:
    """Links that are what they seem stay as they are, opened apart and without referrer."""
    found = clean(link)

    assert "[" not in found
    assert 'rel="noopener noreferrer nofollow"' in found
    assert 'target="_blank"' in found


def test_a_sender_cannot_write_our_notes() -> None:
    """The class of the host note is only ever ours."""
    assert 'class="host"' not in clean('<small class="host">[good.example]</small>')


def test_colours_stay_and_what_moves_goes() -> None:
    """Style is reduced to looks."""
    found = clean('<p style="color: rgb(1, 2, 3); margin-top: -900px; opacity: 0">x</p>')

    assert "rgb(1" in found
    assert "margin" not in found
    assert "opacity" not in found


def test_the_quoted_part_folds_and_stays() -> None:
    """The quote stands in a details element; without folding it stands as it is."""
    html = (
        '<div>New</div><div class="gmail_quote">On Mon, 6 May 2024 10:00 Jo &lt;jo@example.com&gt; wrote:'
        "<blockquote>Old</blockquote></div>"
    )

    folded, flat = clean(html), clean(html, fold_quotes=False)

    assert folded.index("New") < folded.index('<details class="quoted">') < folded.index("Old")
    assert "<details" not in flat
    assert "Old" in flat


def test_sanitising_twice_changes_nothing() -> None:
    """The result is a fixed point, so nothing in it means something else to a second parser."""
    for html in (
        "<p>a<b>b</p>c",
        "<table><tr><td>x",
        "&lt;script&gt;",
        "<a href='https://x.example'>x",
    ):
        once = clean(html)

        assert clean(once) == once


def test_plain_text_is_escaped_linked_and_finds_its_direction() -> None:
    """Markup in a text is text; web addresses are links without the sentence's punctuation."""
    found = text_to_html("<b>Hi</b> see (https://example.com/a_(b)).\n\nمرحبا javascript:x")

    assert found.count('<div dir="auto">') == 2
    assert "&lt;b&gt;Hi&lt;/b&gt;" in found
    assert '<a href="https://example.com/a_(b)"' in found
    assert "javascript:x</div>" in found


def test_a_link_in_a_text_cannot_leave_its_attribute() -> None:
    """Quotes and angle brackets end an address."""
    found = text_to_html('https://x.example/"onclick="x https://u@evil.example/')

    assert 'onclick="' not in found
    assert "[evil.example]" in found
