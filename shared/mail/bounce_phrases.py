"""Words of many languages by which mail systems say that a mail did not arrive, in lower case."""

from __future__ import annotations

from shared.mail.listed import listed

# How subjects of bounces begin.
SUBJECTS = listed(
    """
    bounce] | bounced | bounce notification | bounce: | message you sent blocked | message blocked
    message rejected | your message was not delivered | your message wasn't delivered
    your message couldn't be delivered | notice: mail delivery | mail delivery notification
    delivery status | delivery has failed | message delivery has failed | mail failure
    there was an error sending | error in your mail | problem delivering | problems delivering
    unable to send | unsuccessful | couldn't send | could not be sent | your mail could not
    warning: delayed | zustellstatus | auslieferungsstatus
    message failed | email failed | could not process | mail processing error | mail transport
    メール配信に失敗 | メッセージを配信できません | メールが送信できません | 宛先不明 | エラーメール
    送信エラー | 配送エラー | メール送信エラー | 返送 | 投递状态 | 投递通知 | 发送失败 | 傳送失敗
    无法发送 | 系統退信 | 寄件失敗 | 自動返信：配信不能
    undelivered mail | undeliverable | undeliverable: | undelivered: | undelivered message
    undeliverable mail | undeliverable message | delivery status notification | delivery failure
    delivery failed | delivery error | delivery notification | delivery report | delivery delayed
    delivery of_ | mail delivery fail | mail delivery problem | mail delivery error
    mail delivery status | mail delivery delayed | mail delivery_ | mail delivery system
    mail failure | mail not deliver | mail could not be delivered | mail system error | mail error
    mail status report | mail: delivery | failure notice | failure delivery | failure to deliver
    failed delivery | failed mail | failed to deliver | failed message | message delivery
    message not delivered | message delayed | message could not | message undeliverable
    message status | non delivery | non-delivery | nondelivery | non-deliverable
    nondeliverable mail | returned mail | returned to sender | returned message | returned email
    return mail | rejected mail | rejected message | rejected: | bounced mail | bounced message
    bounce message | warning: could not send | warning: message | warning - delayed | delayed mail
    delayed message | could not send message | could not deliver | couldn't deliver
    cannot deliver | unable to deliver | unable to process | unknown user | user unknown
    unknown address | notification:_ | invalid recipient | permanent delivery failure
    permanent fatal | your message to | your email could not | your message could not
    undelivarable | undelivrable | dsn: | smtp mail failed | smtp error
    notice of delivery failure | email delivery | e-mail delivery | error sending
    error delivering | nachricht nicht zugestellt | nicht zustellbar | unzustellbar
    unzustellbare | zustellung fehlgeschlagen | zustellfehler | fehlgeschlagene zustellung
    mail nicht zustellbar | e-mail konnte nicht | unzustellbarkeit | ihre nachricht konnte nicht
    non remis | message non remis | non distribuable | non distribué | échec de la remise
    échec de remise | échec de distribution | avis de non-remise | courrier non remis
    notification d'échec | no se puede entregar | no se pudo entregar | no entregado
    no entregable | correo no entregado | mensaje no entregado | error de entrega
    fallo en la entrega | entrega fallida | notificación de estado de entrega | devolución
    non recapitabile | impossibile recapitare | mancato recapito | mancata consegna
    recapito non riuscito | messaggio non recapitato | avviso di mancata consegna | não entregue
    não foi possível entregar | não é possível entregar | falha na entrega | mensagem não entregue
    entrega não | onbestelbaar | niet bezorgd | bericht niet bezorgd | bezorging mislukt
    kon niet worden bezorgd | niedostarczone | nie można dostarczyć | niedostarczona
    wiadomość niedostarczona | nieudane dostarczenie | zwrot wiadomości | nie dostarczono
    недоставленное | не доставлено | недоставлено | не удалось доставить | сообщение не доставлено
    ошибка доставки | уведомление о недоставке | невозможно доставить | teslim edilemedi
    iletilemedi | teslim edilemeyen | teslimat başarısız | kan inte levereras | ej levererat
    oleverans | olevererbart | det gick inte att leverera | leveransfel | meddelandet kunde inte
    returnerat | kan ikke leveres | ikke leveret | kunne ikke leveres | uleverbar | ikke levert
    kan ikke levere | levering mislykkedes | toimitus epäonnistui | ei voitu toimittaa
    toimittamaton | viestiä ei | nedoručitelné | nedoručiteľné | nelze doručit | nedoručeno
    nedoručená | nebolo možné doručiť | kézbesíthetetlen | nem kézbesíthető
    sikertelen kézbesítés | a kézbesítés | nelivrabil | nelivrat | mesaj nelivrat
    imposibil de livrat | δεν είναι δυνατή η παράδοση | μη παραδοτέο | αποτυχία παράδοσης
    δεν παραδόθηκε | לא ניתן למסור | לא נמסר | ההודעה לא נמסרה | כשל במסירה | אין אפשרות למסור
    تعذر التسليم | تعذر تسليم | لم يتم التسليم | لم يتم تسليم | غير قابل للتسليم | فشل التسليم
    فشل تسليم | رسالة مرتجعة | تعذّر تسليم | 退信 | 系统退信 | 無法傳遞 | 无法投递 | 未送达
    無法送達 | 未傳遞的郵件 | 未能送达 | 邮件投递失败 | 投递失败 | 郵件退回 | 被退回 | 配信不能
    配信できません | 配信失敗 | 送信できませんでした | 不達 | 未配信 | メール配信エラー | 配達不能
    반송 | 배달되지 | 전송 실패 | 배달 못함 | 배달할 수 없음 | 전달되지 않음 | 메일 전송 실패
    không gửi được | thư không gửi được | gagal terkirim | tidak terkirim | ส่งไม่ได้ | ไม่สามารถส่ง
    mail returned | could not be delivered | non-distribution | not delivered: | mailer-daemon
    automatically rejected mail | postmaster notify | e-mail returned
    """
)

# What the texts of bounces say, anywhere in their beginning.
TEXTS = listed(
    """
    delayed recipients | fehler bei der nachrichtenzustellung | the server said | has been blocked
    could not be completed | unable to complete | unable to relay | relaying prohibited | bounced
    message size exceeds | exceeds size limit | too large | mailbox disabled | account disabled
    account is disabled | inactive user | not a valid mailbox | not a valid user | is not accepting
    no longer available | delivery attempts | giving up on it | gave up | retry timeout exceeded
    all relevant mx | domain not found | no valid recipients | returning your mail | is returned
    宛先不明 | 配送できません | 届きません | 送れません | お届けできません | メールアドレスが存在
    投递失敗 | 收件人不存在 | 邮箱不存在 | 无法送到 | 无法发送到
    could not be delivered | couldn't be delivered | could not deliver | wasn't delivered
    was not delivered | not been delivered | unable to deliver | not able to deliver
    delivery to the following | delivery has failed | delivery failed | failed permanently
    permanent fatal error | permanent error | fatal errors | undeliverable | undelivered
    cannot be delivered | can't be delivered | cannot deliver | can not be delivered
    delivery failure | delivery error | error while attempting to deliver
    did not reach the following | did not reach | qmail-send program | mail system at host
    returned to sender | returned mail | message that you sent could not | unable to be delivered
    recipient rejected | user unknown | unknown user | no such user | unknown recipient
    recipient unknown | mailbox unavailable | mailbox not found | address rejected
    account does not exist | mailbox full | over quota | does not exist | doesn't exist
    user not found | recipient not found | unrouteable address | unroutable | quota exceeded
    exceeded storage | mailbox is full | inbox is full | host unknown | name server
    relaying denied | relay access denied | not listed in | no mailbox here | invalid recipient
    invalid mailbox | message rejected | rejected by | was rejected | blocked by
    message was delayed | delivery is delayed | delivery has been delayed | has been delayed
    still being retried | not yet been delivered | not delivered | could not send | non-delivery
    nondelivery | bad destination | transmission failed | message could not be
    message was undeliverable | smtp error from remote | remote host said | transcript of session
    konnte nicht zugestellt | nicht zugestellt werden | zustellung an folgende | unzustellbar
    nicht ausgeliefert | n'a pas pu être remis | pas pu être distribué | n'a pu être remis
    non remis | échec définitif | n'a pas été remis | no se pudo entregar
    no se ha podido entregar | no pudo ser entregado | no se puede entregar
    non è stato possibile | non può essere recapitato | impossibile recapitare
    impossibile consegnare | mancata consegna | não pôde ser entregue | não foi entregue
    não foi possível entregar | kon niet worden bezorgd | niet worden afgeleverd
    kan niet worden bezorgd | nie mogła zostać dostarczona | nie można dostarczyć
    nie została dostarczona | не может быть доставлено | не было доставлено | не удалось доставить
    невозможно доставить | не доставлено | teslim edilemedi | iletilemedi | kunde inte levereras
    inte levereras | kunne ikke leveres | ikke leveres | ei voitu toimittaa | nelze doručit
    nebylo možné doručit | nem kézbesíthető | nem sikerült kézbesíteni | δεν μπόρεσε να παραδοθεί
    δεν παραδόθηκε | לא נמסרה | לא ניתן למסור | تعذر تسليم | لم يتم تسليم | لم يتم توصيل
    无法投递 | 无法送达 | 退信 | 退回 | 無法傳遞 | 無法送達 | 投递失败 | 配信できません
    配信されません | 送信できません | エラーメッセージ | メールを配信 | 送信先 | 見つかりません
    전송하지 못 | 배달하지 못 | 배달되지 | 반송 | 전달할 수 없
    """
)

# What says that the system still tries.
DELAYED = listed(
    """
    delayed | warning message only | still being retried | not yet been delivered
    will continue to | will be retried | do not need to resend | (delay) | temporarily
    will retry | wird weiterhin versucht | verzögert | retardé | retrasado | ritardo | vertraagd
    opóźnion | отложен | задерж | تأخر | 延迟 | 遅延 | 지연
    """
)

# What says that it gave up.
FOR_GOOD = listed(
    """
    permanent | fatal | failed | failure | undeliverable | user unknown | no such user
    """
)

# Below these lines the text is the mail that came back, not what is said about it.
RETURNED = listed(
    """
    below this line is a copy | this is a copy of the message | original message | message header
    unsent message | returned message | original-recipient | ------ this is a copy
    returned mail follows | message header follows | the header of the original
    copy of the original | message headers follow
    """
)

# How the display names of mail systems begin.
DAEMON_NAMES = listed(
    """
    mail delivery su | mail delivery sy | mailer-daemon | mailer daemon | system administrator
    microsoft outlook | postmaster | mail administrator | mail delivery | delivery subsystem
    mail router | mailsystem | email delivery
    """
)

# How a mail system begins to explain itself; a person who writes about a bounce greets first.
OPENINGS = listed(
    """
    your message | your mail | your e-mail | your email | the following | this message | this mail
    this is an auto | this is a | this report | the original message | the message | i tried to
    i'm sorry to have | i am sorry to have | sorry, we | sorry, i | hi. this is | delivery to
    ----- | message could not | message from | a message that you | the mail system | an error
    ihre nachricht | die folgende | diese nachricht | votre message | le message | ce message
    su mensaje | el mensaje | este mensaje | il messaggio | il tuo messaggio | questo messaggio
    sua mensagem | a mensagem | esta mensagem | uw bericht | het bericht | wiadomość | twoja
    ваше | сообщение | это письмо | iletiniz | ditt meddelande | meddelandet | din meddelelse | viestisi
    vaše zpráva | az ön | το μήνυμά | ההודעה | رسالتك | تعذر | 您的 | 您发 | 很抱歉 | 次の | 以下の | 宛先
    お送り | 귀하 | 보내신 | thư của bạn | pesan anda
    """
)
