"""What the policy promises stands in words on the pages that anybody may read, in English and in Arabic.

That each promise is kept is proved elsewhere; here is proved that it is given.
"""

from __future__ import annotations

import html
import re

import pytest

from tests.desk import DeskUnderTest

LANGUAGES = ("en", "ar")


def section(desk: DeskUnderTest, name: str, language: str, page: str = "privacy") -> str:
    """Return the words of a section, without markup and with single blanks."""
    text = desk.browser().get(f"/{page}?lang={language}").text
    main = text.partition("<main>")[2].partition("</main>")[0]
    body = main if name == "" else main.partition(f'<h2 id="{name}">')[2].partition("<h2 ")[0]
    assert body, f"{page} has no section {name}"
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", body)).split())


def says(desk: DeskUnderTest, name: str, english: list[str], arabic: list[str]) -> None:
    """Assert that a section of the privacy policy has these words in each language."""
    for language, words in zip(LANGUAGES, (english, arabic), strict=True):
        text = section(desk, name, language)
        assert [word for word in words if word not in text] == [], language


def test_p01_what_is_collected_is_named(desk: DeskUnderTest) -> None:
    """Accounts, sessions, and the mail of mailboxes connected by consent; nothing else."""
    says(
        desk,
        "collected",
        ["name, address, role", "sessions", "Gmail mailboxes", "consent", "Nothing else"],
        ["الاسم والعنوان والدور", "جلساتهم", "صناديق Gmail", "بموافقة", "لا شيء غير ذلك"],
    )


def test_p02_use_is_inside_the_organisation(desk: DeskUnderTest) -> None:
    """For accounts, mail and tickets."""
    says(
        desk,
        "used",
        ["accounts", "mail", "tickets", "inside Example Desk"],
        ["الحسابات", "البريد", "التذاكر", "داخل Example Desk وحدها"],
    )


def test_p03_nothing_is_sold(desk: DeskUnderTest) -> None:
    """Nor given to third parties for marketing."""
    says(
        desk,
        "used",
        ["never sold", "never given to third parties for marketing"],
        ["لا يُباع", "ولا يُعطى لأي طرف ثالث لغرض التسويق"],
    )


def test_p04_data_on_the_way_is_encrypted(desk: DeskUnderTest) -> None:
    """TLS 1.2 or newer: browser, Google, SMTP."""
    says(
        desk,
        "protected",
        ["HTTPS with TLS 1.2 or newer", "your browser", "Google", "SMTP"],
        ["HTTPS مع TLS 1.2 أو أحدث", "متصفحك", "Google", "SMTP"],
    )


def test_p05_secrets_are_stored_encrypted(desk: DeskUnderTest) -> None:
    """Which secrets, by which cipher in which format, and where the key is."""
    says(
        desk,
        "protected",
        [
            "tokens of Google",
            "passwords of mail servers",
            "secrets of second factors",
            "AES-256-CBC",
            "Laravel’s Encrypter",
            "outside the database",
            "Secret Manager",
        ],
        [
            "رموز Google",
            "كلمات مرور خوادم البريد",
            "أسرار العامل الثاني",
            "AES-256-CBC",
            "Laravel Encrypter",
            "خارج قاعدة البيانات",
            "Secret Manager",
        ],
    )


def test_p06_passwords_are_hashed(desk: DeskUnderTest) -> None:
    """By bcrypt."""
    says(desk, "protected", ["only as bcrypt hashes"], ["بصمات bcrypt"])


def test_p07_roles_decide(desk: DeskUnderTest) -> None:
    """Access is role-based."""
    says(
        desk,
        "protected",
        ["role-based access control", "by role and by mailbox"],
        ["ضبط الوصول بحسب الأدوار", "بحسب الدور والصندوق"],
    )


def test_p08_operations_are_logged(desk: DeskUnderTest) -> None:
    """Every sensitive one stands in the audit log."""
    says(
        desk,
        "protected",
        ["Every sensitive operation", "audit log"],
        ["كل عملية حساسة", "سجل تدقيق"],
    )


def test_p09_administrators_prove_a_second_factor(desk: DeskUnderTest) -> None:
    """A code by e-mail, unless they have something stronger."""
    says(
        desk,
        "protected",
        ["Administrative accounts prove a second factor", "a code by e-mail"],
        ["الحسابات الإدارية تُثبت عاملًا ثانيًا", "رمز يُرسل بالبريد"],
    )


def test_p10_the_scopes_are_minimal(desk: DeskUnderTest) -> None:
    """To read and to send, no more."""
    says(
        desk,
        "google",
        ["Two permissions and no more", "gmail.readonly", "gmail.send"],
        ["إذنان لا أكثر", "gmail.readonly", "gmail.send"],
    )


def test_p11_content_is_not_kept(desk: DeskUnderTest) -> None:
    """Not longer than work needs; in a cache for a day at most."""
    says(
        desk,
        "google",
        ["encrypted cache", "24 hours at most"],
        ["ذاكرة مؤقتة مشفّرة", "24 ساعة على الأكثر"],
    )
    says(
        desk,
        "deleted",
        ["not kept longer than work on it needs"],
        ["ولا يُحفظ محتوى البريد أطول مما يحتاج إليه العمل"],
    )


def test_p12_disconnecting_deletes(desk: DeskUnderTest) -> None:
    """At once."""
    says(
        desk,
        "deleted",
        ["disconnected, its tokens are deleted at once"],
        ["يُفصل صندوق، تُحذف رموزه فورًا"],
    )


def test_p13_servers_stand_behind_firewalls(desk: DeskUnderTest) -> None:
    """As it says."""
    says(desk, "protected", ["behind firewalls"], ["خلف جدران حماية"])


def test_p14_backups_are_encrypted(desk: DeskUnderTest) -> None:
    """And regular."""
    says(
        desk,
        "protected",
        ["encrypted backups are made regularly"],
        ["نسخ احتياطية مشفّرة بانتظام"],
    )


def test_p15_patches_are_prompt(desk: DeskUnderTest) -> None:
    """As it says."""
    says(
        desk,
        "protected",
        ["security patches are applied promptly"],
        ["وتُطبَّق تحديثات الأمان سريعًا"],
    )


def test_p16_only_those_whose_work_needs_it_reach_mail(desk: DeskUnderTest) -> None:
    """And each reading leaves a trace."""
    says(
        desk,
        "protected",
        ["only by people whose work needs it", "each reading leaves a trace"],
        ["إلا من يحتاج إليه في عمله", "وكل قراءة تترك أثرًا"],
    )


def test_p17_the_consent_asks_for_what_is_disclosed(desk: DeskUnderTest) -> None:
    """Exactly that."""
    says(
        desk,
        "google",
        ["consent page asks for exactly these"],
        ["صفحة الموافقة في Google تطلب هذين الإذنين بعينهما"],
    )


def test_p18_limited_use_is_stated(desk: DeskUnderTest) -> None:
    """Google's policy by name, and each of its limits."""
    says(
        desk,
        "google",
        [
            "Google API Services User Data Policy",
            "Limited Use",
            "not used for advertising",
            "not sold",
            "passed on only to provide or improve",
            "explicit consent",
            "security",
        ],
        [
            "بسياسة بيانات المستخدم لخدمات Google البرمجية",
            "الاستعمال المحدود",
            "الإعلان",
            "ولا تُباع",
            "لتقديم هذه الميزات أو تحسينها",
            "موافقة صريحة",
            "للأمن",
        ],
    )


def test_p19_people_may_ask(desk: DeskUnderTest) -> None:
    """To see, correct, delete, disconnect; through an administrator or by themselves."""
    says(
        desk,
        "rights",
        ["see, correct or delete", "Google account disconnected", "administrator", "My account"],
        ["الاطلاع على", "تصحيحه أو حذفه", "فصل حساب Google", "أحد المديرين", "حسابي"],
    )
    assert "myaccount.google.com/connections" in section(desk, "withdraw", "en", "help")
    assert "myaccount.google.com/connections" in section(desk, "withdraw", "ar", "help")


def test_p20_there_is_a_contact(desk: DeskUnderTest) -> None:
    """The organisation and its address, from its settings, on both pages."""
    for language in LANGUAGES:
        assert "Example Desk: privacy@example.com" in section(desk, "contact", language)
        assert "privacy@example.com" in section(desk, "rights", language, "help")


@pytest.mark.parametrize("page", ["privacy", "privacy/how", "help"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_way_leads_back_home(desk: DeskUnderTest, page: str, language: str) -> None:
    """Each page has a link to the home page in its own language, before its title."""
    before = desk.browser().get(f"/{page}?lang={language}").text.partition("<h1>")[0]

    assert f'<main>\n<p><a href="/?lang={language}">' in before


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "27 November 2026"), ("ar", "27 نوفمبر 2026")]
)
def test_the_policy_has_a_date(desk: DeskUnderTest, language: str, shown: str) -> None:
    """For people and for programs."""
    text = desk.browser().get(f"/privacy?lang={language}").text

    assert f'<time datetime="2026-11-27">{shown}</time>' in text
