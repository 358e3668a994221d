"""Words of many languages by which mail programs mark what they quote, forward, sign and answer.

Facts, in lower case. Languages at least: English, Arabic, French, German, Spanish, Italian,
Portuguese, Dutch, Polish, Russian, Ukrainian, Turkish, Swedish, Danish, Norwegian, Finnish, Czech,
Slovak, Hungarian, Romanian, Greek, Hebrew, Chinese, Japanese, Korean, Vietnamese, Thai, Indonesian.
"""

from __future__ import annotations

# Labels of the header block that Outlook and others put above what they quote, by what they label.
HEADER_LABELS: dict[str, str] = {}
for _role, _labels in {
    "from": "from von de da van od от від från fra lähettäjä kimden gönderen feladó από מאת من 发件人"
    " 寄件者 寄件人 發件人 差出人 送信者 보낸사람 보낸 사람|보낸이 từ dari จาก de la|expéditeur|remetente"
    "|remitente|mittente|nadawca|odesílatel|отправитель|afzender|avsändare|afsender|από|المرسل|expeditor"
    "|absender|od koho",
    "date": "sent gesendet envoyé enviado inviato verzonden wysłano data date datum fecha дата отправлено"
    " надіслано skickat sendt lähetetty päivämäärä gönderildi gönderilme tarih odesláno odoslané dátum"
    " küldve elküldve ημερομηνία εστάλη στάλθηκε תאריך נשלח أرسلت تاريخ التاريخ الإرسال 发送时间 日期 时间"
    " 寄件日期 傳送時間 送信日時 日時 送信日 日付 날짜 보낸날짜 보낸시간 trimis ngày dikirim tanggal วันที่ dato"
    " päiväys|enviada em|enviado el|enviado em|data invio|gönderme tarihi|تم الإرسال|تاريخ الإرسال"
    "|보낸 날짜|envoyé le|sent on|gesendet am|sendt den|sent date|dnia|data wysłania|odoslané dňa|ส่ง",
    "to": "to an à a aan do кому till til vastaanottaja kime alıcı komu címzett προς אל إلى 收件人 收件者"
    " 宛先 받는사람 수신 către đến kepada ถึง para per k|받는 사람|destinataire|destinatário|destinatario"
    "|destinatari|kopie an|المستلم|الى|naar",
    "cc": "cc kopie kopia kopio copie копия kopi bilgi másolat κοιν κοινοποίηση עותק نسخة 抄送 副本 참조"
    " cc： c.c dw dw. copia copy копія bcc cci bilgi kopi til",
    "subject": "subject betreff objet asunto oggetto assunto onderwerp temat тема ämne emne aihe konu"
    " předmět predmet tárgy θέμα נושא الموضوع موضوع 主题 主旨 主題 件名 제목 subiect chủ_đề subjek perihal"
    " เรื่อง betr. re sujet|chủ đề|objekt",
    "other": "reply-to organization importance priority attachments anlagen wichtigkeit pièces_jointes"
    " newsgroups message-id antwort_an répondre_à allegati adjuntos anexos bijlagen приоритет важность"
    " المرفقات 附件 添付ファイル",
}.items():
    for _group in _labels.split("|"):
        for _word in _group.split() if _group is _labels.split("|")[0] else [_group]:
            HEADER_LABELS.setdefault(_word.replace("_", " "), _role)
del _role, _labels, _group, _word

# "wrote", as whole words; in languages without spaces as parts of the line (below).
WROTE_WORDS = frozenset(
    "wrote writes said schrieb geschrieben écrit escribió escribio scritto escreveu schreef geschreven"
    " napisał napisała napisał(a) написал написала написал(а) писал пишет пише написав написала skrev"
    " skrifaði kirjoitti yazdı yazmış napsal napsal(a) napsala napísal napísal(a) napísala írta έγραψε"
    " כתב כתבה כתב/ה כתבת كتب كتبت scris написа viết menulis a_écrit ecrit escribe escreve scrive"
    " schreibt geschrieben: rašė kirjutas rakstīja napisao napisala je_napisao napisao/la пише: yazdi"
    " skreiv sanoi yazıyor piše".replace("_", " ").split(),
)
WROTE_PARTS = ("写道", "寫道", "写：", "のメール", "が書きました", "は書きました", "さんは", "님이 작성", "작성:",
               "님이 쓴", "wrote", "เขียนว่า", "เขียน", "đã viết", "のメッセージ", "からのメール")  # fmt: skip

# First words of attribution lines.
OPENERS = (
    "on ", "am ", "le ", "el ", "em ", "il ", "op ", "den ", "dnia ", "w dniu ", "dne ", "dňa ", "v ",
    "στις ", "la data ", "pe ", "la ", "в ", "у ", "ב", "בתאריך", "في ", "بتاريخ ", "quoting ", "tarihinde",
    "vào ", "pada ", "เมื่อ", "på ", "kl", "za ", "at ", "um ", "il giorno", "à ", "data ", "u ", "dana ",
    "ma ", "ti ", "ke ", "to ", "pe ", "la ", "su ", "zo ", "vr ", "wo ", "di ", "do ", "lun", "mar",
    "mié", "jue", "vie", "sáb", "dom", "mån", "tis", "ons", "tor", "fre", "lör", "sön", "man", "lør",
    "søn", "po ", "út ", "st ", "čt ", "pá ", "so ", "ne ", "пн", "вт", "ср", "чт", "пт", "сб", "вс",
    "selon ", "從", "于", "在", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "date:", "ha scritto",
    "2024년", "20", "19",
)  # fmt: skip

# What stands between the dashes of "-----Original Message-----".
ORIGINAL = frozenset(
    "original message|originalnachricht|ursprüngliche nachricht|ursprungliche nachricht"
    "|original-nachricht|originale nachricht|message d'origine|message original|message d’origine"
    "|mensaje original|messaggio originale|messaggio original|mensagem original"
    "|oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht|originele bericht"
    "|wiadomość oryginalna|oryginalna wiadomość|original wiadomość|пересылаемое сообщение"
    "|исходное сообщение|оригинальное сообщение|первоначальное сообщение|вихідне повідомлення"
    "|originalmeddelande|ursprungligt meddelande|original meddelelse|oprindelig meddelelse"
    "|oprindelig besked|original besked|opprinnelig melding|original melding|alkuperäinen viesti"
    "|alkuperäinen sanoma|původní zpráva|původní e-mail|pôvodná správa|eredeti üzenet"
    "|mesaj original|mesajul original|αρχικό μήνυμα|αρχικο μηνυμα|הודעה מקורית|ההודעה המקורית"
    "|الرسالة الأصلية|رسالة أصلية|الرسالة الاصلية|النص الأصلي|orijinal mesaj|özgün ileti|orjinal mesaj"
    "|özgün mesaj|原始邮件|原始郵件|原邮件|邮件原件|元のメッセージ|original message text|원본 메시지|원본 메일"
    "|원본메일|원본 메세지|original email|original mail|original-mail|tin nhắn gốc|thư gốc|pesan asli"
    "|ข้อความต้นฉบับ|ข้อความเดิม|reply message|replied message|回复的原邮件|回复的邮件|mensaje citado"
    "|izvorna poruka|originalna poruka|izvirno sporočilo|original appointment|转发邮件信息".split(
        "|"
    ),
)
# What stands between the dashes of a forwarded message, or alone on its line.
FORWARDED = frozenset(
    "forwarded message|begin forwarded message|weitergeleitete nachricht|anfang der weitergeleiteten "
    "nachricht|weitergeleitete e-mail|message transféré|début du message transféré|début du message "
    "réexpédié|message réexpédié|mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato"
    "|inizio messaggio inoltrato|inizio del messaggio inoltrato|mensagem encaminhada|mensagem reenviada"
    "|início da mensagem encaminhada|início da mensagem reenviada|doorgestuurd bericht|begin "
    "doorgestuurd bericht|doorgezonden bericht|wiadomość przekazana dalej|początek przekazywanej "
    "wiadomości|początek wiadomości przekazanej|przekazana wiadomość|пересланное сообщение"
    "|пересылаемое сообщение|начало переадресованного сообщения|перенаправленное сообщение"
    "|переслане повідомлення|vidarebefordrat meddelande|vidarebefordrat brev|videresendt meddelelse"
    "|videresendt besked|start på videresendt besked|videresendt melding|start på videresendt melding"
    "|edelleenlähetetty viesti|välitetty viesti|välitetty viesti alkaa|přeposlaná zpráva|začátek "
    "přeposlané zprávy|preposlaná správa|továbbított üzenet|továbbított levél kezdete|mesaj redirecționat"
    "|mesaj transmis|προωθημένο μήνυμα|έναρξη προωθημένου μηνύματος|הודעה שהועברה|ההודעה שהועברה"
    "|תחילת ההודעה שהועברה|رسالة معاد توجيهها|رسالة مُعاد توجيهها|بداية الرسالة المعاد توجيهها"
    "|الرسالة المعاد توجيهها|رسالة محولة|iletilmiş mesaj|iletilen mesaj|yönlendirilmiş ileti|iletilen "
    "ileti|转发邮件|轉寄郵件|转发的邮件|轉寄的郵件|开始转发邮件|以下为转发邮件|転送されたメッセージ|転送メッセージ"
    "|전달된 메시지|전달된 메일|전달된 이메일|tin nhắn được chuyển tiếp|bắt đầu thư chuyển tiếp"
    "|pesan terusan|pesan yang diteruskan|ข้อความที่ส่งต่อ|forwarded mail|forwarded by|fwd message"
    "|proslijeđena poruka|posredovano sporočilo|weitergeleitet|vidarebefordrat mejl|forwarded email"
    "|inizio messaggio inoltrato:".split("|"),
)

# Footers that mail programs add by themselves: the beginnings of a short last line.
MOBILE_FOOTERS = (
    "sent from my ", "sent from ", "sent with ", "sent via ", "sent using ", "get outlook for",
    "sent on the go", "sent by ", "von meinem ", "gesendet von ", "gesendet mit ", "gesendet aus ",
    "gesendet über ", "diese nachricht wurde von", "holen sie sich outlook", "outlook für",
    "envoyé de mon ", "envoyé depuis ", "envoyé à partir ", "envoyé avec ", "télécharger outlook",
    "obtenir outlook", "provenant d'un", "enviado desde ", "enviado con ", "enviado a través",
    "obtener outlook", "inviato da ", "inviato dal ", "inviato con ", "inviato tramite ",
    "scarica outlook", "ottieni outlook", "enviado do ", "enviado pelo ", "enviado de ",
    "enviada do ", "obter o outlook", "verzonden vanaf ", "verstuurd vanaf ", "verzonden met ",
    "verstuurd met ", "verzonden via ", "outlook voor ", "downloaden outlook", "wysłane z ",
    "wysłano z ", "wysłano za pomocą", "pobierz outlook", "pobierz aplikację outlook",
    "отправлено с ", "отправлено из ", "отправлено от ", "послано с ", "надіслано з ",
    "skickat från ", "skickades från ", "skaffa outlook", "hämta outlook", "sendt fra ",
    "sendt med ", "få outlook", "hent outlook", "lähetetty ", "hanki outlook", "odesláno z ",
    "odoslané z ", "odeslano z ", "získat outlook", "stáhnout outlook", "elküldve az ",
    "küldve ", "elküldve a ", "trimis de pe ", "στάλθηκε από ", "εστάλη από ", "λήψη του outlook",
    "נשלח מה", "נשלח מ", "قم بتنزيل outlook", "تم الإرسال من ", "أُرسلت من ", "أرسلت من ", "أرسل من ",
    "مرسل من ", "مُرسل من ", "تم إرسالها من", "أُرسل من", "الحصول على outlook", "iphone'umdan",
    "ipad'imden", "samsung cihazımdan", "outlook'u edinin", "从我的", "发自我的", "发自 ", "發自我的",
    "從我的", "传送自", "傳送自", "寄自", "iphoneから送信", "ipadから送信", "androidから送信",
    "私のiphoneから", "나의 iphone에서", "내 iphone에서", "내 ipad에서", "iphone에서 보냄",
    "삼성 galaxy", "đã gửi từ ", "gửi từ ", "dikirim dari ", "ส่งจาก", "poslano z ", "poslano s ",
    "poslato sa ", "изпратено от ", "trimis din ", "saadetud minu", "nosūtīts no", "išsiųsta iš",
    "yahoo mail", "enviado desde mi", "mit freundlichen grüßen von meinem", "iphoneから",
)  # fmt: skip

# Subject prefixes of answers and of forwards, without the colon.
REPLY_PREFIXES = frozenset(
    "re aw sv antw vs ynt yan odp ответ отв ref res rif r bls balas atb vá va σχετ απ 回复 回覆 答复 答覆"
    " 返信 답장 회신 رد תגובה השב tr. hồi_đáp trả_lời תשובה reply antwort svar odpověď odpoveď på reply_to"
    " отг пере re- על الرد на 回復 vastaus suj".replace("_", " ").split(),
)
FORWARD_PREFIXES = frozenset(
    "fw fwd wg tr rv enc i vb vl vs doorst pd πρθ πρ 转发 轉寄 転送 전달 إعادة_توجيه تحويل הועבר העברה"
    " fwd. переслать пересл перес. ilt ilt. továbbítás továbbít fs trs reenv inoltro weitergeleitet"
    " doorgestuurd přeposlat chuyển_tiếp".replace("_", " ").split(),
)
