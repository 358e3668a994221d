"""Bounces, with a delivery report or without one.

RFC 3464 reports say what happened. Many systems (qmail, older Exim, Exchange, Lotus Notes, mobile
carriers) say it in prose only, so evidence is weighed: who sends, what the subject begins with, what the
text says, whether the mail encloses another. One kind of evidence alone never makes a bounce: people
forward bounces, answer them and write about them.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.mail.addresses import strict_address
from shared.mail.html_text import html_to_text
from shared.mail.parse import ParsedMail
from shared.mail.report import DeliveryStatus, status_code
from shared.mail.subjects import base_subject

_ENOUGH = 4
_TEXT = 6_000
# Evidence that no person's mail has: without any of it the bar is higher.
_BY_MACHINE = frozenset(
    ("x_failed_recipients", "sender_is_mail_system", "null_return_path", "multipart_report"),
)
_RECIPIENTS = 100

_DAEMONS = frozenset(
    "mailer-daemon mailerdaemon mailer_daemon mail-daemon maildaemon mail.daemon mdaemon mmdf daemon"
    " postmaster postmast postoffice microsoftexchange mailadm mailsystem mail-system bounce bounces"
    " mail_delivery_subsystem undeliverable smtpd smtp-daemon bounceadmin mail-delivery-subsystem".split(),
)
_DAEMON_NAMES = ("mail delivery su", "mail delivery sy", "mailer-daemon", "mailer daemon", "system administrator",
                 "microsoft outlook", "postmaster", "mail administrator", "mail delivery",
                 "delivery subsystem", "mail router", "mailsystem", "email delivery")  # fmt: skip

# How subjects of bounces begin, reply prefixes excluded: a "Re: Undeliverable" is a person's.
_SUBJECTS = tuple(
    "undelivered mail|undeliverable|undeliverable:|undelivered:|undelivered message|undeliverable mail"
    "|undeliverable message|delivery status notification|delivery failure|delivery failed|delivery error"
    "|delivery notification|delivery report|delivery delayed|delivery of |mail delivery fail|mail delivery problem"
    "|mail delivery error|mail delivery status|mail delivery delayed|mail delivery |mail delivery system|mail failure|mail not deliver"
    "|mail could not be delivered|mail system error|mail error|mail status report|mail: delivery|failure notice"
    "|failure delivery|failure to deliver|failed delivery|failed mail|failed to deliver|failed message|message delivery"
    "|message not delivered|message delayed|message could not|message undeliverable|message status"
    "|non delivery|non-delivery|nondelivery|non-deliverable|nondeliverable mail|returned mail|returned to sender|returned message"
    "|returned email|return mail|rejected mail|rejected message|rejected:|bounced mail|bounced message|bounce message"
    "|warning: could not send|warning: message|warning - delayed|delayed mail|delayed message|could not send message|could not deliver"
    "|couldn't deliver|cannot deliver|unable to deliver|unable to process|unknown user|user unknown|unknown address|notification: "
    "|invalid recipient|permanent delivery failure|permanent fatal|your message to|your email could not|your message could not"
    "|undelivarable|undelivrable|dsn:|smtp mail failed|smtp error|notice of delivery failure|email delivery|e-mail delivery|error sending|error delivering"
    "|nachricht nicht zugestellt|nicht zustellbar|unzustellbar|unzustellbare|zustellung fehlgeschlagen|zustellfehler|fehlgeschlagene zustellung|mail nicht zustellbar"
    "|e-mail konnte nicht|unzustellbarkeit|ihre nachricht konnte nicht"
    "|non remis|message non remis|non distribuable|non distribué|échec de la remise|échec de remise|échec de distribution|avis de non-remise|courrier non remis|notification d'échec"
    "|no se puede entregar|no se pudo entregar|no entregado|no entregable|correo no entregado|mensaje no entregado|error de entrega|fallo en la entrega|entrega fallida|notificación de estado de entrega|devolución"
    "|non recapitabile|impossibile recapitare|mancato recapito|mancata consegna|recapito non riuscito|messaggio non recapitato|avviso di mancata consegna"
    "|não entregue|não foi possível entregar|não é possível entregar|falha na entrega|mensagem não entregue|entrega não"
    "|onbestelbaar|niet bezorgd|bericht niet bezorgd|bezorging mislukt|kon niet worden bezorgd"
    "|niedostarczone|nie można dostarczyć|niedostarczona|wiadomość niedostarczona|nieudane dostarczenie|zwrot wiadomości|nie dostarczono"
    "|недоставленное|не доставлено|недоставлено|не удалось доставить|сообщение не доставлено|ошибка доставки|уведомление о недоставке|невозможно доставить"
    "|teslim edilemedi|iletilemedi|teslim edilemeyen|teslimat başarısız"
    "|kan inte levereras|ej levererat|oleverans|olevererbart|det gick inte att leverera|leveransfel|meddelandet kunde inte|returnerat"
    "|kan ikke leveres|ikke leveret|kunne ikke leveres|uleverbar|ikke levert|kan ikke levere|levering mislykkedes"
    "|toimitus epäonnistui|ei voitu toimittaa|toimittamaton|viestiä ei"
    "|nedoručitelné|nedoručiteľné|nelze doručit|nedoručeno|nedoručená|nebolo možné doručiť"
    "|kézbesíthetetlen|nem kézbesíthető|sikertelen kézbesítés|a kézbesítés"
    "|nelivrabil|nelivrat|mesaj nelivrat|imposibil de livrat"
    "|δεν είναι δυνατή η παράδοση|μη παραδοτέο|αποτυχία παράδοσης|δεν παραδόθηκε"
    "|לא ניתן למסור|לא נמסר|ההודעה לא נמסרה|כשל במסירה|אין אפשרות למסור"
    "|تعذر التسليم|تعذر تسليم|لم يتم التسليم|لم يتم تسليم|غير قابل للتسليم|فشل التسليم|فشل تسليم|رسالة مرتجعة|تعذّر تسليم"
    "|退信|系统退信|無法傳遞|无法投递|未送达|無法送達|未傳遞的郵件|未能送达|邮件投递失败|投递失败|郵件退回|被退回"
    "|配信不能|配信できません|配信失敗|送信できませんでした|不達|未配信|メール配信エラー|配達不能"
    "|반송|배달되지|전송 실패|배달 못함|배달할 수 없음|전달되지 않음|메일 전송 실패"
    "|không gửi được|thư không gửi được|gagal terkirim|tidak terkirim|ส่งไม่ได้|ไม่สามารถส่ง"
    "|mail returned|could not be delivered|non-distribution|not delivered:|mailer-daemon|automatically rejected mail|postmaster notify|e-mail returned".split(
        "|"
    ),
)
# What the texts of bounces say, anywhere in their beginning.
_PHRASES = tuple(
    "could not be delivered|couldn't be delivered|could not deliver|wasn't delivered|was not delivered|not been delivered|unable to deliver|not able to deliver"
    "|delivery to the following|delivery has failed|delivery failed|failed permanently|permanent fatal error|permanent error|fatal errors"
    "|undeliverable|undelivered|cannot be delivered|can't be delivered|cannot deliver|can not be delivered|delivery failure|delivery error|error while attempting to deliver"
    "|did not reach the following|did not reach|qmail-send program|mail system at host|returned to sender|returned mail|message that you sent could not|unable to be delivered"
    "|recipient rejected|user unknown|unknown user|no such user|unknown recipient|recipient unknown|mailbox unavailable|mailbox not found|address rejected|account does not exist|mailbox full|over quota"
    "|does not exist|doesn't exist|user not found|recipient not found|unrouteable address|unroutable|quota exceeded|exceeded storage|mailbox is full|inbox is full|host unknown|name server|relaying denied|relay access denied"
    "|not listed in|no mailbox here|invalid recipient|invalid mailbox|message rejected|rejected by|was rejected|blocked by|message was delayed|delivery is delayed|delivery has been delayed|has been delayed|still being retried|not yet been delivered"
    "|not delivered|could not send|non-delivery|nondelivery|bad destination|transmission failed|message could not be|message was undeliverable|smtp error from remote|remote host said|transcript of session"
    "|konnte nicht zugestellt|nicht zugestellt werden|zustellung an folgende|unzustellbar|nicht ausgeliefert|n'a pas pu être remis|pas pu être distribué|n'a pu être remis|non remis|échec définitif|n'a pas été remis"
    "|no se pudo entregar|no se ha podido entregar|no pudo ser entregado|no se puede entregar|non è stato possibile|non può essere recapitato|impossibile recapitare|impossibile consegnare|mancata consegna|não pôde ser entregue|não foi entregue|não foi possível entregar"
    "|kon niet worden bezorgd|niet worden afgeleverd|kan niet worden bezorgd|nie mogła zostać dostarczona|nie można dostarczyć|nie została dostarczona|не может быть доставлено|не было доставлено|не удалось доставить|невозможно доставить|не доставлено"
    "|teslim edilemedi|iletilemedi|kunde inte levereras|inte levereras|kunne ikke leveres|ikke leveres|ei voitu toimittaa|nelze doručit|nebylo možné doručit|nem kézbesíthető|nem sikerült kézbesíteni|δεν μπόρεσε να παραδοθεί|δεν παραδόθηκε"
    "|לא נמסרה|לא ניתן למסור|تعذر تسليم|لم يتم تسليم|لم يتم توصيل|无法投递|无法送达|退信|退回|無法傳遞|無法送達|投递失败|配信できません|配信されません|送信できません|エラーメッセージ|メールを配信|送信先|見つかりません|전송하지 못|배달하지 못|배달되지|반송|전달할 수 없".split(
        "|"
    ),
)
_DELAYED = ("delayed", "warning message only", "still being retried", "not yet been delivered", "will continue to",
            "will be retried", "do not need to resend", "(delay)", "temporarily", "will retry",
            "wird weiterhin versucht", "verzögert", "retardé", "retrasado", "ritardo", "vertraagd",
            "opóźnion", "отложен", "задерж", "تأخر", "延迟", "遅延", "지연")  # fmt: skip
_FOR_GOOD = (
    "permanent",
    "fatal",
    "failed",
    "failure",
    "undeliverable",
    "user unknown",
    "no such user",
)
# Below these lines the text is the mail that came back, not what is said about it.
_RETURNED = ("below this line is a copy", "this is a copy of the message", "original message", "message header",
             "unsent message", "returned message", "original-recipient", "------ this is a copy", "returned mail follows",
             "message header follows", "the header of the original", "copy of the original", "message headers follow")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bounced:
    """A recipient that a mail did not reach. `permanent`: trying again is of no use (RFC 3463)."""

    recipient: str
    status: str
    action: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Bounce:
    """Why a message counts as a bounce, and of whom."""

    reasons: tuple[str, ...]
    recipients: tuple[Bounced, ...]


def read_bounce(mail: ParsedMail) -> Bounce | None:
    """Return the bounce that this message is, or None."""
    report = mail.report
    if report.kind == "delivery-status":
        failed = [found for found in report.recipients if not _succeeded(found)]
        if report.recipients and not failed:
            return None  # a notice of success
        return Bounce(("delivery_status",), _of_report(mail, failed))
    if report.kind:
        return None
    reasons, weight = _evidence(mail)
    if weight < (_ENOUGH if reasons & _BY_MACHINE else _ENOUGH + 1):
        return None
    text = _text(mail)
    if not (reasons & {"subject_of_bounce", "text_of_bounce", "x_failed_recipients"}):
        return None
    return Bounce(tuple(sorted(reasons)), _of_text(mail, text))


def from_daemon(mail: ParsedMail) -> bool:
    """Return whether the sender is a mail system by its address or name."""
    local = mail.sender.address.rpartition("@")[0].lower() or mail.headers.get("from").lower()
    if local.startswith(("mailer-daemon", "mailerdaemon", "microsoftexchange", "postmaster")):
        return True
    if local.partition("+")[0].partition("-")[0] in ("bounce", "bounces") or local in _DAEMONS:
        return True
    return mail.sender.name.lower().startswith(_DAEMON_NAMES)


def _evidence(mail: ParsedMail) -> tuple[set[str], int]:
    reasons: set[str] = set()
    weight = 0
    subject = mail.subject.lower().lstrip("[*( ")
    is_answer = base_subject(subject) != subject.strip()
    if "x-failed-recipients" in mail.headers:
        reasons.add("x_failed_recipients")
        weight += 3
    if from_daemon(mail):
        reasons.add("sender_is_mail_system")
        weight += 2
    if mail.headers.get("return-path").strip() == "<>" or not (
        mail.sender.address or mail.headers.get("from").strip(" <>")
    ):
        reasons.add("null_return_path")
        weight += 1
    if mail.headers.get("auto-submitted").lower().startswith("auto-"):
        weight += 1
    if mail.media_type == "multipart/report":
        reasons.add("multipart_report")
        weight += 2
    if subject.startswith(_SUBJECTS) and not is_answer:
        reasons.add("subject_of_bounce")
        weight += 2
    if not weight:
        return reasons, 0  # ordinary mail leaves here, before its text is looked at
    text = _text(mail)[:_TEXT].lower()
    if any(phrase in text for phrase in _PHRASES):
        reasons.add("text_of_bounce")
        weight += 2
    if mail.report.returned is not None:
        weight += 1
    elif any(phrase in text for phrase in _RETURNED):
        weight += 1
    if is_answer or "in-reply-to" in mail.headers and "sender_is_mail_system" not in reasons:
        weight -= 2
    return reasons, weight


def _text(mail: ParsedMail) -> str:
    return mail.text or html_to_text(mail.html[:50_000])


def _succeeded(found: DeliveryStatus) -> bool:
    if found.action in ("delivered", "relayed", "expanded"):
        return True
    return not found.action and found.status.startswith("2")


def _of_report(mail: ParsedMail, failed: list[DeliveryStatus]) -> tuple[Bounced, ...]:
    found: dict[str, Bounced] = {}
    for status in failed:
        code = status.status
        if code[:1] not in ("4", "5") or code in ("5.0.0", "4.0.0"):
            code = status_code(status.diagnostic) or code
        permanent = status.action != "delayed" and not code.startswith("4")
        recipient = _canonical(status.recipient)
        found.setdefault(recipient, Bounced(recipient, code, status.action or "failed", permanent))
    if not found:
        return _of_text(mail, _text(mail))
    return tuple(found.values())


def _of_text(mail: ParsedMail, text: str) -> tuple[Bounced, ...]:
    """Read recipients and code from prose."""
    lowered = f"{mail.subject}\n{text[:_TEXT]}".lower()
    code = status_code(text[:_TEXT]) or _smtp_code(text[:_TEXT])
    delayed = any(word in lowered for word in _DELAYED)
    if code:
        permanent = not code.startswith("4")
    else:
        permanent = not delayed or any(word in lowered for word in _FOR_GOOD)
    stated = [
        _canonical(piece)
        for value in mail.headers.all("x-failed-recipients")
        for piece in value.split(",")
    ]
    recipients = [found for found in stated if found] or _addresses_in(mail, text)
    action = "failed" if permanent else "delayed"
    return tuple(Bounced(found, code, action, permanent) for found in recipients[:_RECIPIENTS])


def _canonical(recipient: str) -> str:
    bare = recipient.strip().strip("<>\"'")
    return strict_address(bare) or bare[:320]


def _smtp_code(text: str) -> str:
    """Return an SMTP reply code of failure as a status ("550" as "5.0.0"), "" where there is none."""
    for word in text.split():
        digits = word.strip("(<[:.,;-#>])")[:3]
        if len(word) <= 12 and len(digits) == 3 and digits.isdecimal() and digits[0] in "45":
            if digits[1] in "2350" and word.strip("(<[:.,;-#>])")[3:4] in ("", "-", " ", "_"):
                return f"{digits[0]}.0.0"
    return ""


def _addresses_in(mail: ParsedMail, text: str) -> list[str]:
    """Return the addresses that a bounce's own text names, without ours and its sender's."""
    others = {mail.sender.address.lower(), *(address.address.lower() for address in mail.to)}
    found: dict[str, None] = {}
    for line in text[:_TEXT].split("\n")[:150]:
        lowered = line.strip("-_ =\t").lower()
        if lowered.startswith(_RETURNED) or (
            found and lowered.startswith(("received:", "return-path:"))
        ):
            break
        if "@" not in line:
            continue
        for word in line.replace("<", " ").replace(">", " ").replace("mailto:", " ").split():
            bare = word.strip("\"'()[]:;,.").removeprefix("rfc822;").removeprefix("SMTP:")
            if "@" not in bare:
                continue
            address = strict_address(bare)
            if address and address.lower() not in others and "." in address.rpartition("@")[2]:
                found.setdefault(address)
    return list(found)
