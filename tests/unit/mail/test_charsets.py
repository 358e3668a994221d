"""Charsets: labels lie, and the text is read all the same."""

import pytest

from shared.mail.charsets import decode, is_charset

RUSSIAN = "Здравствуйте, пришлите пожалуйста счёт за август"
ARABIC = "مرحبا، أرجو إرسال الفاتورة الخاصة بشهر أغسطس"
CHINESE = "您好，请把八月份的发票发给我，谢谢。"
KOREAN = "안녕하세요. 청구서를 보내 주세요."
JAPANESE = "お世話になっております。請求書を送ってください。"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "utf-8"),
        (ARABIC, "cp1256"),
        ("Καλημέρα, παρακαλώ στείλτε μου το τιμολόγιο", "cp1253"),
        ("שלום, אנא שלחו לי את החשבונית", "cp1255"),
        ("สวัสดีครับ กรุณาส่งใบแจ้งหนี้", "cp874"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "cp949"),
        (CHINESE, "gb18030"),
        ("您好，請把八月份的發票寄給我，謝謝。", "cp950"),
        ("Schöne Grüße aus Köln, müßte gehen", "cp1252"),
    ],
)
@pytest.mark.parametrize("label", ["", "unknown-8bit", "x-nonsense"])
def test_text_without_a_usable_label_is_guessed(text: str, codec: str, label: str) -> None:
    """The script's everyday letters tell which charset it is."""
    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gb18030", "朱镕基"),
        ("ks_c_5601-1987", "cp949", "펲시콜라"),
        ("shift_jis", "cp932", "㈱①髙"),
        ("iso-8859-1", "cp1252", "“5 €”"),
        ("US-ASCII", "cp1252", "Größe"),
        ("tis-620", "cp874", "สวัสดี"),
        ('"windows-1256"', "cp1256", "مرحبا"),
    ],
)
def test_a_label_stands_for_the_vendor_superset(label: str, codec: str, text: str) -> None:
    """Characters that the named standard lacks are read."""
    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize("label", ["iso-8859-1", "us-ascii", "gb2312", "koi8-r", "iso-2022-jp", ""])
def test_valid_utf8_wins_over_its_label(label: str) -> None:
    """Text that is valid UTF-8 is read as that."""
    assert decode(f"{CHINESE} {RUSSIAN}".encode(), label) == f"{CHINESE} {RUSSIAN}"


def test_a_short_double_byte_text_is_not_taken_for_utf8() -> None:
    """Bytes that are both GBK and two-byte UTF-8 go by their declaration."""
    assert decode("联通".encode("gbk"), "gb2312") == "联通"


def test_damaged_utf8_costs_only_the_damaged_characters() -> None:
    """A character cut in half does not make the rest another charset."""
    assert decode(RUSSIAN.encode()[:-1]) == f"{RUSSIAN[:-1]}\ufffd"


def test_japanese_escapes_are_read_with_the_vendor_rows() -> None:
    """ISO-2022-JP holds circled digits and half-width katakana in real mail."""
    assert decode(b"\x1b$B-!\x1b(B ok \x1b(I12\x1b(B", "iso-2022-jp") == "① ok ｱｲ"


@pytest.mark.parametrize("label", ["zip", "rot13", "unicode_escape", "idna", "hex", "x\0y", "é"])
def test_a_codec_that_is_no_charset_is_never_used(label: str) -> None:
    """Python's other codecs cannot be reached from a message."""
    assert not is_charset(label)
    assert decode(b"uryyb \\x41", label) == "uryyb \\x41"


def test_every_label_is_survived_by_every_byte() -> None:
    """No combination of label and bytes raises."""
    every_byte = bytes(range(256)) * 3

    for label in (
        "utf-7",
        "hz",
        "iso-2022-kr",
        "utf-16",
        "utf-32",
        "gb18030",
        "big5",
        "euc-jp",
        "cp864",
    ):
        assert decode(every_byte, label).encode()


def test_halves_of_characters_are_replaced() -> None:
    """UTF-7 can spell a lone surrogate, which no store could keep."""
    assert decode(b"a+2AA-b", "utf-7") == "a?b"
