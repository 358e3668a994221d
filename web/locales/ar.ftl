# كلمات المكتب. اختبار يقارن المفاتيح والمتغيرات بما في اللغات الأخرى.

desk-title = المكتب
skip = انتقل إلى المحتوى
loading = جارٍ التحميل…
never = ليس بعد
saved = حُفظ.

action-again = حاول مرة أخرى
action-back = رجوع
action-cancel = إلغاء
action-close = إغلاق
action-refresh = تحديث
action-save = حفظ

## تسجيل الدخول
sign-in-title = تسجيل الدخول
sign-in-again = سجّل الدخول من جديد
sign-in-ended = انتهت جلستك. سجّل الدخول من جديد، وما كتبته ما زال هنا.
sign-in-email = البريد الإلكتروني
sign-in-password = كلمة المرور
sign-in-submit = تسجيل الدخول
sign-in-passkey = استعمل مفتاح مرور
sign-in-forgotten = نسيت كلمة المرور
sign-out = تسجيل الخروج
reset-title = كلمة مرور جديدة
reset-hint = إن كان العنوان لأحد هنا فسيصله رابط بالبريد، صالح لمدة ساعة.
reset-done = إن كان العنوان لأحد هنا فالرسالة في الطريق. انظر في صندوق بريدك.
reset-submit = أرسل الرابط
factor-title = خطوة واحدة بعد
factor-code = الرمز
factor-submit = متابعة
factor-other-person = ابدأ من جديد
factor-passkey = سيسألك متصفحك أو مفتاحك.
factor-totp = أدخل الرمز الذي يظهر في تطبيق المصادقة.
factor-email_otp = أُرسل رمز إلى عنوانك، وهو صالح لعشر دقائق.
factor-email_otp-sending = يُرسل الآن رمز إلى عنوانك…
factor-recovery = أدخل أحد رموز الاسترداد. كل رمز صالح مرة واحدة.
factor-use-passkey = استعمل مفتاح مرور
factor-use-totp = استعمل تطبيق المصادقة
factor-use-email_otp = أرسل إليّ رمزًا بالبريد
factor-use-recovery = استعمل رمز استرداد
step-up-title = أثبت أنك أنت
step-up-why = ما تنوي فعله حساس. بعد الإثبات يُنفَّذ فورًا، ولا يضيع شيء مما كتبته.
factor-use-password = استعمل كلمة مروري
link-invitation = أهلًا بك
link-password_reset = كلمة مرور جديدة
link-set_up = إعداد المكتب
link-whose = اختر كلمة مرور للحساب { $email }.
link-password = كلمة المرور الجديدة
link-again = كلمة المرور نفسها مرة أخرى
link-hint = 12 حرفًا على الأقل. جملة لا يكتبها غيرك خيار جيد.
link-differ = الكلمتان غير متطابقتين.
link-submit = احفظ كلمة المرور
link-done = حُفظت كلمة مرورك. يمكنك الآن تسجيل الدخول بها.

## الإطار
rail-label = العروض والأماكن
rail-open = أظهر العروض والأماكن
views-heading = التذاكر
place-mailboxes = الصناديق
place-account = حسابي
theme-system = المظهر: كالنظام
theme-light = المظهر: فاتح
theme-dark = المظهر: داكن
keys-title = المفاتيح
keys-help = أظهر هذه القائمة
keys-search = ابحث
keys-next = التذكرة التالية
keys-previous = التذكرة السابقة
keys-open = افتح التذكرة
keys-mark = علّم التذكرة
keys-solve = حلّ التذكرة

## القائمة
view-mine = تذاكري
view-unassigned = بلا مسؤول
view-all_open = كل المفتوحة
view-pending = معلّقة
view-snoozed = مؤجلة
view-breached = فات موعدها
view-solved = محلولة
queue-label = التذاكر، الأحدث بريدًا أولًا
queue-empty = لا شيء هنا. يظهر البريد الجديد من تلقاء نفسه.
queue-more = تذاكر أقدم
queue-mark = علّم التذكرة { $code }
search-title = نتائج البحث
search-label = ابحث في التذاكر والبريد
search-empty = لم يُعثر على شيء في الصناديق التي يحق لك رؤيتها.
customer-unknown = مرسل غير معروف
subject-none = (بلا موضوع)
row-breached = فات الموعد
state-new = جديدة
state-open = مفتوحة
state-pending = معلّقة
state-on_hold = موقوفة
state-solved = محلولة
state-closed = مغلقة
state-spam = بريد مزعج
priority-low = منخفضة
priority-normal = عادية
priority-high = عالية
priority-urgent = عاجلة
bulk-label = ماذا يُفعل بالتذاكر المعلّمة
bulk-count = { $count ->
    [zero] لا تذاكر معلّمة
    [one] تذكرة واحدة معلّمة
    [two] تذكرتان معلّمتان
    [few] { $count } تذاكر معلّمة
    [many] { $count } تذكرة معلّمة
   *[other] { $count } تذكرة معلّمة
  }
bulk-open = فتح
bulk-pending = تعليق
bulk-solved = حلّ
bulk-spam = بريد مزعج
bulk-done = { $count ->
    [zero] لم تتغير أي تذكرة.
    [one] تغيّرت تذكرة واحدة.
    [two] تغيّرت تذكرتان.
    [few] تغيّرت { $count } تذاكر.
    [many] تغيّرت { $count } تذكرة.
   *[other] تغيّرت { $count } تذكرة.
  }
bulk-some = { $failed ->
    [zero] تغيّر { $done }، ولم يبق شيء.
    [one] تغيّر { $done }، وبقيت واحدة لأن غيرك سبقك إليها. وهي تظهر كما هي الآن.
    [two] تغيّر { $done }، وبقيت اثنتان لأن غيرك سبقك إليهما. وهما تظهران كما هما الآن.
    [few] تغيّر { $done }، وبقيت { $failed } لأن غيرك سبقك إليها. وهي تظهر كما هي الآن.
    [many] تغيّر { $done }، وبقيت { $failed } لأن غيرك سبقك إليها. وهي تظهر كما هي الآن.
   *[other] تغيّر { $done }، وبقيت { $failed } لأن غيرك سبقك إليها. وهي تظهر كما هي الآن.
  }

## تذكرة
action-undo = تراجع
somebody = شخص ما
side-label = خصائص التذكرة
side-state = الحالة
side-assignee = المسؤول
side-priority = الأولوية
side-tags = الوسوم
side-snooze = تأجيل
side-promises = المواعيد المتعهَّد بها
side-customer = العميل
side-links = تذاكر ذات صلة
side-linked = افتح التذكرة ذات الصلة
assignee-none = لا أحد
tag-add = أضف وسمًا
tag-remove = أزل الوسم { $tag }
snooze-hours = 3 ساعات
snooze-tomorrow = يوم واحد
snooze-week = أسبوع واحد
snooze-wake = أيقظها الآن
promise-first_reply = الرد الأول
promise-next_reply = الرد التالي
promise-solve = الحل
others-looking = { $name } ينظر في هذه التذكرة أيضًا.
others-typing = { $name } يكتب في هذه التذكرة.
ticket-older = البريد الأقدم موجود في Gmail.
mail-label = رسالة من { $who }، { $when }
mail-fold = طيّ
mail-unfold = فتح
mail-to = إلى
mail-cc = نسخة
mail-bcc = نسخة مخفية
mail-reply-to = الردود تذهب إلى
mail-subject = الموضوع
mail-empty = لا نص في هذه الرسالة.
mail-quoted = ما تقتبسه
mail-frame = الرسالة كما نسّقها مرسلها
mail-images = أظهر الصور الخارجية
mail-files = ملفات مرفقة
mail-correct = ليس مكانها هنا
file-unnamed = (بلا اسم)
file-remove = أزل { $name }
kind-bounce = تعذّر التسليم
kind-out_of_office = إشعار غياب
kind-automatic = بريد آلي
kind-report = تقرير آلي
kind-list = قائمة بريدية
kind-human = رسالة
reason-reply_token = ترد على رسالة منا.
reason-gmail_thread = وضعها Gmail في هذه المحادثة.
reason-references = تشير إلى بريد من هذه التذكرة.
reason-subject_code = رمز التذكرة مكتوب في موضوعها.
reason-new = هي التي فتحت التذكرة.
reason-corrected = وضعها شخص هنا.
trust-sure = المرسل مؤكَّد من نطاقه
trust-unclear = ليس مؤكدًا من كتب هذا
trust-dmarc = نطاق المرسل يقول إن هذه الرسالة ليست منه
trust-new = جديد في هذه المحادثة
trust-reply-to = الردود تذهب إلى عنوان غير عنوان المرسل
reply-label = رد
reply-begin = رد
reply-begin-all = رد على الجميع
reply-text = نص الرد
reply-send = أرسل الرد
reply-send-solve = أرسل وحُلّ
reply-send-pending = أرسل وانتظر
reply-attach = أرفق ملفًا
reply-more-people = نسخة ونسخة مخفية
reply-saving = جارٍ الحفظ…
reply-saved = المسودة محفوظة.
reply-discard = تخلّص منه
reply-queued = يُرسل الرد بعد لحظات.
reply-look-first = انظر أولًا
reply-anyway = أرسل على أي حال
reply-automatic = رد آلي
reply-retry = أرسله الآن
reply-edit = عدّله
reply-was-sent = لقد أُرسل
reply-send-again = أرسله من جديد
reply-waits = ينتظر إلى أن يعمل الصندوق من جديد، ثم يُرسل.
reply-state-queued = في الطريق
reply-state-sending = يُرسل الآن
reply-state-unknown = يُتحقق هل أُرسل
reply-state-failed = لم يُرسل
reply-state-needs_review = يجب أن يقرر شخص
failure-conversation_moved = كتب أحد في هذه الأثناء فأُوقف الرد. اقرأ الجديد ثم أرسله أو غيّره.
failure-not_found = لم يجب Gmail، والرسالة ليست بين المرسَلات. انظر في Gmail قبل أن ترسلها من جديد.
failure-too_large = الرسالة أكبر مما يقبله Gmail. أزل ملفًا.
failure-other = لم يُرسل ({ $code }). ما كتبته محفوظ.
note-begin = ملاحظة
note-label = ملاحظة
note-text = ملاحظة للزملاء
note-add = أضف الملاحظة
note-who = لا يراها إلا الزملاء.
note-of = ملاحظة من { $who }
note-function = قاعدة
note-deleted = حُذفت هذه الملاحظة.
change-function = المكتب
change-state = الحالة: { $to }
change-priority = الأولوية: { $to }
change-assignee = المسؤول: { $to }
change-unassigned = بلا مسؤول
change-tags = الوسوم: { $to }
change-snoozed = مؤجلة حتى { $to }
change-woken = أُيقظت
keys-reply = رد
keys-reply-all = رد على الجميع
keys-note-begin = اكتب ملاحظة
keys-send = أرسل الرد
keys-note = أضف الملاحظة
keys-assign-me = اجعلها لي
keys-back = عودة إلى القائمة

## الصناديق
mailbox-connect = وصل Gmail
mailbox-reconnect = صِله من جديد
mailbox-pause = إيقاف مؤقت
mailbox-resume = متابعة
mailbox-gone = (مفصول)
mailbox-well = كل شيء على ما يرام
mailbox-state-connecting = يجري وصله
mailbox-state-active = يعمل، مع ملاحظة
mailbox-state-paused = موقوف مؤقتًا
mailbox-state-needs_reauth = يجب وصله من جديد
mailbox-state-disconnected = مفصول
mailbox-read = قُرئ حتى
mailbox-pushed = آخر إشعار من Gmail
mailbox-watched = المراقبة حتى
mailboxes-empty = لم يوصل أي صندوق بعد.
mailboxes-unread = يقرأ المكتب Gmail ويرسل من خلاله فقط، ولا يتغير ما هو مقروء أو غير مقروء فيه.
health-needs_reauth = ترفض Google وصول المكتب: إما أن كلمة المرور تغيّرت أو أن الإذن سُحب. البريد محفوظ ويُقرأ حين تصله من جديد.
health-grant_ends_by_itself = أتاحت Google الوصول سبعة أيام فقط لأن شاشة الموافقة ما زالت في وضع «الاختبار». انشرها ثم صِل الصندوق من جديد.
health-watch_expired = لم يعد Gmail يخبرنا بالبريد الجديد، لكنه يُكتشف كل عشر دقائق.
health-watch_expires_soon = ينتهي قريبًا تعهّد Gmail بإخبارنا بالبريد الجديد، ولم يمكن تجديده.
health-resync_under_way = نسي Gmail أين كنا، فيُسرد البريد منذ ذلك الحين من جديد. لا يضيع شيء.
health-gmail_asked_to_wait = لا يقبل Gmail المزيد الآن. يتابع المكتب حين يُسمح له.
health-push_silent = يصل البريد لكن Gmail لا يخبرنا به. يُكتشف كل عشر دقائق.
health-cursor_behind = هناك جديد لم يُقرأ منذ نصف ساعة.
disclosure-title = قبل أن تسألك Google
disclosure-what = ستسألك Google هل يُسمح للمكتب بالوصول إلى هذا الصندوق. وهو يطلب هذا ولا شيء سواه:
disclosure-read = قراءة بريد الصندوق ليصير تذاكر.
disclosure-send = إرسال الردود التي تكتبها هنا.
disclosure-kept = يبقى البريد في Gmail، ويحتفظ المكتب بإشارات إليه وبحقول قليلة تحت مفتاح يُتلف حين تفصل الصندوق.
disclosure-limited = ما يُقرأ يُستعمل للمكتب وحده: لا للإعلان، ولا يُباع، ولا يقرؤه أحد بلا سبب.
disclosure-policy = سياسة الخصوصية
disclosure-go = المتابعة إلى Google

## حسابي
account-profile = الملف الشخصي
account-name = الاسم
account-language = اللغة
account-time-zone = المنطقة الزمنية
account-signature = التوقيع
account-sessions = أين سُجّل دخولي
account-this-browser = هذا المتصفح
account-end = إنهاء

## ما الذي لم ينجح
error-other = لم ينجح ذلك ({ $code }). لم يتغير شيء. حاول مرة أخرى، أو أخبر المسؤول بهذه الكلمة.
error-internal = حدث خلل لدينا. لم يتغير شيء. حاول مرة أخرى بعد قليل.
error-page-no_answer = لا جواب من المكتب. ما كتبته محفوظ هنا. حاول مرة أخرى.
error-page-offline = أنت غير متصل. ما كتبته محفوظ هنا إلى أن تعود.
error-session-wrong_credentials = العنوان وكلمة المرور غير متطابقين.
error-session-missing = سجّل الدخول أولًا.
error-session-expired = انتهت جلستك. سجّل الدخول من جديد.
error-session-incomplete = بقيت خطوة واحدة لتسجيل الدخول.
error-sign_in-too_many_attempts = محاولات كثيرة. انتظر { $seconds } ثانية ثم حاول مرة أخرى.
error-permission-missing = دورك لا يسمح بذلك. اسأل أحد المسؤولين.
error-ticket-not_found = لا توجد تذكرة كهذه، أو ليست لك.
error-ticket-changed_meanwhile = غيّر شخص آخر التذكرة في هذه الأثناء. وهي تظهر كما هي الآن، ولم يضِع شيء مما فعل.
error-link-not_found = لم يعد هذا الرابط صالحًا. اطلب رابطًا جديدًا.
error-password-too_short = { $min_characters } حرفًا على الأقل.
error-password-too_common = كلمة المرور هذه من أول ما يُجرَّب. اختر غيرها.
error-step_up-required = أثبت هويتك مرة أخرى، ثم أعد ما أردت.
