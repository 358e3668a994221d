"""Words of many languages by which mail programs mark what they quote, forward, sign and answer.

Facts, in lower case, "|" between phrases; "_" at the end of one stands for a space. Languages at least:
English, Arabic, French, German, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Ukrainian,
Turkish, Swedish, Danish, Norwegian, Finnish, Czech, Slovak, Hungarian, Romanian, Greek, Hebrew,
Chinese, Japanese, Korean, Vietnamese, Indonesian, Thai, Bulgarian, Croatian, Slovene, Catalan.
"""

from __future__ import annotations

from shared.mail.listed import listed

# Labels of the header block that Outlook and others put above what they quote, by what they label.
_LABELS = {
    "from": """
        from | von | absender | de | da | expéditeur | remitente | remetente | mittente | van
        afzender | od | nadawca | от | отправитель | від | kimden | gönderen | från | avsändare
        fra | afsender | avsender | lähettäjä | keneltä | odesílatel | odosielateľ | feladó
        de la | expeditor | από | αποστολέας | מאת | من | المرسل | 发件人 | 寄件者 | 寄件人
        發件人 | 差出人 | 送信者 | 보낸 사람 | 보낸사람 | 발신 | 발신자 | 보낸이 | từ | người gửi
        dari | pengirim | จาก | подател | šalje | pošiljatelj
    """,
    "date": """
        sent | date | sent on | gesendet | gesendet am | datum | envoyé | envoyé le | date d'envoi
        enviado | enviado el | enviado em | enviada em | enviada | fecha | data | inviato
        data invio | verzonden | verzonden op | wysłano | data wysłania | wysłane | отправлено
        дата | дата отправки | надіслано | відправлено | gönderildi | gönderilme tarihi
        gönderme tarihi | tarih | skickat | sendt | sendt den | dato | sent date | lähetetty
        päivämäärä | päiväys | pvm | odesláno | odoslané | dátum | dňa | küldve | elküldve
        küldés dátuma | trimis | trimis la | data trimiterii | στάλθηκε | εστάλη | ημερομηνία
        נשלח | תאריך | تم الإرسال | تاريخ الإرسال | أرسلت | أُرسلت | التاريخ | تاريخ
        تاريخ الارسال | 发送时间 | 发送日期 | 日期 | 时间 | 傳送時間 | 寄件日期 | 時間 | 送信日時
        日時 | 送信日 | 日付 | 보낸 날짜 | 보낸날짜 | 보낸 시간 | 날짜 | 발송 | đã gửi | ngày
        ngày gửi | dikirim | tanggal | ส่ง | วันที่ | изпратено | poslano | enviat el
    """,
    "to": """
        to | an | empfänger | à | a | destinataire | para | destinatario | destinatário | aan
        naar | do | adresat | кому | получатель | kime | alıcı | till | til | mottagare | modtager
        mottaker | vastaanottaja | kenelle | komu | pro | címzett | către | catre | προς | אל | ל
        إلى | الى | المستلم | 收件人 | 收件者 | 宛先 | 받는 사람 | 받는사람 | 수신 | 수신자 | đến
        tới | kepada | untuk | ถึง | do koho | za | per a
    """,
    "cc": """
        cc | c.c. | cc: | kopie | kopie an | kopia | copie | copie à | copia | copia a | cópia
        dw | kopi | kopi til | bilgi | kopio | másolat | másolatot kap | κοιν | κοιν.
        κοινοποίηση | копия | копія | עותק | העתק | نسخة | نسخة إلى | نسخة كربونية | 抄送 | 副本
        抄送人 | 참조 | đồng gửi | tembusan | สำเนา | bcc | cci | cco | ccn | bilgi (cc)
        kopia till | samt till | na vědomí | kópia
    """,
    "subject": """
        subject | betreff | betr. | objet | sujet | asunto | oggetto | assunto | onderwerp | temat
        тема | konu | ämne | emne | aihe | otsikko | předmět | predmet | tárgy | subiect | θέμα
        נושא | הנדון | الموضوع | موضوع | 主题 | 主旨 | 標題 | 件名 | 题目 | 제목 | chủ đề
        tiêu đề | subjek | perihal | เรื่อง | относно | naslov | zadeva | assumpte
    """,
    "other": """
        reply-to | reply to | organization | organisation | importance | priority | attachments
        antwort an | anlagen | wichtigkeit | priorität | répondre à | pièces jointes | allegati
        responder a | adjuntos | datos adjuntos | anexos | importancia | prioridade | bijlagen
        załączniki | ważność | вложения | важность | приоритет | ekler | önem | bifogade filer
        bilagor | vedhæftede filer | vedlegg | liitteet | přílohy | mellékletek | atașamente
        συνημμένα | קבצים מצורפים | المرفقات | مرفقات | الأهمية | 附件 | 重要性 | 添付ファイル
        첨부 파일 | newsgroups | message-id | mailed-by | signed-by | resent-from | list-id
        x-mailer | when | where
    """,
}
HEADER_LABELS = {
    phrase: role for role, block in reversed(_LABELS.items()) for phrase in listed(block)
}

# "wrote", as whole words; where a language parts no words, as parts of the line.
WROTE_WORDS = frozenset(
    listed(
        """
        wrote | writes | schrieb | schreibt | écrit | ecrit | escribió | escribio | escribe
        scritto | scrive | escreveu | escreve | schreef | napisał | napisała | napisał(a
        napisał/a | pisze | написал | написала | написал(а | написав | писал | писала | пишет
        пише | написа | yazdı | yazmış | yazdi | yazıyor | skrev | kirjoitti | napsal | napsala
        napsal(a | napísal | napísala | napísal(a | írta | έγραψε | έγραψαν | כתב | כתבה | כתב/ה
        כתבת | كتب | كتبت | كتب/ت | scris | viết | menulis | napisao | napisala | je napisao
        napisal | va escriure | ha scritto | skrifaði | rašė | kirjutas | rakstīja | نوشت | skrev:
        schrieb: | wrote:
        """
    )
)

WROTE_PARTS = listed(
    """
    كتابة ما يلي | 写道 | 寫道 | 写到 | のメール | 書きました | 님이 작성 | 작성: | 님이 쓴 | 님의 말
    เขียนว่า | เขียน | đã viết | のメッセージ | さんは | wrote:
    """
)

# First words of attribution lines, and weekdays with which some programs begin them.
OPENERS = listed(
    """
    on_ | am_ | le_ | el_ | em_ | il_ | op_ | den_ | dnia_ | w dniu_ | dne_ | dňa_ | v_ | στις_
    την_ | la data_ | pe_ | la_ | în_ | в_ | у_ | ב- | ב־ | בתאריך | ביום | في_ | بتاريخ_ | في
    vào_ | pada_ | เมื่อ | på_ | kl. | kl_ | za_ | at_ | à_ | data_ | u_ | dana_ | ma_ | su_ | zo_
    vr_ | wo_ | di_ | do_ | lun | mar | mer | jeu | ven | sam | dim | mié | jue | vie | sáb | sab
    dom | gio | seg | ter | qua | qui | sex | mån | tis | ons | tor | fre | lör | sön | man | lør
    søn | po_ | út_ | st_ | čt_ | pá_ | so_ | ne_ | pon | wt | śr | czw | pt | sob | niedz | пн
    вт | ср | чт | пт | сб | вс | понедельник | вторник | среда | четверг | пятница | суббота
    воскресенье | selon_ | 從 | 于 | 在 | mon | tue | wed | thu | fri | sat | sun | quoting_
    zitat_ | citando_ | citat_ | ti_ | ke_ | to_ | ha scritto | montag | dienstag | mittwoch
    donnerstag | freitag | samstag | sonntag | from_ | von_ | dia_ | no dia_ | às_ | dňa | ter,
    """
)

# What stands between the dashes of "-----Original Message-----".
ORIGINAL = frozenset(
    listed(
        """
        original message | original email | original mail | original appointment | reply message
        replied message | ursprüngliche nachricht | ursprungliche nachricht | originalnachricht
        original-nachricht | original nachricht | originale nachricht | originalmail
        original-mail | message d'origine | message d’origine | message original | message initial
        mensaje original | mensaje citado | messaggio originale | messaggio original
        mensagem original | oorspronkelijk bericht | oorspronkelijke bericht | origineel bericht
        originele bericht | wiadomość oryginalna | oryginalna wiadomość
        treść oryginalnej wiadomości | исходное сообщение | оригинальное сообщение
        первоначальное сообщение | исходное письмо | вихідне повідомлення
        оригінальне повідомлення | orijinal mesaj | orjinal mesaj | özgün ileti | özgün mesaj
        originalmeddelande | ursprungligt meddelande | originalmeddelelse | original meddelelse
        oprindelig meddelelse | oprindelig besked | original besked | opprinnelig melding
        original melding | alkuperäinen viesti | alkuperäinen sanoma | původní zpráva
        původní e-mail | pôvodná správa | eredeti üzenet | mesaj original | mesajul original
        mesaj inițial | αρχικό μήνυμα | αρχικο μηνυμα | הודעה מקורית | ההודעה המקורית | הודעת מקור
        الرسالة الأصلية | الرسالة الاصلية | رسالة أصلية | النص الأصلي | 原始邮件 | 原始郵件
        原邮件 | 邮件原件 | 原始信件 | 原始訊息 | 回复的原邮件 | 元のメッセージ
        オリジナルメッセージ | 원본 메시지 | 원본 메세지 | 원본 메일 | 원본메일 | 원본 이메일
        tin nhắn gốc | thư gốc | pesan asli | ข้อความต้นฉบับ | ข้อความเดิม | оригинално съобщение
        izvorna poruka | originalna poruka | izvirno sporočilo | missatge original | پیام اصلی
        """
    )
)

# What stands between the dashes above a message that is passed on, or alone on its line.
FORWARDED = frozenset(
    listed(
        """
        forwarded message | begin forwarded message | forwarded mail | forwarded email
        fwd message | weitergeleitete nachricht | anfang der weitergeleiteten nachricht
        weitergeleitete e-mail | message transféré | début du message transféré
        début du message réexpédié | message réexpédié | mensaje reenviado
        inicio del mensaje reenviado | comienza el mensaje reenviado | messaggio inoltrato
        inizio messaggio inoltrato | inizio del messaggio inoltrato | mensagem encaminhada
        mensagem reenviada | início da mensagem encaminhada | início da mensagem reenviada
        doorgestuurd bericht | begin doorgestuurd bericht | doorgezonden bericht
        wiadomość przekazana dalej | przekazana wiadomość | początek przekazywanej wiadomości
        początek wiadomości przekazanej | treść przekazanej wiadomości | пересланное сообщение
        пересылаемое сообщение | начало переадресованного сообщения | перенаправленное сообщение
        начало пересылаемого сообщения | переслане повідомлення | початок листа, що пересилається
        iletilmiş mesaj | iletilen mesaj | iletilen ileti | yönlendirilmiş ileti
        yönlendirilen mesaj | başlangıç iletilen mesaj | vidarebefordrat meddelande
        vidarebefordrat brev | vidarebefordrat mejl | vidarebefordrat mail
        början på vidarebefordrat meddelande | videresendt meddelelse | videresendt besked
        start på videresendt besked | videresendt melding | start på videresendt melding
        videresendt e-post | edelleenlähetetty viesti | välitetty viesti | välitetty viesti alkaa
        přeposlaná zpráva | předaná zpráva | začátek přeposlané zprávy | preposlaná správa
        továbbított üzenet | továbbított levél | továbbított levél kezdete | mesaj redirecționat
        mesaj transmis | începutul mesajului redirecționat | προωθημένο μήνυμα
        έναρξη προωθημένου μηνύματος | הודעה שהועברה | ההודעה שהועברה | תחילת ההודעה שהועברה
        רסאלה | رسالة معاد توجيهها | الرسالة المعاد توجيهها | بداية الرسالة المعاد توجيهها
        رسالة مُعاد توجيهها | رسالة محولة | الرسالة المحولة | بدء الرسالة المُعاد توجيهها | 转发邮件
        转发的邮件 | 转发邮件信息 | 开始转发邮件 | 轉寄郵件 | 轉寄的郵件 | 以下為轉寄郵件
        開始轉寄郵件 | 転送されたメッセージ | 転送メッセージ | 転送されたメール | 전달된 메시지
        전달된 메일 | 전달된 이메일 | 전달 메시지 | tin nhắn được chuyển tiếp | thư đã chuyển tiếp
        bắt đầu thư chuyển tiếp | pesan terusan | pesan yang diteruskan
        awal pesan yang diteruskan | ข้อความที่ส่งต่อ | препратено съобщение | proslijeđena poruka
        posredovano sporočilo | missatge reenviat
        """
    )
)

# Footers that mail programs add by themselves: how such a short last line begins.
MOBILE_FOOTERS = listed(
    """
    sent from_ | sent with_ | sent via_ | sent using_ | sent by_ | get outlook for | von meinem_
    gesendet von_ | gesendet mit_ | gesendet aus_ | gesendet über_ | diese nachricht wurde von_
    holen sie sich outlook | outlook für_ | envoyé de_ | envoyé depuis_ | envoyé à partir_
    envoyé avec_ | télécharger outlook | obtenez outlook | obtenir outlook | provenance :_
    enviado desde_ | enviado con_ | enviado a través_ | obtener outlook | obtén outlook
    inviato da_ | inviato dal_ | inviato con_ | inviato tramite_ | scarica outlook
    ottieni outlook | enviado do_ | enviado pelo_ | enviado de_ | enviado a partir_ | enviada do_
    obter o outlook | baixar o outlook | verzonden vanaf_ | verstuurd vanaf_ | verzonden met_
    verstuurd met_ | verzonden via_ | outlook voor_ | download outlook | outlook downloaden
    wysłane z_ | wysłano z_ | wysłane za pomocą_ | wysłano za pomocą_ | pobierz outlook
    pobierz aplikację outlook | отправлено с_ | отправлено из_ | отправлено от_ | послано с_
    скачать outlook | надіслано з_ | відправлено з_ | skickat från_ | skickades från_
    skaffa outlook | hämta outlook | sendt fra_ | sendt med_ | sendt via_ | få outlook
    hent outlook | lähetetty_ | hanki outlook | odesláno z_ | odoslané z_ | odeslano z_
    získejte outlook | stáhnout outlook | elküldve_ | küldve_ | küldte:_ | az iphone
    trimis de pe_ | trimis din_ | descărcați outlook | στάλθηκε από_ | εστάλη από_ | αποστολή από_
    λήψη του outlook | נשלח מ | קבל את outlook | تم الإرسال من_ | تم الارسال من_ | أُرسلت من_
    أرسلت من_ | أُرسل من_ | أرسل من_ | مرسل من_ | مُرسل من_ | تم إرسالها من_ | تم إرساله من_
    مرسلة من_ | قم بتنزيل outlook | الحصول على outlook | احصل على outlook | iphone'umdan_
    ipad'imden_ | samsung mobil_ | outlook'u edinin | 从我的 | 发自我的 | 发自_ | 来自我的
    發自我的 | 從我的 | 傳送自 | 寄自 | iphoneから送信 | ipadから送信 | androidから送信
    私のiphone | 스마트폰에서 | 나의 iphone에서 | 내 iphone에서 | 내 ipad에서 | iphone에서_
    ipad에서_ | android용 outlook | ios용 outlook | đã gửi từ_ | gửi từ_ | được gửi từ_
    dikirim dari_ | ส่งจาก | poslano z_ | poslano s_ | poslato sa_ | изпратено от_ | enviat des_
    gesendet von meinem | ارسال شده از
    """
)

# What such footers name: devices and programs. Names are the same in all languages.
PRODUCTS = listed(
    """
    iphone | ipad | ipod | apple | android | samsung | galaxy | huawei | xiaomi | redmi | oppo | vivo
    oneplus | motorola | nokia | lumia | sony | xperia | htc | lg | blackberry | windows | outlook
    yahoo | gmail | google | aol | gmx | web.de | mail.ru | mail app | mail for | mail von | proton
    tutanota | tuta | spark | superhuman | airmail | mailbird | newton | nine | bluemail | blue mail
    k-9 | k9 | fairemail | thunderbird | zoho | front | missive | hey | edison | canary | mailspring
    evolution | typemail | boxer | nylas | polymail | cloudmagic | mobile | phone | tablet | smart
    handy | telefon | téléphone | móvil | movil | celular | cellulare | telefono | telefoon | puhelin
    телефон | мобил | хуавей | почт | هاتف | الجوال | جوال | آيفون | ايفون | iphone الخاص | 手机 | 手機
    スマホ | スマートフォン | 携帯 | 휴대 | 스마트폰 | điện thoại | ponsel | device | gerät
    appareil | dispositivo
    cihaz | apparaat | enhet | laite | zařízen | urządzen | készülék | συσκευ | κινητό | app | workspace
    """
)

# How people say that their answers stand between the lines of what they quote.
ANSWERS_BELOW = listed(
    """
    answers below | answered below | answer below in | comments below | my comments in | responses below
    replies below | replied below | see inline | answers inline | comments inline | replied inline
    inline below | in-line below | response inline | responses inline | in line below | in red | in blue
    in green below | antworten unten | antworten im text | unten beantwortet | in rot | rot markiert
    in blau | réponses ci-dessous | réponses dans le texte | en rouge | en bleu | respuestas abajo
    respondo abajo | en rojo | en azul | risposte sotto | rispondo sotto | in rosso | in blu
    respostas abaixo | respondo abaixo | em vermelho | em azul | antwoorden hieronder | in het rood
    in het blauw | odpowiedzi poniżej | na czerwono | ответы ниже | отвечаю ниже | красным | kırmızı
    aşağıda cevap | svar nedan | med rött | i rött | svar nedenfor | med rødt | vastaukset alla
    punaisella | odpovědi níže | červeně | pirossal | με κόκκινο | באדום | בגוף המייל | أجبت أدناه
    الإجابات أدناه | الرد أدناه | باللون الأحمر | بالأحمر | 红色 | 紅色 | 红字 | 紅字 | 赤字 | 文中に
    빨간색 | 아래에 답변
    """
)

# Words by which people speak of themselves: such a line is a sentence, no program's attribution.
FIRST_PERSON = frozenset(
    listed(
        """
        i | i've | we | my | ich | wir | je | j'ai | nous | yo | io | ho | eu | ik | wij | jag
        jeg | я | ben
        """
    )
)

# Lines by which helpdesks ask to answer above them.
REPLY_ABOVE = listed(
    """
    reply above this line | type your reply above | write your reply above
    reply above this message | please reply above | respond above this line | add your reply above
    reply above the line | antwort über dieser zeile | antwort oberhalb dieser zeile
    antworten sie oberhalb | über dieser linie antworten | répondre au-dessus de cette ligne
    répondez au-dessus | réponse au-dessus de cette ligne | responda por encima de esta línea
    respuesta por encima de esta línea | responder por encima de esta línea
    rispondi sopra questa riga | risposta sopra questa riga | responda acima desta linha
    resposta acima desta linha | boven deze regel | powyżej tej linii | выше этой линии
    выше этой строки | bu satırın üst | ovanför den här raden | over denne linje
    اكتب ردك فوق هذا السطر | الرد فوق هذا السطر | فوق هذا الخط | מעל שורה זו | 在此行上方回复
    この行より上
    """
)

# Words of footers that gateways, lists and notifiers add below everything.
FOOTER_WORDS = listed(
    """
    unsubscribe | mailing list | confidential | virus | malware | disclaimer | privileged
    intended recipient | view it on | view this | notification settings | manage your | scanned by
    do not reply to this | please consider the environment | was sent to | you received this
    you are receiving | vertraulich | abmelden | abbestellen | confidentiel | désabonner
    désinscrire | confidencial | cancelar la suscripción | riservat | disiscri | vertrouwelijk
    uitschrijven | poufne | конфиденциаль | отписаться | gizli | avregistrera | afmeld | سرية
    إلغاء الاشتراك | סודי | 退订 | 保密 | 配信停止 | 수신거부 | avast | avg.com | list-unsubscribe
    processed by
    """
)

# Subject prefixes of answers and of forwards, without the colon.
REPLY_PREFIXES = frozenset(
    listed(
        """
        re | aw | antw | antwort | réf | réponse | ref | rép | res | resp | r | rif | sv | svar
        vs | vast | vastaus | odp | отв | ответ | на | відп | отг | ynt | yan | cevap | yanıt
        odpověď | odp. | odpoveď | vá | válasz | răsp | ra | απ | απάντηση | σχετ | השב | תשובה
        תגובה | رد | الرد | ردّ | 回复 | 答复 | 回覆 | 答覆 | 返信 | 返 | 답장 | 회신 | trả lời
        tl | bls | balas | ตอบ | ตอบกลับ | atb | re-re
        """
    )
)

FORWARD_PREFIXES = frozenset(
    listed(
        """
        fw | fwd | fwd. | forward | wg | weitergeleitet | tr | trs | rv | reenv | renv | enc | i
        inoltra | inoltro | doorst | doorgestuurd | pd | przek | fwd- | пересл | переслано | пер
        пересл. | прс | ilt | ilet | vb | vid.besk | vl | fs | přepos | předáno | továbbít
        továbbítás | vts | redir | πρθ | πρ | προώθ | הועבר | העברה | إعادة توجيه | اعادة توجيه
        تحويل | 转发 | 轉寄 | 轉發 | 転送 | 전달 | chuyển tiếp | ct | ส่งต่อ
        """
    )
)
