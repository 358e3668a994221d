"""Out-of-office answers by their words, where headers are silent or say only "automatic"."""

from __future__ import annotations

from shared.mail.listed import listed

# How such a subject begins; programs put the original subject behind a colon.
_SUBJECTS = listed(
    """
    automatic reply | automatic response | auto reply | auto-reply | autoreply | auto response
    auto-response | autoresponse | auto: | out of office | out-of-office | ooo: | vacation reply
    vacation: | away from my mail | away from office | vacation auto | automatische antwort
    abwesenheitsnotiz | abwesenheitsnachricht | abwesenheitsmeldung | abwesenheit | abwesend
    automatische abwesenheit | autoantwort | réponse automatique | réponse d'absence
    reponse automatique | message d'absence | absence du bureau | absence : | absent du bureau
    respuesta automática | respuesta automatica | fuera de la oficina | fuera de oficina
    ausente: | autorespuesta | contestación automática | risposta automatica | fuori sede
    fuori ufficio | assente dall'ufficio | risponditore automatico | resposta automática
    resposta automatica | ausência temporária | fora do escritório | ausente do escritório
    automatisch antwoord | afwezigheidsbericht | afwezig: | afwezigheid | automatische reactie
    niet aanwezig: | odpowiedź automatyczna | automatyczna odpowiedź | autoodpowiedź | poza biurem
    nieobecność | autoresponder | автоответ | автоматический ответ | автоматична відповідь
    вне офиса | нет на месте | отсутствие на рабочем месте | otomatik yanıt | otomatik cevap
    ofis dışında | otomatik ileti | iş yeri dışında | autosvar | automatiskt svar
    frånvaromeddelande | frånvaro: | inte på kontoret | automatisk svar | fraværsmeddelelse
    fraværsmelding | ikke på kontoret | ikke til stede | fravær: | automaattinen vastaus
    automaattivastaus | poissa toimistolta | poissaoloilmoitus | automatická odpověď
    mimo kancelář | automatická odpoveď | nepřítomnost | mimo kancelárie | neprítomnosť
    automatikus válasz | házon kívül | távolléti üzenet | irodán kívül | răspuns automat
    în afara biroului | αυτόματη απάντηση | εκτός γραφείου | απουσία | תשובה אוטומטית
    מענה אוטומטי | תגובה אוטומטית | מחוץ למשרד | הודעת היעדרות | رد تلقائي | الرد التلقائي
    ردّ تلقائي | رد آلي | خارج المكتب | إجابة تلقائية | في إجازة | رسالة تلقائية | 自动回复
    自動回覆 | 自动答复 | 自動答覆 | 外出自动 | 休假自动 | 不在办公室 | 自動応答 | 自動返信
    不在通知 | 不在のお知らせ | 休暇のお知らせ | 자동 회신 | 자동회신 | 자동 응답 | 자동응답
    부재중 | 부재 중 | trả lời tự động | balasan otomatis | ตอบกลับอัตโนมัติ | не съм в офиса
    samodejni odgovor | automatski odgovor | resposta automàtica
    """
)

# What the text of an absence says. Counts only beside a header that says "automatic".
_TEXTS = listed(
    """
    out of office | out of the office | on vacation | on holiday | on leave | annual leave
    parental leave | maternity leave | away from the office | away from my | currently away
    i am away | i'm away | will be away | limited access to | will return on | back in the office
    when i return | upon my return | be back on | no longer with | no longer works
    i will be back | nicht im büro | nicht im haus | im urlaub | abwesend | außer haus
    wieder erreichbar | bis zum | elternzeit | nicht erreichbar | absent | en congé | en vacances
    hors du bureau | de retour | en déplacement | fuera de la oficina | de vacaciones
    estaré ausente | fuera de oficina | regresaré | fuori ufficio | in ferie | assente | rientrerò
    fora do escritório | de férias | ausente | afwezig | met vakantie | op vakantie
    niet aanwezig | nieobecn | na urlopie | poza biurem | в отпуске | отсутств | не на месте
    у відпустці | izindeyim | izinliyim | ofis dışında | tatildeyim | på semester
    ikke på kontoret | på ferie | frånvarande | semesterledig | lomalla | poissa | dovolen
    nejsem v kanceláři | mimo kancelář | szabadság | házon kívül | în concediu | εκτός γραφείου
    σε άδεια | απουσιάζω | בחופשה | מחוץ למשרד | לא נמצא במשרד | إجازة | خارج المكتب | 休假
    不在办公室 | 外出 | 出差 | 休暇 | 不在 | 休みを | 휴가 | 부재 | 출장 | nghỉ phép | cuti
    """
)
_TEXT = 3_000


def subject_of_absence(subject: str) -> bool:
    """Return whether a subject, without any reply prefix, begins as those of automatic answers do.

    People write about being away as well ("Out of office next week?"): the phrase must be the whole
    subject or be set off by a mark, or be one that only programs use.
    """
    text = subject.lower().lstrip(" [(*\"'\u200e\u200f\u202b")
    for phrase in _SUBJECTS:
        if text.startswith(phrase):
            rest = text[len(phrase) :].strip(" )]!.\"'")
            if not rest or rest[0] in ":：-–—(<[/|," or phrase[-1] == ":":
                return True
            return rest.startswith(("re", "auto", "aw", "antwort", "response", "message", "notif"))
    return False


def says_absent(subject: str, text: str) -> bool:
    """Return whether subject or text speak of an absence."""
    beginning = f"{subject}\n{text[:_TEXT]}".lower()
    return any(phrase in beginning for phrase in (*_SUBJECTS[:24], *_TEXTS))
