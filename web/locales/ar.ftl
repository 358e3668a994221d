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
sign-in-late = استغرق ذلك وقتًا أطول من اللازم. ابدأ من جديد بكلمة المرور.
sign-in-email = البريد الإلكتروني
sign-in-password = كلمة المرور
sign-in-submit = تسجيل الدخول
sign-in-passkey = استخدم مفتاح مرور
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
factor-use-passkey = استخدم مفتاح مرور
factor-use-totp = استخدم تطبيق المصادقة
factor-use-email_otp = أرسل إليّ رمزًا بالبريد
factor-use-recovery = استخدم رمز استرداد
step-up-title = أثبت أنك أنت
step-up-why = ما تنوي فعله حساس. بعد الإثبات يُنفَّذ فورًا، ولا يضيع شيء مما كتبته.
factor-use-password = استخدم كلمة مروري
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
rail-open = أظهر القائمة الجانبية
views-heading = التذاكر
place-mailboxes = صناديق البريد
place-account = حسابي
theme-system = المظهر: كالنظام
theme-light = المظهر: فاتح
theme-dark = المظهر: داكن
keys-title = اختصارات لوحة المفاتيح
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
queue-empty-mine = لا تذاكر مسندة إليك.
queue-empty-take = اطّلع على ما هو بلا مسؤول
start-mailbox = لا تعمل في أي صندوق بريد بعد. صِل صندوقًا، أو اطلب أن تضاف إلى واحد، فيظهر بريده هنا.
start-mailbox-do = الذهاب إلى صناديق البريد
start-none = لا تعمل في أي صندوق بريد بعد. يستطيع المدير أن يضيفك إلى واحد، فتظهر تذاكره هنا.
queue-more = تذاكر أقدم
queue-mark = علّم التذكرة { $code }
search-title = نتائج البحث
search-label = ابحث في التذاكر والبريد
search-empty = لم يُعثر على شيء في صناديق البريد التي يحق لك رؤيتها.
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
keys-mark-range = علّم من آخر تذكرة معلّمة إلى هذه
keys-unmark = أزل كل العلامات
keys-tag = ضع وسمًا
keys-snooze = أجّل التذكرة
keys-change = غيّر عدة أمور
keys-reveal = أظهر التذاكر الجديدة
queue-new = { $count ->
    [zero] لا جديد
    [one] تذكرة جديدة واحدة
    [two] تذكرتان جديدتان
    [few] { $count } تذاكر جديدة
    [many] { $count } تذكرة جديدة
   *[other] { $count } تذكرة جديدة
  }
queue-offline = لا جواب من المكتب. ما تراه هو آخر ما عُرف، وسيُستأنف التحديث من تلقاء نفسه.
row-waiting = بانتظار الرد:
row-looking = { $name } يطّلع عليها
row-typing = { $name } يكتب فيها
found-code = برمزها
found-words = في الموضوع أو العميل
found-mail = في بريدها
found-a-mailbox = أحد الصناديق
search-end = إنهاء البحث
search-running = جارٍ البحث…
search-count = { $count ->
    [zero] لم يُعثر على أي تذكرة.
    [one] عُثر على تذكرة واحدة.
    [two] عُثر على تذكرتين.
    [few] عُثر على { $count } تذاكر.
    [many] عُثر على { $count } تذكرة.
   *[other] عُثر على { $count } تذكرة.
  }
search-more = قد يكون هناك المزيد. ابحث عن شيء أضيق.
search-unanswered = لم يُبحث في بريد { $mailbox }، وتبقى النتائج الأخرى صحيحة.
search-advanced = لغة البحث في Gmail
search-advanced-hint = يُبحث في البريد وحده. مثلًا:
bulk-more = تغيير…
bulk-all = علّم كل المعروض
bulk-title = { $count ->
    [zero] لا تذاكر للتغيير
    [one] تغيير تذكرة واحدة
    [two] تغيير تذكرتين
    [few] تغيير { $count } تذاكر
    [many] تغيير { $count } تذكرة
   *[other] تغيير { $count } تذكرة
  }
bulk-keep = اتركه كما هو
bulk-apply = تغيير
bulk-tags-add = إضافة وسوم
bulk-tags-remove = إزالة وسوم
bulk-tags-hint = عدة وسوم تفصل بينها فواصل.
outcome-title = { $count ->
    [zero] تغيّرت كل التذاكر
    [one] تذكرة واحدة لم تتغير
    [two] تذكرتان لم تتغيرا
    [few] { $count } تذاكر لم تتغير
    [many] { $count } تذكرة لم تتغير
   *[other] { $count } تذكرة لم تتغير
  }
outcome-kept = تظهر كما هي الآن، وقد تغيّر كل ما عداها.
outcome-stale = وصل بريد جديد في الأثناء. اطّلع عليها ثم غيّرها من جديد.
outcome-stale-by = غيّرها { $name } في الأثناء. اطّلع عليها ثم غيّرها من جديد.
outcome-not_found = لم تعد موجودة، أو لا يحق لك رؤيتها.
outcome-refused = لا يسمح دورك بذلك في هذا الصندوق.
outcome-ask_again = انتهى الوقت قبل أن يأتي دورها. غيّرها من جديد.
stale-by = غيّر { $name } هذه التذكرة في الوقت نفسه. تراها كما هي الآن ({ $state })، ولم يُجرَ تغييرك.
stale-mail = وصل بريد جديد إلى هذه التذكرة في الوقت نفسه. تراها كما هي الآن ({ $state })، ولم يُجرَ تغييرك.
stale-anyway = أجرِ تغييري مع ذلك
change-waits = لا يمكن الوصول إلى المكتب. تغييرك محفوظ في هذه النافذة ويُجرى حين يعود.
team-none = بلا فريق
filter-open = تصفية
filter-on = مصفّاة
filter-label = أي التذاكر تُعرض
filter-comma = { " " }و
filter-mailbox = الصندوق
filter-team = الفريق
filter-tag = الوسم
filter-me = أنا
filter-any-mailbox = كل الصناديق
filter-any-state = كل الحالات
filter-any-assignee = أيًّا كان المسؤول
filter-any-team = كل الفرق
filter-any-priority = كل الأولويات
filter-awaiting_reply = آخر من كتب
filter-awaiting_reply-any = أيًّا كان آخر من كتب
filter-awaiting_reply-true = بانتظار الرد
filter-awaiting_reply-false = أُجيب عنها
filter-breached = المواعيد المتعهَّد بها
filter-breached-any = في موعدها أو فات موعدها
filter-breached-true = فات موعدها
filter-breached-false = في موعدها
filter-snoozed = التأجيل
filter-snoozed-any = مؤجلة أو غير مؤجلة
filter-snoozed-true = مؤجلة
filter-snoozed-false = غير مؤجلة
filter-reset = أعدها كما في العرض
view-save-new = احفظها عرضًا
view-change = تغيير العرض
view-name = اسم العرض
view-for = لمن
view-for-me = لي وحدي
view-for-mailbox = لكل من في { $mailbox }
view-shared = مشترك
view-delete = حذف العرض
view-delete-sure = نعم، احذفه
view-delete-why = يُحذف العرض وحده، وتبقى تذاكره.
view-up = انقل { $name } إلى أعلى
view-down = انقل { $name } إلى أسفل
views-order = ترتيب العروض
views-none = ليس لديك عروض خاصة بعد. صفِّ القائمة ثم احفظها.
ticket-open = تذكرة جديدة
ticket-open-mail = افتحها واكتب
ticket-open-note = افتح التذكرة
ticket-opened = فُتحت التذكرة { $code }.
ticket-customer-address = عنوان العميل
ticket-customer-name = اسمه
ticket-subject = الموضوع
ticket-first = ما الذي يأتي أولًا
ticket-first-mail = رسالة إلى العميل
ticket-first-note = ملاحظة للمكتب
ticket-text-mail = الرسالة
ticket-text-note = الملاحظة
ticket-hint-mail = تصبح مسودة في التذكرة. راجعها هناك ثم أرسلها.
ticket-hint-note = لا يراها العملاء أبدًا، ويمكن أن تبقى فارغة.
desk-title-unread = ({ $unread }) المكتب
notifications-title = الإشعارات
notifications-unread = { $count ->
    [zero] لا شيء غير مقروء
    [one] إشعار واحد غير مقروء
    [two] إشعاران غير مقروءين
    [few] { $count } إشعارات غير مقروءة
    [many] { $count } إشعارًا غير مقروء
   *[other] { $count } إشعار غير مقروء
  }
notifications-new = { $count ->
    [zero] لا إشعارات جديدة
    [one] إشعار جديد واحد
    [two] إشعاران جديدان
    [few] { $count } إشعارات جديدة
    [many] { $count } إشعارًا جديدًا
   *[other] { $count } إشعار جديد
  }
notifications-read-all = علّم الكل مقروءًا
notifications-none = لا شيء بعد. تظهر هنا الإشارات إليك وما أُسند إليك والأجوبة مدة 30 يومًا.
notifications-is-unread = غير مقروء:
notifications-older = الأقدم
notification-mentioned = أُشير إليك
notification-assigned = أُسندت إليك تذكرة
notification-team_assigned = أُعطيت تذكرة لفريقك
notification-answered = أجاب العميل
notification-reply_failed = تعذّر إرسال رد لك
notification-sla_breached = فات موعد متعهَّد به
notification-snooze_ended = عادت تذكرة مؤجلة
notification-data_requested = طلب أحدهم تصحيح بياناته أو محوها
notification-data_request_due = جواب طلب بشأن بيانات مستحق قريبًا أو متأخر
notification-log_checkpoint = نقطة تحقق سجل التدقيق لهذا الأسبوع
notification-mail_missing = رسائل في صندوق بريد ليست في أي تذكرة، وقد طُلبت من جديد
notification-glass_asked = يطلب شخص ليس عضوًا قراءة صندوقك
notification-glass_broken = يستطيع شخص ليس عضوًا قراءة صندوقك الآن

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
assignee-none = لا أحد
tag-add = أضف وسمًا
tag-add-do = أضف
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
mail-quoted = النص المقتبس
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
reply-send-pending = أرسل وعلّق
reply-attach = أرفق ملفًا
reply-more-people = نسخة ونسخة مخفية
reply-discard = حذف
reply-discard-title = حذف هذه المسودة؟
reply-discard-sure = يُحذف ما كتبته وملفاته، ولا يمكن التراجع عن ذلك.
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
reply-state-scheduled = يُرسل لاحقًا
reply-state-sending = يُرسل الآن
reply-state-unknown = يُتحقق هل أُرسل
reply-state-failed = لم يُرسل
reply-state-sent = أُرسل
reply-state-needs_review = يجب أن يقرر شخص
failure-conversation_moved = كتب أحد في هذه الأثناء فأُوقف الرد. اقرأ الجديد ثم أرسله أو غيّره.
failure-not_found = لم يجب Gmail، والرسالة ليست بين المرسَلات. انظر في Gmail قبل أن ترسلها من جديد.
failure-restored = استُعيد المكتب من نسخة احتياطية بينما كان هذا الرد في طريقه. ربما أُرسل: راجع Gmail قبل أن ترسله مرة أخرى.
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
keys-back = عد إلى القائمة
action-open = افتحها
side-team = الفريق
side-followers = المتابعون
followers-none = لا أحد يتابع هذه التذكرة.
follower-me = أنت
follow-begin = تابِع
follow-end = تتابعها
field-none = (غير مملوء)
snooze-choose = اختر وقتًا…
snooze-title = التأجيل حتى
snooze-do = أجّل
moment-later = لاحقًا اليوم
moment-tomorrow = غدًا صباحًا
moment-monday = صباح الإثنين
moment-own = وقت آخر
moment-impossible = اختر وقتًا لم يأتِ بعد، خلال { $days ->
    [zero] يوم
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
  } على الأكثر.
customer-tickets = تذاكر أخرى لهذا العميل
rating-good = راضٍ
rating-bad = غير راضٍ
related-linked = مربوطة
related-merged = مدموجة في هذه
related-suggested = قد تكون مرتبطة
related-copies = الرسالة نفسها في صناديق أخرى
related-before = قبل هذه
related-after = بعد هذه
link-title = ربط تذكرة
link-why = ستذكر كل منهما الأخرى، ولا يُنقل شيء.
link-do = اربطهما
link-remove = أزل الربط مع { $code }
merge-title = دمج تذكرة
merge-why = تستمر التذكرة الأخرى في { $code }: يُقرأ بريدها وملاحظاتها هنا، وتصل الإجابات عنها إلى هنا. ويمكن فصلها من جديد.
merge-do = ادمج { $code } في هذه
merge-done = تستمر { $code } هنا الآن.
unmerge-do = افصل { $code } من جديد
unmerge-done = عادت { $code } تذكرة مستقلة.
finder-label = الرمز أو الموضوع أو كلمات من البريد
finder-results = ما وُجد
finder-none = لم يوجد ما يمكن اختياره.
correction-why = إلى أين تنتمي رسالة { $who }؟ تذهب الإجابات اللاحقة في محادثتها إلى هناك أيضًا.
correction-where = تنتمي إلى
correction-other = تذكرة أخرى
correction-new = تذكرة جديدة خاصة بها
correction-move = انقلها إلى هناك
correction-split = اجعلها تذكرة مستقلة
correction-done = الرسالة الآن في { $code }.
ticket-merged = تستمر هذه التذكرة في تذكرة أخرى. يمكن قراءتها هنا ولا يمكن تغيير شيء.
ticket-merged-into = انتقل إلى التذكرة التي تستمر فيها
ticket-follow-up = كتب العميل من جديد بعد إغلاق تذكرة سابقة.
ticket-follow-up-of = اقرأ التذكرة السابقة
ticket-newer = وصل جديد إلى هذه التذكرة وأنت تكتب.
ticket-newer-show = أظهره
mail-from = من
mail-fresh = جديدة
mail-gone = حُذفت هذه الرسالة في Gmail، ونصّها غير محفوظ في أي مكان آخر.
mail-undelivered = لم تصل
mail-duplicate = وصلت مرتين
mail-images-why = لا تظهر الصور الخارجية: قد يُخبر تحميلها المرسل بأنك قرأت الرسالة.
trust-name = يُظهر الاسم عنوانًا غير عنوان المرسل
trust-letters = في العنوان حروف قد تشبه غيرها
trust-alike = يشبه العنوان أحد عناوين هذه المحادثة وهو غيره
file-kept = ملف مرفق
file-again = حاول مع { $name } مرة أخرى
file-uploading = { $name } في الطريق
reply-quotes = اقتبس الرسالة
reply-signs = أضف التوقيع
reply-later = إرسال لاحقًا
reply-fold = أغلق واحفظ المسودة
reply-go-on = تابِع المسودة
reply-scheduled = يُرسل الرد { $when }.
reply-leaves = يُرسل
reply-take-back = استرجعه وعدّله
reply-being-looked-for = لم يقل Gmail هل قبل الرسالة. يجري البحث عنها، ولا يُرسل شيء مرتين.
later-title = إرسال لاحقًا
later-choose = أرسل حينها
draft-saved = المسودة محفوظة.
draft-unsaved = لم تُحفظ بعد.
draft-saving = يجري الحفظ…
draft-waiting = لا يمكن الوصول إلى المكتب. المسودة محفوظة في هذه النافذة وتُحفظ فيه حين يعود.
draft-not-saved = لم تُحفظ بعد: { $why }
saved-title = الردود المحفوظة
saved-insert = رد محفوظ
saved-find = ابحث بالاسم
saved-none = لا ردود محفوظة لهذا الصندوق بعد.
saved-none-found = لا يوجد رد محفوظ بهذا الاسم.
saved-own = لي
saved-shared = مشترك
saved-missing = املأ بيدك ما ليس معروفًا: { $names }.
held-moved = كتب شخص ما في هذه الأثناء.
held-kept = لم يُرسل شيء، وما كتبته محفوظ.
held-message = رسالة من { $who }، { $when }
held-newcomers = سيذهب الرد إلى شخص جديد في هذه المحادثة مع آخرين.
held-without = احذفهم
held-with = أرسل إليهم أيضًا
elsewhere-gone = أُرسل هذا الرد أو حُذف في نافذة أخرى. ما كتبته هنا ليس جزءًا منه، ويبقى هنا حتى تغلقه.
elsewhere-anew = ابدأ به ردًا جديدًا
elsewhere-close = أغلق من دونه
elsewhere-changed = عُدّلت هذه المسودة في نافذة أخرى. وفيها:
elsewhere-empty = (لا شيء)
elsewhere-mine = أبقِ ما كتبته هنا
elsewhere-other = خذ الأخرى
failure-refused_too_large = الرسالة أكبر مما يقبله Gmail. أزل ملفًا ثم أرسلها من جديد.
failure-refused_other = رفض Gmail الرسالة ({ $code }). راجع العناوين والملفات ثم أرسلها من جديد.
failure-smtp_too_large = الرسالة أكبر مما يقبله خادم البريد. أزل ملفًا ثم أرسلها من جديد.
failure-smtp_recipients = لا يعرف خادم البريد أحد العناوين. صحّحه ثم أرسل من جديد.
failure-smtp_credentials = لم يعد خادم البريد يقبل كلمة مرور الصندوق. على أحد المديرين إدخالها من جديد، ثم أرسل.
failure-smtp_other = لم يقبلها خادم البريد ({ $code }). حاول من جديد، وإن لم ينفع فأخبر أحد المديرين.
failure-sender_not_verified = لم يعد مسموحًا للصندوق بالإرسال من هذا العنوان. عدّل الرد واختر مرسلًا آخر.
failure-attachment_missing = لم يعد أحد المرفقات موجودًا. عدّل الرد وأرفقه من جديد.
failure-not_writable = لا يمكن صنع رسالة منه كما هو. عدّله وانظر في العناوين وأسماء الملفات.
failure-mailbox_disconnected = فُصل الصندوق، فلا يمكن الإرسال منه.
failure-mailbox_other = الصندوق لا يعمل الآن ({ $code }). تُعاد المحاولة.
note-how = اكتب «@» ثم الاسم لإخبار زميل بها.
note-people = الزملاء
note-imported = مستوردة
note-edited = معدّلة
note-edit = عدّل
note-delete = احذف الملاحظة
note-remove = احذف
note-delete-sure = يُتلف نص الملاحظة، ويبقى ظاهرًا أنها كانت هنا.
change-team = الفريق: { $to }
change-no-team = بلا فريق
change-a-team = فريق
change-field = مُلئ: { $name }
change-a-field = حقل
deed-ticket-merged = دُمجت تذاكر
deed-ticket-split = نُقل بريد إلى تذكرة خاصة به
deed-message-moved = نُقل بريد
deed-reply-settled = ذكر أن الرد أُرسل
deed-ticket-rated = قيّم العميل المساعدة
deed-ticket-sla_breached = فات موعد متعهَّد به
error-upload-some_missing = لم يصل أحد الملفات. حاول معه من جديد أو أزله. لم يُرسل شيء.
error-upload-stopped = أُوقف.
error-upload-too_large = الملف أكبر من المسموح.
error-upload-empty = الملف فارغ.
error-upload-name_missing = لا اسم للملف.
error-upload-superseded = الملف يُرفع بالفعل. انتظر قليلًا.
error-upload-not_found = لم يعد أحد الملفات موجودًا. أرفقه من جديد.
error-upload-attached = الملف تابع لرد آخر.
error-reply-recipient_invalid = أحد العناوين ليس عنوانًا كاملًا.
error-reply-sender_invalid = عنوان المرسل ليس عنوانًا كاملًا.
error-reply-nobody_to_send_to = حدّد لمن يُرسل. المسودة محفوظة.
error-reply-no_draft = هذا الرد في طريقه بالفعل. وهو يظهر كما هو الآن.
error-reply-changed_meanwhile = تغيّر الرد في هذه الأثناء. وهو يظهر كما هو الآن.
error-reply-not_found = لم يعد هذا الرد موجودًا: أُرسل أو حُذف.
error-reply-may_be_sent = ربما أُرسل بالفعل، فلا يمكن استرجاعه.
error-reply-not_in_review = حسمه شخص آخر بالفعل. وهو يظهر كما هو الآن.
error-reply-not_held = هو في طريقه بالفعل. ويظهر كما هو الآن.
error-reply-parent_unknown = لم تعد الرسالة المجاب عنها في هذه التذكرة.
error-reply-conversation_moved = كتب شخص ما في هذه الأثناء. لم يُرسل شيء.
error-reply-new_participants = في هذه المحادثة شخص جديد. لم يُرسل شيء.
error-ticket-merged = تستمر هذه التذكرة الآن في تذكرة أخرى.
error-ticket-content_destroyed = فُصل الصندوق وأُتلف محتواه. لم يعد ممكنًا الكتابة هنا.
error-ticket-merge_impossible = لا تُدمج إلا تذاكر الصندوق نفسه.
error-ticket-would_be_empty = نُقل كل بريد تلك التذكرة إلى مكان آخر، فلا شيء يُفصل.
error-ticket-correction_impossible = لا تنتقل الرسالة إلا إلى تذكرة في الصندوق نفسه.
error-ticket-link_impossible = لا تُربط التذكرة بنفسها.
error-ticket-is_done = انتهت التذكرة فلا يمكن تأجيلها. افتحها أولًا.
error-ticket-assignee_invalid = لا يُسمح لهذا الشخص بالعمل في هذا الصندوق.
error-ticket-tag_invalid = الوسم كلمة قصيرة بلا فواصل.
error-ticket-snooze_invalid = اختر وقتًا لم يأتِ بعد، خلال سنة.
error-custom_field-value_invalid = لا يقبل الحقل هذه القيمة.
error-note-text_invalid = تحتاج الملاحظة إلى كلمات، وليست كثيرة جدًا.
error-note-mention_invalid = من ذكرتَه لا يُسمح له برؤية هذه التذكرة.
error-note-changed_meanwhile = تغيّرت الملاحظة في هذه الأثناء. ما كتبته محفوظ هنا.
error-note-of_somebody_else = لا يعدّل الملاحظة إلا كاتبها.
error-note-not_found = لم تعد هذه الملاحظة موجودة.
error-saved_reply-of_another_mailbox = هذا الرد المحفوظ تابع لصندوق آخر.
error-mailbox-needs_reauth = يجب وصل الصندوق من جديد أولًا. أخبر أحد المديرين.
error-message-not_found = لم تعد هذه الرسالة في هذه التذكرة.
saved-found = { $count ->
    [zero] لا ردود محفوظة
    [one] رد محفوظ واحد
    [two] ردّان محفوظان
    [few] { $count } ردود محفوظة
    [many] { $count } ردًا محفوظًا
   *[other] { $count } رد محفوظ
  }
finder-found = { $count ->
    [zero] لا تذاكر
    [one] تذكرة واحدة
    [two] تذكرتان
    [few] { $count } تذاكر
    [many] { $count } تذكرة
   *[other] { $count } تذكرة
  }
note-people-found = { $count ->
    [zero] لا زملاء
    [one] زميل واحد: اختر بالأسهم ومفتاح الإدخال
    [two] زميلان: اختر بالأسهم ومفتاح الإدخال
    [few] { $count } زملاء: اختر بالأسهم ومفتاح الإدخال
    [many] { $count } زميلًا: اختر بالأسهم ومفتاح الإدخال
   *[other] { $count } زميل: اختر بالأسهم ومفتاح الإدخال
  }
correction-rest = { $count ->
    [zero] بلا رسائل بعدها
    [one] مع الرسالة التي جاءت بعدها
    [two] مع الرسالتين اللتين جاءتا بعدها
    [few] مع { $count } رسائل جاءت بعدها
    [many] مع { $count } رسالة جاءت بعدها
   *[other] مع { $count } رسالة جاءت بعدها
  }
held-replies = { $count ->
    [zero] لا ردود من الزملاء في الطريق
    [one] رد واحد من الزملاء في الطريق
    [two] ردّان من الزملاء في الطريق
    [few] { $count } ردود من الزملاء في الطريق
    [many] { $count } ردًا من الزملاء في الطريق
   *[other] { $count } رد من الزملاء في الطريق
  }

## الصناديق
mailbox-connect = وصل Gmail
mailbox-reconnect = صِله من جديد
mailbox-pause = إيقاف مؤقت
mailbox-resume = استئناف
mailbox-gone = (مفصول)
mailbox-connected = وُصل الصندوق. يصبح بريده الجديد تذاكر من الآن.
mailbox-connected-again = وُصل الصندوق من جديد. يُقرأ الآن ما وصل في هذه الأثناء، وتخرج الردود التي كانت تنتظر.
mailbox-connected-who = حدد من يعمل فيه
mailbox-not-connected = لم يوصل الصندوق.
mailbox-paused-now = أُوقف الصندوق مؤقتًا. يبقى بريده في Gmail ويُقرأ حين تستأنف.
mailbox-goes-on = استأنف الصندوق عمله. ويُقرأ الآن ما وصل في الأثناء.
mailbox-well = كل شيء على ما يرام
mailbox-state-connecting = يجري وصله
mailbox-state-active = يعمل، مع ملاحظة
mailbox-state-paused = موقوف مؤقتًا
mailbox-state-needs_reauth = يجب وصله من جديد
mailbox-state-disconnected = مفصول
mailbox-last-mail = آخر رسالة
mailbox-read = قُرئ حتى
mailbox-pushed = آخر إشعار من Gmail
mailbox-watched = المراقبة حتى
mailboxes-empty = لم يوصل أي صندوق بعد.
mailboxes-unread = يقرأ المكتب Gmail ويرسل من خلاله فقط، ولا يتغير ما هو مقروء أو غير مقروء فيه.
disconnect-begin = فصل الصندوق…
disconnect-title = فصل { $mailbox } نهائيًا
disconnect-what = يُتلف مفتاح هذا الصندوق ويُعاد إذن الوصول إلى Gmail. لا يمكن لأحد استرجاع ما يُحذف، ولا حتى من نسخة احتياطية.
disconnect-goes = هذا ما سيُتلف
disconnect-holds-tickets = محتوى التذاكر
disconnect-holds-messages = الرسائل
disconnect-holds-notes = الملاحظات
disconnect-holds-queued_replies = ردود في الطريق لن تُرسل
disconnect-holds-drafts = المسودات
disconnect-holds-files = ملفات الردود
disconnect-stays = يبقى بريدك في Gmail. ويبقى هنا من كل تذكرة رمزها وحالتها وأوقاتها والمسؤول عنها.
disconnect-export = صدّره أولًا
disconnect-export-hint = يجب تنزيل التصدير قبل ذلك، فملفاته مختومة بالمفتاح نفسه.
disconnect-sure = أعلم أنه لا يمكن التراجع عن هذا.
disconnect-go = افصل وأتلف
disconnect-begun = أُتلف المفتاح. ويجري مسح الباقي.
disconnect-progress = يجري مسح ما كان محفوظًا: { $done } من { $parts }
disconnect-done = لم يبق هنا شيء من بريد هذا الصندوق. وتعرض تذاكره رمزها وحالتها وأوقاتها فقط.
disconnect-grant-revoked = أنهى Google إذن الوصول.
disconnect-grant-none = لم يبق للمكتب إذن وصول ليعيده.
disconnect-grant-unreached = لم يُجب Google. أنهِ الإذن بنفسك في حسابك لدى Google.
disconnect-grant-unknown = لا يُعرف هل أنهى Google الإذن. تحقق في حسابك لدى Google.
disconnect-account = كيف أفعل ذلك
disconnect-versions = يختفي المحذوف من ذاكرة قاعدة البيانات بحلول { $when }.
disconnect-receipt = نزّل الإيصال
disconnect-again = وصل صندوق من جديد
ticket-destroyed = فُصل الصندوق وأُتلف محتوى هذه التذكرة. ما بقي يمكن قراءته، ولا يمكن الكتابة.
subject-destroyed = (أُتلف)
glass-title = القراءة دون عضوية
glass-hint = من ليس عضوًا لا يقرأ هذا الصندوق إلا لمدة محدودة ولسبب. ويرى الأعضاء ذلك هنا، وتُسجَّل كل نظرة.
glass-ask = اطلب القراءة…
glass-ask-title = طلب قراءة { $mailbox }
glass-reason = السبب
glass-reason-hint = يقرأ الأعضاء هذا السبب.
glass-minutes = المدة
glass-minutes-choice = { $minutes ->
    [zero] أقل من دقيقة
    [one] دقيقة واحدة
    [two] دقيقتان
    [few] { $minutes } دقائق
    [many] { $minutes } دقيقة
   *[other] { $minutes } دقيقة
  }
glass-send = اطلب
glass-asked-now = أُرسل الطلب، وأُخبر الأعضاء والمالك.
glass-open-now = يمكنك القراءة الآن.
glass-who = { $name }، والسبب: { $reason }
glass-reason-gone = أُتلف السبب
glass-somebody = شخص ما
glass-state-asked = ينتظر الموافقة
glass-state-open = يقرأ حتى { $until }
glass-state-expired = انتهى وحده
glass-state-refused = رُفض
glass-state-withdrawn = سُحب
glass-state-ended = أُنهي مبكرًا
glass-consented = وافق { $name }
glass-consent = أوافق
glass-end = أنهِه
glass-refuse = أرفض
glass-withdraw = اسحب الطلب
glass-banner = أنت تقرأ صندوقًا لست عضوًا فيه. وتُسجَّل كل نظرة.
glass-banner-where = اعرضه أو أنهِه
glass-setting = قراءة صندوق دون عضوية تتطلب موافقة شخص آخر
place-customers = العملاء
customers-search = البحث عن عميل
customers-search-hint = عنوان كامل، أو كلمات من الاسم أو المؤسسة.
customers-none = لا يوجد عميل كهذا.
customers-more = عرض المزيد
customer-erased = (مُحي)
customer-organisation = المؤسسة
customer-phone = الهاتف
customer-addresses = العناوين
customer-addresses-hint = عنوان في كل سطر. بها يعرف المكتب العميل من جديد.
customer-notes = الملاحظات
customer-note-new = ملاحظة جديدة
customer-note-keep = حفظ الملاحظة
customer-merged = دُمج في هذا العميل
customer-unmerge = التراجع عن الدمج
customer-unmerged = عادا عميلين.
customer-merge = الدمج مع آخر
customer-merge-what = تنتقل عناوين هذا العميل وتذاكره وملاحظاته إلى من تختاره. ويمكن التراجع عن ذلك هناك.
customer-merge-into = الدمج في هذا
customer-merge-done = صار الاثنان عميلًا واحدًا.
set-up-server-why = أولًا الخادم الذي يرسل به المكتب بريده: الرموز والدعوات والإشعارات. وتُجرّبه رسالة إليك.
set-up-server-later = إدخاله لاحقًا
factor-email_otp-resend = إرسال رمز آخر
factor-email_otp-again = أُرسل رمز آخر. الأحدث وحده صالح.
health-needs_reauth = ترفض Google وصول المكتب: إما أن كلمة المرور تغيّرت أو أن الإذن سُحب. البريد محفوظ ويُقرأ حين تصله من جديد.
health-grant_ends_by_itself = أتاحت Google الوصول سبعة أيام فقط لأن شاشة الموافقة ما زالت في وضع «الاختبار». انشرها ثم صِل الصندوق من جديد.
health-watch_expired = لم يعد Gmail يخبرنا بالبريد الجديد، لكنه يُكتشف كل عشر دقائق.
health-watch_expires_soon = ينتهي قريبًا تعهّد Gmail بإخبارنا بالبريد الجديد، ولم يمكن تجديده.
health-resync_under_way = يُسرد البريد الآن: ما طُلب من بريد أقدم، أو ما وصل منذ نسي Gmail موضعنا. لا يضيع شيء.
health-gmail_asked_to_wait = لا يقبل Gmail المزيد الآن. يتابع المكتب حين يُسمح له.
health-push_silent = يصل البريد لكن Gmail لا يخبرنا به. يُكتشف كل عشر دقائق.
health-cursor_behind = هناك جديد لم يُقرأ منذ نصف ساعة.
health-reconcile_gap = في Gmail رسائل لا توجد في أي تذكرة. طُلبت من جديد، وستبيّن المقارنة التالية ما آلت إليه.
disclosure-title = قبل أن تسألك Google
disclosure-what = ستسألك Google هل يُسمح للمكتب بالوصول إلى هذا الصندوق. وهو يطلب هذا ولا شيء سواه:
disclosure-read = قراءة بريد الصندوق ليصير تذاكر.
disclosure-send = إرسال الردود التي تكتبها هنا.
disclosure-kept = يبقى البريد في Gmail، ويحتفظ المكتب بإشارات إليه وبحقول قليلة تحت مفتاح يُتلف حين تفصل الصندوق.
disclosure-limited = ما يُقرأ يُستخدم للمكتب وحده: لا للإعلان، ولا يُباع، ولا يقرؤه أحد بلا سبب.
disclosure-policy = سياسة الخصوصية
disclosure-go = المتابعة إلى Google
import-depth = البريد الأقدم
import-depth-0 = لا شيء: ما يصل من الآن فقط
import-depth-30 = بريد آخر 30 يومًا
import-depth-365 = بريد السنة الأخيرة
import-depth-all = كله

## Administration
place-admin = الإدارة
admin-people = الأشخاص
admin-roles = الأدوار
admin-teams = الفِرَق
admin-mailbox = إعدادات صندوق البريد
admin-rules = القواعد
admin-saved_replies = الردود المحفوظة
admin-fields = حقول التذاكر
admin-reports = التقارير
admin-webhooks = خطّافات الويب
admin-smtp = بريد المكتب نفسه
admin-exports = التصدير
admin-imports = الاستيراد
admin-audit = سجل التدقيق
action-change = تغيير
action-delete = حذف
person-all = جميع الأشخاص
person-name = الاسم
person-email = البريد الإلكتروني
person-language = لغة الدعوة
person-role = الدور
person-role-hint = مع دور آخر تنتهي جلساته ويسجّل الدخول من جديد.
person-role-save = منح هذا الدور
person-mailboxes = صناديق البريد
person-mailboxes-hint = من يعمل في صندوق بريد يقرأ بريده. ولا يقرؤه أحد سواه، ولا المديرون.
person-mailboxes-save = حفظ صناديق البريد
person-factors = العوامل الإضافية
person-factors-hint = يثبت بها هويته إلى جانب كلمة المرور.
person-factors-remove = إزالة جميع العوامل الإضافية
person-factors-what = لمن فقدها. تنتهي جلساته، ثم يسجّل الدخول بكلمة مروره ورمز يصله بالبريد ويضيف عوامل جديدة.
factor-name-passkey = مفتاح مرور
factor-name-totp = تطبيق مصادقة
factor-name-recovery = رموز الاسترداد
factor-name-email_otp = رمز بالبريد
factor-name-password = كلمة المرور
factor-none = لا شيء
person-state = الوصول
person-state-active = يعمل هنا
person-state-disabled = معطّل
person-state-erasing = قيد المحو
person-state-invited = مدعو
person-erased = شخص مُحيت بياناته
person-invite = دعوة شخص
person-invite-send = إرسال الدعوة
person-invite-again = دعوة من جديد
person-invited = الدعوة في الطريق.
person-not-mailed = الحساب موجود، لكن تعذّر إرسال الدعوة: { $why } أعد الدعوة لاحقًا.
person-disable = تعطيل الحساب
person-disable-what = تنتهي جلساته فورًا ولا يستطيع تسجيل الدخول. ويبقى ما كتبه. ويمكنك تفعيل الحساب من جديد.
person-enable = تفعيل الحساب
person-sessions = أين سُجّل دخوله
person-sessions-none = ليس في أي مكان الآن.
person-sessions-end = إنهاء جميع الجلسات
role-administrator = مدير
role-supervisor = مشرف
role-agent = موظف دعم
role-viewer = مطّلع
role-auditor = مدقّق
role-unknown = دور حُذف
roles-hint = الدور هو ما يجوز لشخص أن يفعله: في كل مكان، أو في صناديق البريد التي يعمل فيها فقط.
role-may = يجوز له
role-everywhere = في كل مكان
role-in-mailboxes = في صناديقه
role-not = لا
role-create = إنشاء دور
role-change = تغيير الدور { $name }
role-delete = حذف الدور
role-delete-named = حذف الدور { $name }
role-delete-what = يمكن حذف الدور عندما لا يحمله أحد.
role-name = اسم الدور
role-own-hint = ما يخص التذاكر والبريد يسري في صناديق البريد التي يعمل فيها الشخص، وما سواه يسري في كل مكان.
permission-account-self = إدارة حسابه
permission-audit-export = تصدير سجل التدقيق
permission-audit-read = قراءة سجل التدقيق
permission-break_glass-request = طلب القراءة دون عضوية
permission-content-read = قراءة البريد
permission-customer-read = الاطلاع على العملاء
permission-customer-write = تغيير بيانات العملاء
permission-dead_letter-replay = إعادة ما أخفق
permission-mailbox-connect = وصل صناديق البريد
permission-mailbox-disconnect = فصل صناديق البريد
permission-mailbox-members = تحديد من يعمل في أي صندوق بريد
permission-mailbox-read = الاطلاع على صناديق البريد وحالتها
permission-note-delete = حذف ملاحظات الآخرين
permission-note-write = كتابة الملاحظات
permission-privacy-manage = معالجة طلبات المحو والبيانات
permission-reply-send = إرسال الردود
permission-report-read = الاطلاع على التقارير
permission-role-manage = إدارة الأدوار
permission-rule-manage = إدارة القواعد
permission-saved_reply-share = مشاركة الردود المحفوظة
permission-search-use = البحث
permission-settings-manage = تغيير الإعدادات والتصدير والاستيراد
permission-ticket-merge = دمج التذاكر
permission-ticket-read = الاطلاع على التذاكر
permission-ticket-write = تغيير التذاكر
permission-user-read = الاطلاع على الأشخاص والأدوار
permission-user-write = دعوة الأشخاص وتعطيلهم
permission-webhook-manage = إدارة خطّافات الويب
team-create = إنشاء فريق
team-change = تغيير الفريق
team-name = اسم الفريق
team-members = أعضاؤه
team-active = يمكن إسناد تذاكر إليه
team-resting = لا تُسند إليه تذاكر حاليًا.
team-nobody = لا أحد بعد
teams-empty = لا يوجد فريق بعد. يمكن إسناد تذكرة إلى فريق، فيأخذها من هو متفرّغ.
mailbox-settings = أوقات العمل والمواعيد والنصوص
mailbox-rules = القواعد
admin-tags = الوسوم
tags-hint = يُنشأ الوسم بوضعه على تذكرة. وهنا يُعاد تسميته أو يُضم إلى غيره أو يُزال.
tags-no-mailbox = تظهر وسوم الصناديق التي تعمل فيها.
tags-none = لا وسم على أي تذكرة بعد.
tags-looked-at = { $count ->
    [zero] دون تذاكر.
    [one] من أحدث تذكرة.
    [two] من أحدث تذكرتين.
    [few] من أحدث { $count } تذاكر.
    [many] من أحدث { $count } تذكرة.
   *[other] من أحدث { $count } تذكرة.
}
tags-tickets = { $count ->
    [zero] دون تذاكر
    [one] تذكرة واحدة
    [two] تذكرتان
    [few] { $tickets } تذاكر
    [many] { $tickets } تذكرة
   *[other] { $tickets } تذكرة
}
tags-name = الوسم
tags-rename = إعادة تسمية
tags-rename-named = إعادة تسمية { $tag }
tags-rename-what = تأخذ كل تذاكر الصندوق الاسم الجديد، المغلقة منها أيضًا، وكذلك قواعده وعروضه المشتركة. ويستمر ذلك من تلقاء نفسه.
tags-join = دمج
tags-joins = يوجد { $tag } من قبل: يصير الاثنان واحدًا، ولا يمكن فصلهما بعد ذلك.
tags-remove = إزالة
tags-remove-named = إزالة { $tag }
tags-remove-what = يُزال من كل تذاكر الصندوق، المغلقة منها أيضًا. ولا تضعه القواعد بعد ذلك؛ والقاعدة التي لا تفعل سواه تُوقَف.
tags-begun = بدأ ذلك. يمكنك مغادرة هذه الصفحة، فهو يستمر.
tags-renamed = الوسم { $tag } يصير { $into }.
tags-removed = يُزال { $tag }.
tags-counted = { $count ->
    [zero] دون تذاكر، القواعد: { $rules }، العروض المشتركة: { $views }
    [one] تذكرة واحدة، القواعد: { $rules }، العروض المشتركة: { $views }
    [two] تذكرتان، القواعد: { $rules }، العروض المشتركة: { $views }
    [few] { $tickets } تذاكر، القواعد: { $rules }، العروض المشتركة: { $views }
    [many] { $tickets } تذكرة، القواعد: { $rules }، العروض المشتركة: { $views }
   *[other] { $tickets } تذكرة، القواعد: { $rules }، العروض المشتركة: { $views }
}
admin-dead_letters = ما تعذّر تنفيذه
dead-hint = تُحفظ هنا لمدة 31 يومًا الأحداث التي لم تستطع دالة معالجتها في مئة محاولة. ابحث أولًا عن السبب، كإذن مسحوب؛ ثم أعد المحاولة. وما نُفِّذ من قبل لا يُنفَّذ مرتين.
dead-none = لم يُترك شيء.
dead-more = لا يظهر إلا أول { $count }.
dead-count = { $count ->
    [zero] لم يُترك أي حدث
    [one] تُرك حدث واحد
    [two] تُرك حدثان
    [few] تُركت { $number } أحداث
    [many] تُرك { $number } حدثًا
   *[other] تُرك { $number } حدث
}
dead-oldest = أقدمها ورد
dead-attempts = { $count ->
    [zero] دون محاولات
    [one] محاولة واحدة
    [two] محاولتان
    [few] { $count } محاولات على الأكثر
    [many] { $count } محاولة على الأكثر
   *[other] { $count } محاولة على الأكثر
}
dead-replay = إعادة المحاولة
dead-replay-what = { $count ->
    [zero] لا يُسلَّم شيء من جديد.
    [one] يُسلَّم الحدث من جديد.
    [two] يُسلَّم الحدثان من جديد.
    [few] تُسلَّم أقدم { $count } أحداث من جديد.
    [many] يُسلَّم أقدم { $count } حدثًا من جديد.
   *[other] يُسلَّم أقدم { $count } حدث من جديد.
}
dead-replayed = { $count ->
    [zero] لم يُسلَّم شيء من جديد؛ الباقي { $left }.
    [one] سُلِّم حدث واحد من جديد؛ الباقي { $left }.
    [two] سُلِّم حدثان من جديد؛ الباقي { $left }.
    [few] سُلِّمت { $count } أحداث من جديد؛ الباقي { $left }.
    [many] سُلِّم { $count } حدثًا من جديد؛ الباقي { $left }.
   *[other] سُلِّم { $count } حدث من جديد؛ الباقي { $left }.
}
admin-privacy = طلبات البيانات
privacy-hint = ما طلبه الناس بشأن بياناتهم، كتابةً أو في الصفحة المخصصة لذلك. والجواب مستحق خلال شهر.
privacy-state = عرض
privacy-state-pending = بانتظار الجواب
privacy-state-done = مُنجزة
privacy-state-refused = مرفوضة
privacy-empty-pending = لا شيء ينتظر. تظهر هنا الطلبات الواردة مع الأيام الباقية.
privacy-empty-done = لم يُنجز شيء بعد.
privacy-empty-refused = لم يُرفض شيء.
privacy-create = تدوين طلب
privacy-create-what = لما ورد برسالة ورقية أو بالهاتف أو بالبريد. ويبدأ شهره الآن.
privacy-created = دُوّن الطلب.
privacy-kind = المطلوب
privacy-kind-correction = تصحيح
privacy-kind-erasure = محو
privacy-who = صاحب البيانات
privacy-who-missing = اختر صاحب البيانات.
privacy-customer = صفحته
privacy-asked = تاريخ الطلب
privacy-due = الجواب مستحق قبل
privacy-text = بكلماته
privacy-text-hint = ما الخطأ، أو ما قاله أيضًا.
privacy-answer = الجواب
privacy-answer-hint = يقرؤه الشخص حيث قدّم طلبه.
privacy-settled = البتّ
privacy-do-correction = صُحّح
privacy-do-correction-what = صحّح أولًا في صفحة العميل، ثم قل هنا إنه أُنجز.
privacy-do-erasure = محو
privacy-do-erasure-what = يُمحى كل ما يُحفظ عن هذا الشخص نهائيًا، وتنساه النسخ الاحتياطية خلال 30 يومًا. ويبقى البريد نفسه في Gmail.
privacy-is-done = أُنجز الطلب.
privacy-refuse = رفض
privacy-refuse-what = اذكر السبب، كالقانون الذي يُلزمكم بالاحتفاظ بها، وأن له أن يشتكي إلى جهة رقابية.
privacy-refused = رُفض الطلب.
privacy-late = متأخر
privacy-today = مستحق اليوم
privacy-days = { $days ->
    [zero] مستحق اليوم
    [one] بقي يوم واحد
    [two] بقي يومان
    [few] بقيت { $days } أيام
    [many] بقي { $days } يومًا
   *[other] بقي { $days } يوم
}
privacy-exports = بيانات جُمعت لأشخاص
privacy-exports-hint = طلبتَها في صفحات العملاء. أنت وحدك تستطيع تنزيلها، لسبعة أيام.
privacy-erasures = عمليات المحو
privacy-erasures-hint = للعملاء ولمن كانوا يعملون هنا. وتنتهي كل منها بإيصال موقّع.
privacy-erased-customer = عميل
privacy-erased-person = شخص كان يعمل هنا
privacy-names = أسماء العاملين
privacy-names-hint = يحق للناس أن يروا من اطّلع على بياناتهم. ودون هذا يقرؤون الدور فقط.
privacy-names-show = إظهار أسماء من يعملون هنا
admin-holds = الحجوز القانونية
admin-proofs = إثبات الاكتمال
admin-retention = مدة الاحتفاظ
mailbox-proofs = إثبات عدم فقدان أي رسالة
mailbox-retention = مدة الاحتفاظ
mailbox-compared = المقارنة مع Gmail
mailbox-compared-of = { $when }: { $accounted } من { $gmail } محسوبة
proof-title = المقارنة مع Gmail
proof-hint = كل ساعة يُقارن ما في Gmail بما هو مخزَّن هنا. يُطلب المفقود من جديد، وتُعلن النتيجة بتوقيع يستطيع أي أحد التحقق منه. لا تُحسب الرسائل المزعجة ولا المحذوفات ولا المسودات.
proof-begun = بدأت المقارنة.
proof-now = قارن الآن
proof-whole = قارن كل البريد الموجود
proof-under-way = { $count ->
    [zero] المقارنة جارية.
    [one] المقارنة جارية: رسالة واحدة حتى الآن.
    [two] المقارنة جارية: رسالتان حتى الآن.
    [few] المقارنة جارية: { $compared } رسائل حتى الآن.
    [many] المقارنة جارية: { $compared } رسالة حتى الآن.
   *[other] المقارنة جارية: { $compared } رسالة حتى الآن.
}
proofs-empty = لا يوجد بيان بعد. يصدر الأول خلال ساعة من وصل الصندوق.
proof-statements = البيانات
proof-issued = وقت البيان
proof-result = المحسوب
proof-period = البريد المستلم
proof-note = بيان موقَّع
proof-download = تنزيل
proof-of = { $accounted } من { $gmail }
proof-missing = { $count ->
    [zero] لا رسائل مفقودة.
    [one] رسالة واحدة لم تكن في أي تذكرة، وطُلبت من جديد.
    [two] رسالتان لم تكونا في أي تذكرة، وطُلبتا من جديد.
    [few] { $missing } رسائل لم تكن في أي تذكرة، وطُلبت من جديد.
    [many] { $missing } رسالة لم تكن في أي تذكرة، وطُلبت من جديد.
   *[other] { $missing } رسالة لم تكن في أي تذكرة، وطُلبت من جديد.
}
proof-repaired = { $count ->
    [zero] لم يُستعد شيء.
    [one] واحدة كانت مفقودة وهي هنا الآن.
    [two] اثنتان كانتا مفقودتين وهما هنا الآن.
    [few] { $repaired } كانت مفقودة وهي هنا الآن.
    [many] { $repaired } كانت مفقودة وهي هنا الآن.
   *[other] { $repaired } كانت مفقودة وهي هنا الآن.
}
proof-gone = { $count ->
    [zero] لم يختفِ شيء من Gmail.
    [one] واحدة كانت مفقودة واختفت من Gmail أيضًا.
    [two] اثنتان كانتا مفقودتين واختفتا من Gmail أيضًا.
    [few] { $gone } كانت مفقودة واختفت من Gmail أيضًا.
    [many] { $gone } كانت مفقودة واختفت من Gmail أيضًا.
   *[other] { $gone } كانت مفقودة واختفت من Gmail أيضًا.
}
proof-stored-only = { $count ->
    [zero] لا شيء محفوظ هنا وحده.
    [one] واحدة محفوظة هنا وأُزيلت من Gmail.
    [two] اثنتان محفوظتان هنا وأُزيلتا من Gmail.
    [few] { $stored } محفوظة هنا وأُزيلت من Gmail.
    [many] { $stored } محفوظة هنا وأُزيلت من Gmail.
   *[other] { $stored } محفوظة هنا وأُزيلت من Gmail.
}
proof-span = من { $since } إلى { $until }
retention-title = محو القديم
retention-hint = الحقل الفارغ يحتفظ بالمحتوى حتى يُفصل الصندوق. يُعرض ما سيُمحى قبل حفظ أي شيء. ما عليه حجز قانوني لا يُمحى أبدًا.
retention-held = على هذا الصندوق حجز قانوني: لا يُمحى منه شيء.
retention-tickets = التذاكر، بالأيام
retention-tickets-hint = المحلولة أو المغلقة أو المزعجة التي لم تُمسّ هذه المدة. يبقى الرمز والحالة والأوقات، ولا يُمسّ البريد في Gmail.
retention-notes = الملاحظات، بالأيام
retention-notes-hint = نصوص الملاحظات، حتى على التذاكر المحتفَظ بها.
retention-comments = تعليقات العملاء، بالأيام
retention-comments-hint = ما كُتب مع التقييم؛ أما التقييم فيبقى.
retention-customers = العملاء، بالأيام
retention-customers-hint = من لم تعد أي تذكرة تذكر عنهم شيئًا.
retention-look = اعرض ما سيُمحى
retention-what = ما سيُمحى الآن
retention-nothing = لا شيء.
retention-count = العدد: { $number }
retention-more = أكثر من { $number }
retention-for-good = يبدأ المحو في الليلة القادمة، ولا يستطيع أحد التراجع عنه.
retention-last = آخر مرة
retention-never = لم يُمحَ شيء بعد.
retention-ended = انتهى { $when }
retention-running = جارٍ منذ { $when }
retention-erased-messages = الرسائل
retention-erased-notes = الملاحظات
retention-erased-tickets = التذاكر
retention-erased-comments = التعليقات
retention-erased-customers = العملاء
retention-fixed = ما له مدته الخاصة
retention-fixed-what = نصوص البريد في الذاكرة المؤقتة: 24 ساعة. التصدير: 7 أيام. الإشعارات: 30 يومًا. البيانات الموقَّعة: 400 يوم. تنتهي جلسات الدخول من تلقاء نفسها.
holds-hint = ما عليه حجز قانوني لا يُمحى، لا بسبب قدمه ولا بطلب أحد، حتى يُرفع الحجز.
holds-empty = لا شيء عليه حجز قانوني.
hold-set = ضع حجزًا
hold-is-set = وُضع الحجز.
hold-lift = ارفع الحجز
hold-lifted = رُفع الحجز.
hold-lift-what = ما صار قديمًا حتى ذلك الحين يُمحى في الليلة التالية.
hold-what = المحجوز
hold-of-ticket = تذكرة
hold-of-customer = عميل
hold-of-mailbox = صندوق بريد
hold-reason = السبب
hold-reason-hint = مثل رقم قضية. لا يقرؤه إلا من يديرون الخصوصية.
hold-by = وضعه
hold-name-ticket = رمز التذكرة
hold-name-ticket-hint = كما هو بجانب موضوعها.
hold-name-customer = معرّف العميل
hold-name-customer-hint = الجزء الأخير من عنوان صفحة العميل.
ticket-held = على هذه التذكرة حجز قانوني: لا يُمحى منها شيء.
ticket-was-erased = مُحي محتوى هذه التذكرة { $when }، وما بقي منها للقراءة فقط.
customer-held = على هذا العميل حجز قانوني.
deed-legal_hold-set = وُضع حجز قانوني
deed-legal_hold-lifted = رُفع حجز قانوني
settings-all = جميع صناديق البريد
settings-hours = أوقات العمل
settings-hours-hint = لا تُحسب المواعيد المتعهَّد بها إلا خلال أوقات العمل.
hours-week = الأسبوع
hours-night = الفترة التي تنتهي قبل بدايتها تمتد إلى اليوم التالي.
hours-closed = مغلق
hours-from = { $day }، من
hours-to = { $day }، حتى
hours-add = إضافة أوقات عمل يوم { $day }
hours-add-short = إضافة أوقات
hours-remove = إزالة هذه الأوقات يوم { $day }
hours-wrong = تحتاج كل فترة إلى بداية ونهاية مختلفتين.
holidays = أيام العطل
holiday-day = يوم لا يعمل فيه أحد
holiday-add = إضافة العطلة
holiday-remove = إزالة العطلة { $day }
promises-hint = بساعات ودقائق من وقت العمل، مثل 4 أو 0:30. وما تُرك فارغًا لا موعد له.
promises-wrong = اكتب الأوقات بالساعات والدقائق، مثل 4 أو 0:30.
settings-by-itself = ما يُرسل تلقائيًا
settings-acknowledge = إشعار بالاستلام للتذاكر الجديدة
settings-acknowledge-hint = مرة لكل تذكرة يفتحها بريد إنسان، ولا يُرسل أبدًا إلى الآلات والقوائم البريدية.
settings-acknowledgement-subject = موضوع الإشعار
settings-acknowledgement-text = نص الإشعار
settings-satisfaction = السؤال عن رأي العميل في المساعدة
settings-satisfaction-hint = تحوي الردود التي تحل تذكرة رابطًا يقول به العميل إن كانت المساعدة جيدة.
settings-replies = الردود
settings-undo = ثوانٍ للتراجع عن الإرسال
settings-undo-hint = 0 يرسل فورًا، والحد الأقصى 120.
settings-reopen = أيام إعادة الفتح
settings-reopen-hint = يعيد الجواب فتح تذكرة محلولة خلال هذه الأيام، وبعدها يفتح تذكرة جديدة.
settings-from = عنوان المرسل
settings-from-hint = أحد عناوين الإرسال في الصندوق، أو عنوان الصندوق نفسه إن تُرك فارغًا.
settings-members = من يعمل فيه
settings-member-add = شخص آخر
settings-member-add-do = السماح له بالعمل هنا
settings-member-remove = لم يعد { $name } يعمل هنا
sending = كيف يُرسل
sending-hint = تُرسل الردود عبر Gmail أو عبر خادم SMTP خاص بكم.
sending-gmail = تُرسل الردود عبر Gmail.
sending-smtp = تُرسل الردود عبر SMTP:
sending-use-smtp = الإرسال عبر SMTP
sending-use-gmail = العودة إلى الإرسال عبر Gmail
sending-change = تغيير الخادم
sending-gmail-what = يُنسى الخادم وكلمة مروره، وتُرسل الردود المنتظرة عبر Gmail.
sending-test = اختبار وحفظ
sending-tested = قبِلنا الخادم، وتُرسل الردود عبره من الآن.
smtp-title = خادم الدعوات والرموز والإشعارات
smtp-hint = عند الحفظ تُرسل إليك رسالة، ولا يتغير شيء إلا إذا قبلها الخادم.
smtp-tested = قبل الخادم رسالة إليك، وسيُستخدم من الآن.
smtp-none = لم يُدخل خادم بعد: لا يمكن إرسال الدعوات والرموز والإشعارات.
smtp-host = الخادم
smtp-port = المنفذ
smtp-security = التشفير
smtp-security-tls = TLS من البداية (465)
smtp-security-starttls = ‏STARTTLS‏ (587)، ترقية الاتصال
smtp-sender = عنوان المرسل
smtp-username = اسم المستخدم
rules-hint = عند وقوع أمر تُجرَّب القواعد من الأولى إلى الأخيرة، كل واحدة على التذكرة كما تركتها ما قبلها.
rules-mailbox = قواعد صندوق البريد
rules-empty = لا قواعد بعد. يمكن لقاعدة مثلًا أن تسند بريد الفواتير إلى فريق.
rule-create = إنشاء قاعدة
rule-change = تغيير القاعدة
rule-delete = حذف القاعدة
rule-delete-what = تُحذف القاعدة { $name }. ويبقى ما فعلته بالتذاكر.
rule-moved = أصبحت { $name } القاعدة رقم { $place }.
rule-up = تقديم { $name }
rule-down = تأخير { $name }
rule-enabled = سارية
rule-name = اسم القاعدة
rule-when = متى
rule-if = إذا
rule-if-all = إذا تحققت كلها
rule-if-any = إذا تحقق أحدها
rule-then = عندئذٍ
rule-always = دائمًا
rule-stops = لا تُجرَّب قاعدة بعدها.
rule-stop = لا تُجرَّب قاعدة بعد هذه
rule-match = كم شرطًا يجب أن يتحقق
rule-match-all = كلها
rule-match-any = أحدها
rule-condition = الشرط { $place }
rule-condition-add = إضافة شرط
rule-condition-remove = إزالة هذا الشرط
rule-field = ماذا
rule-operator = كيف
rule-values = أحد هذه
rule-values-hint = تُفصل القيم بفواصل.
rule-when-ticket_created = عند فتح تذكرة
rule-when-message_received = عند وصول رسالة
rule-when-ticket_changed = عند تغيير شخص للتذكرة
rule-when-reply_sent = عند إرسال رد
rule-when-sla_breached = عند فوات موعد متعهَّد به
rule-when-rated = عند تقييم العميل للمساعدة
rule-field-subject = الموضوع
rule-field-sender = عنوان المرسل
rule-field-sender_domain = نطاق المرسل
rule-field-recipient = عنوان المستلم
rule-field-attachment = الملفات المرفقة
rule-field-kind = نوع البريد
rule-field-state = الحالة
rule-field-priority = الأولوية
rule-field-tag = الوسم
rule-field-assignee = المسؤول
rule-field-team = الفريق
rule-field-rating = جواب العميل
rule-field-breached = الموعد الفائت
rule-operator-is = هو
rule-operator-is_not = ليس
rule-operator-contains = يحتوي على
rule-operator-contains_not = لا يحتوي على
rule-attachment-yes = توجد
rule-attachment-no = لا توجد
rule-rating-good = جيد
rule-rating-bad = سيئ
rule-rating-none = لا جواب
rule-no-team = بلا فريق
rule-unknown-team = فريق لم يعد موجودًا
rule-stays = (يبقى كما هو)
rule-add-tags = إضافة وسوم
rule-remove-tags = إزالة وسوم
rule-snooze = تأجيل لمدة
rule-snooze-hours = تأجيل لعدد من الساعات
rule-note = كتابة هذه الملاحظة
rule-missing-when = حدّد متى تُجرَّب القاعدة.
rule-missing-values = في أحد الشروط لا يوجد ما يُقارَن به بعد.
rule-missing-actions = حدّد ما يحدث للتذكرة.
rule-try = تجربة بلا أثر
rule-try-title = ما الذي ستفعله { $name }
rule-try-found = { $count ->
    [zero] لن تمسّ أيًّا من أحدث التذاكر ({ $looked }). لم يتغير شيء.
    [one] ستمسّ تذكرة واحدة من أحدث التذاكر ({ $looked }). لم يتغير شيء.
    [two] ستمسّ تذكرتين من أحدث التذاكر ({ $looked }). لم يتغير شيء.
    [few] ستمسّ { $count } تذاكر من أحدث التذاكر ({ $looked }). لم يتغير شيء.
    [many] ستمسّ { $count } تذكرة من أحدث التذاكر ({ $looked }). لم يتغير شيء.
   *[other] ستمسّ { $count } تذكرة من أحدث التذاكر ({ $looked }). لم يتغير شيء.
  }
rule-try-ticket = التذكرة
rule-try-changes = ما سيتغير
rule-try-note = ستُكتب ملاحظة.
rule-try-same = هي كذلك أصلًا.
told-state = الحالة
told-priority = الأولوية
told-assignee_id = المسؤول
told-team_id = الفريق
told-tags = الوسوم
told-snoozed_until = مؤجلة حتى
told-nothing = لا شيء
told-change = { $label }: من { $before } إلى { $after }
saved-replies-hint = ما تكتبه مرارًا. يُدرجه من يجيب عن تذكرة في رده، وعندئذ تُملأ عناصره النائبة.
saved-replies-empty = لم يُحفظ شيء بعد.
saved-reply-create = حفظ رد
saved-reply-change = تغيير { $name }
saved-reply-delete = حذف { $name }
saved-reply-delete-what = يُحذف عند كل من لديه. وتبقى الردود المرسلة.
saved-reply-own = لي وحدي
saved-reply-of = كل من في { $mailbox }
saved-reply-whose = لمن
saved-reply-text = النص
saved-reply-insert = إدراج عنصر نائب
saved-reply-insert-what = اختر…
saved-reply-preview = كما قد يبدو
saved-reply-unknown = هذه العناصر النائبة لا معنى لها: { $names }.
saved-reply-uses = { $count ->
    [zero] لم يُستخدم ({ $uses }).
    [one] استُخدم مرة واحدة ({ $uses }).
    [two] استُخدم مرتين ({ $uses }).
    [few] استُخدم { $uses } مرات.
    [many] استُخدم { $uses } مرة.
   *[other] استُخدم { $uses } مرة.
  }
placeholder-customer-first_name = الاسم الأول للعميل
placeholder-customer-name = اسم العميل
placeholder-agent-name = اسم من يرد
placeholder-ticket-code = رمز التذكرة
placeholder-ticket-subject = موضوع التذكرة
placeholder-mailbox-address = عنوان صندوق البريد
placeholder-sample-customer-first_name = نورة
placeholder-sample-customer-name = نورة الأحمد
placeholder-sample-agent-name = سامي الحسن
placeholder-sample-ticket-subject = لم يصل طلبي بعد
fields-hint = لكل تذكرة هذه الحقول إلى جانب حقولها: رقم طلب أو منتج أو تاريخ.
fields-empty = لم يُضف حقل بعد.
field-create = إضافة حقل
field-change = تغيير الحقل
field-name = اسم الحقل
field-kind = ما يحتويه
field-kind-hint = ما يحتويه ثابت للأبد، ويمكن تغيير الاسم والخيارات.
field-kind-text = نص
field-kind-number = رقم
field-kind-date = تاريخ
field-kind-choice = أحد عدة خيارات
field-kind-checkbox = نعم أو لا
field-choices = الخيارات
field-choices-hint = كل خيار في سطر.
field-active = يمكن إعطاء التذاكر قيمة
field-resting = لا يقبل قيمًا جديدة
webhooks-hint = يُخبَر برنامج آخر بما يحدث، بمعرّفات لا ببريد ولا بأسماء. وكل نداء موقَّع.
webhooks-empty = لا خطّافات بعد.
webhook-create = إنشاء خطّاف
webhook-change = تغيير الخطّاف
webhook-delete = حذف الخطّاف
webhook-delete-what = لن يُخبَر { $name } بشيء بعد ذلك.
webhook-url = العنوان
webhook-url-hint = يجب أن يبدأ بـ https وأن يمكن الوصول إليه من الخارج.
webhook-url-again = العنوان الجديد يحتاج إلى تحقق من جديد.
webhook-events = الأحداث
webhook-event = الحدث
webhook-no-events = اختر حدثًا واحدًا على الأقل.
webhook-all-mailboxes = جميع صناديق البريد
webhook-state-active = فعّال
webhook-state-unverified = ينتظر التحقق
webhook-state-paused = موقوف مؤقتًا
webhook-state-disabled = معطّل
webhook-disabled-gone = أجاب العنوان بأنه لم يعد موجودًا. تحقق منه للبدء من جديد.
webhook-disabled-failing = أخفق العنوان ثلاثة أيام. تحقق منه للبدء من جديد.
webhook-verify = التحقق من العنوان
webhook-verified = أجاب العنوان كما ينبغي. الخطّاف فعّال الآن.
webhook-test = إرسال اختبار
webhook-test-well = قبل المستلم الاختبار ({ $status }).
webhook-test-badly = لم يقبل المستلم الاختبار: { $why }.
webhook-deliveries = آخر عمليات التسليم
webhook-deliveries-of = آخر عمليات التسليم إلى { $name }
webhook-deliveries-none = لم يُسلَّم شيء في الأيام السبعة الماضية.
webhook-outcome = النتيجة
webhook-outcome-delivered = سُلّم
webhook-outcome-waiting = سيُعاد
webhook-outcome-given_up = تُرك
webhook-next = المحاولة التالية { $when }
webhook-attempts = المحاولات
webhook-answer = الجواب
webhook-answer-answer = تعذّرت قراءة الإجابة
webhook-answer-connection = تعذّر الاتصال
webhook-answer-timeout = لم تصل إجابة في الوقت المحدد
webhook-answer-tls = الشهادة غير صالحة
webhook-at = آخر محاولة
webhook-again = إخبار من جديد
webhook-told-again = يُخبَر المستلم بالحدث من جديد.
webhook-secret = سر الخطّاف
webhook-secret-what = به يتحقق المستلم من أن النداء منا. يُعرض هذه المرة فقط، فاحفظه الآن في إعدادات المستلم. ثم تحقق من العنوان.
webhook-secret-new = سر آخر
webhook-secret-new-what = يُنشأ سر جديد ويُعرض مرة واحدة. ماذا عن السر الحالي؟
webhook-secret-in-a-day = يبقى صالحًا 24 ساعة، كي لا يفوت المستلم أي نداء
webhook-secret-at-once = ينتهي فورًا، لأن غيرنا قد يعرفه
webhook-secret-replaced-what = به يتحقق المستلم من أن النداء منا. يُعرض هذه المرة فقط، فاحفظه الآن في إعدادات المستلم.
webhook-copy = نسخ
webhook-copied = نُسخ.
webhook-kept = حفظته
event-message-joined = انضمت رسالة إلى تذكرة
event-message-moved = نُقلت رسالة إلى تذكرة أخرى
event-message-muted = كُتمت رسالة
event-note-changed = غُيّرت ملاحظة
event-note-created = كُتبت ملاحظة
event-note-deleted = حُذفت ملاحظة
event-reply-discarded = حُذفت مسودة رد
event-reply-drafted = كُتبت مسودة رد
event-reply-failed = أخفق رد
event-reply-needs_review = رد يحتاج إلى مراجعة
event-reply-put_off = أُجّل رد
event-reply-queued = وُضع رد في الانتظار
event-reply-sent = أُرسل رد
event-reply-settled = حُسم رد كان يحتاج إلى مراجعة
event-reply-taken_back = استُرجع رد
event-ticket-changed = غُيّرت تذكرة
event-ticket-created = فُتحت تذكرة
event-ticket-erased = مُحي محتوى تذكرة
event-ticket-imported = استُوردت تذكرة
event-ticket-merged = دُمجت تذاكر
event-ticket-opened = قرأ شخص تذكرة
event-ticket-rated = قيّم عميل المساعدة
event-ticket-retagged = أُعيدت تسمية وسم في صندوق البريد كله أو أُزيل
event-ticket-sla_breached = فات موعد متعهَّد به
event-ticket-snooze_ended = انتهى تأجيل تذكرة
event-ticket-split = قُسمت تذكرة
event-ticket-state_changed = تغيّرت حالة تذكرة
event-ticket-unmerged = فُصلت تذاكر كانت مدموجة
event-audit-exported = صُدّر سجل التدقيق
event-audit-read = جرى البحث في سجل التدقيق
event-break_glass-asked = طُلبت قراءة دون عضوية
event-break_glass-changed = غُيّرت قراءة دون عضوية
event-break_glass-ended = انتهت قراءة دون عضوية
event-break_glass-opened = سُمح بقراءة دون عضوية
event-break_glass-read = قُرئ بريد دون عضوية
event-content-read = قرأ أحدهم بريدًا
event-custom_field-changed = غُيّر حقل في التذاكر
event-custom_field-created = أُضيف حقل إلى التذاكر
event-customer-changed = غُيّرت بيانات عميل
event-customer-erased = مُحيت بيانات عميل
event-customer-merged = دُمج عميلان
event-customer-noted = كُتبت ملاحظة عن عميل
event-customer-unmerged = أُلغي دمج عميلين
event-dead_letters-replayed = أُعيدت عمليات تسليم كانت قد أُهملت
event-export-cancelled = أُلغي تصدير
event-export-downloaded = نُزّل ملف من تصدير
event-export-finished = اكتمل تصدير
event-export-requested = طُلب تصدير
event-factor-added = أُضيف عامل ثانٍ
event-factor-challenged = أُرسل رمز بالبريد
event-factor-refused = رُفض عامل ثانٍ
event-factor-removed = أُزيل عامل ثانٍ
event-import-cancelled = أُلغي استيراد
event-import-finished = اكتمل استيراد
event-import-requested = طُلب استيراد
event-invitation-accepted = قُبلت دعوة
event-invitation-created = دُعي شخص
event-legal_hold-lifted = رُفع حجز قانوني
event-legal_hold-set = وُضع حجز قانوني
event-link-refused = رُفض رابط لم يعد صالحًا
event-log-fork_refused = رفض الشاهد سجلًا يناقض نفسه
event-log-heartbeat = دقّت الساعة
event-mailbox-connect_refused = رُفض وصل صندوق بريد
event-mailbox-connected = وُصل صندوق بريد
event-mailbox-content_destroyed = أُتلف محتوى صندوق بريد
event-mailbox-disconnected = فُصل صندوق بريد
event-mailbox-needs_reauth = يجب وصل صندوق بريد من جديد
event-mailbox-paused = أُوقف صندوق بريد مؤقتًا
event-mailbox-reconcile_asked = طُلبت مقارنة مع Gmail
event-mailbox-reconciled = قورن صندوق بريد مع Gmail
event-mailbox-resumed = استأنف صندوق بريد عمله
event-mailbox-sending_changed = غُيّرت طريقة إرسال صندوق بريد
event-mailbox-settings_changed = غُيّرت إعدادات صندوق بريد
event-notification-mailed = أُبلغ شخص بالبريد
event-notifications-changed = اختار أحدهم ما يُبلَّغ به
event-password-changed = غُيّرت كلمة مرور
event-password-reset = أُعيد تعيين كلمة مرور
event-password-reset_asked = طُلبت إعادة تعيين كلمة مرور
event-permission-refused = نقصت شخصًا صلاحية
event-profile-changed = غُيّر ملف شخصي
event-retention-applied = أُزيل بريد قديم وفق قواعده
event-retention-changed = غُيّرت مدة الاحتفاظ بالبريد
event-role-changed = غُيّر دور
event-role-created = أُنشئ دور
event-role-deleted = حُذف دور
event-rule-applied = طُبّقت قاعدة
event-rule-changed = غُيّرت قاعدة
event-rule-created = أُنشئت قاعدة
event-rule-deleted = حُذفت قاعدة
event-rules-reordered = غُيّر ترتيب القواعد
event-saved_reply-changed = غُيّر رد محفوظ
event-saved_reply-created = حُفظ رد
event-saved_reply-deleted = حُذف رد محفوظ
event-session-begun = صحّت كلمة المرور وطُلب عامل ثانٍ
event-session-created = سجّل أحدهم الدخول
event-session-ended = سجّل أحدهم الخروج
event-session-refused = فشل تسجيل دخول
event-session-stepped_up = أثبت أحدهم عاملًا من جديد
event-set_up-completed = اكتمل الإعداد الأول
event-set_up-link_issued = أُنشئ رابط إعداد
event-smtp-changed = غُيّر خادم بريد المكتب
event-tag-changed = أُعيدت تسمية وسم في صندوق بريد أو أُزيل
event-team-changed = غُيّر فريق
event-team-created = أُنشئ فريق
event-token-created = أُنشئ رمز واجهة برمجية
event-token-revoked = أُبطل رمز واجهة برمجية
event-upload-created = رُفع ملف
event-upload-deleted = حُذف ملف مرفوع
event-user-created = أُنشئ حساب
event-user-disabled = عُطّل حساب
event-user-enabled = فُعّل حساب من جديد
event-user-factors_removed = أُزيلت عوامل شخص
event-user-mailboxes_changed = غُيّرت صناديق بريد شخص
event-user-role_changed = غُيّر دور شخص
event-user-sessions_ended = أُنهيت جلسات شخص
event-view-changed = غُيّر عرض
event-view-created = حُفظ عرض
event-view-deleted = حُذف عرض
event-webhook-changed = غُيّر خطاف ويب
event-webhook-created = أُنشئ خطاف ويب
event-webhook-deleted = حُذف خطاف ويب
event-webhook-disabled = عُطّل خطاف ويب
event-webhook-secret_replaced = أُعطي خطاف ويب سرًّا آخر
event-webhook-told_again = أُخبر خطاف ويب بحدث من جديد
event-webhook-verified = أثبت خطاف ويب نفسه
event-data-code_sent = أُرسل رمز للوصول إلى البيانات الشخصية
event-data-export_finished = اكتمل تجهيز بيانات شخص
event-data-export_requested = طُلبت بيانات شخص
event-data-exported = صُدّرت بيانات شخص
event-data-opened = اطّلع أحدهم على بياناته
event-data-refused = رُفض الوصول إلى بيانات شخصية
event-data-request_due = جواب بشأن بيانات مستحق قريبًا أو متأخر
event-data-request_settled = حُسم طلب يخص البيانات
event-data-requested = قدّم أحدهم طلبًا يخص بياناته
event-privacy_settings-changed = غُيّرت إعدادات الخصوصية
event-user-erased = مُحيت بيانات شخص
event-key-destroyed = أُتلفت نسخة من مفتاح
event-key-disabled = عُطّلت نسخة من مفتاح
event-key-enabled = فُعّلت نسخة من مفتاح
event-key-rotated = دُوّر مفتاح
event-store-restored = استأنف المكتب عمله بعد استعادة
log-hint = كل ما جرى من أمور حساسة: من فعله ومتى. السجل مختوم: لا يستطيع أحد تغييره لاحقًا دون أن يُلاحظ. والبحث فيه يُسجَّل أيضًا.
log-state = حالة السجل
log-sealed-count = قيود مختومة
log-sealed-at = آخر ختم
log-copied = منسوخة إلى مكان لا يُحذف منه
log-checkpoint = آخر نقطة تحقق
log-never = لم يُختم شيء بعد. يستغرق ذلك نحو ثلاث دقائق.
log-witness = الشاهد
log-witness-agrees = رأى الشاهد هذا السجل نفسه ووقّعه.
log-witness-behind = لم يرَ الشاهد أحدث القيود بعد.
log-witness-ahead = رأى الشاهد سجلًا أطول: لقد أُعيد هذا السجل إلى الوراء.
log-witness-contradicts = رأى الشاهد سجلًا آخر: لقد غُيّر هذا السجل.
log-witness-none = لم يرَ الشاهد السجل بعد.
log-gap = هناك ساعة مفقودة: لم ينمُ السجل كما يجب. صدّره واطلب التحقق منه.
log-no-gap = كل ساعة مسجلة.
log-search = بحث
log-since = من
log-until = حتى
log-action = ما الذي جرى
log-any = أي شيء
log-actor = من فعله (اسم مستعار)
log-target = على ماذا (معرّف)
log-mailbox = في أي صندوق بريد
log-none = لم يُعثر على شيء.
log-more = عرض قيود أقدم
log-when = متى
log-who = من
log-sealed = مختوم
log-not-sealed = لم يُختم بعد
log-failed = رُفض أو فشل
log-open = عرض الإثبات
log-entry = قيد من السجل
log-place = القيد { $index } من سجل فيه { $size }
log-cosigned = نقطة التحقق موقّعة من السجل ومن شاهده.
log-not-cosigned = نقطة التحقق موقّعة من السجل، ولم يوقّعها الشاهد بعد.
log-text = القيد كما خُتم
log-proof = الإثبات
log-export = تصدير السجل كله
log-export-found = تصدير ما عُثر عليه
log-exporting = { $size } حتى الآن
log-exported = اكتمل التصدير. تحقق منه ببرنامج ليس من المكتب.
report-since = من
report-until = حتى
report-by = مجمّعة حسب
report-by-day = اليوم
report-by-mailbox = صندوق البريد
report-by-agent = الموظف
report-by-tag = الوسم
report-mailbox = صناديق البريد
report-no-tag = بلا وسم
report-csv = تنزيل بصيغة CSV
report-chart = { $title }: رسم بياني لما في الجدول أدناه
report-empty = لا شيء في هذه الأيام.
report-total = المجموع
report-volumes = التذاكر والرسائل
report-volumes-hint = ما ورد وما حُلّ.
report-times = كم انتظر العملاء
report-times-hint = نصفهم انتظر ما لا يزيد على القيمة الوسطى، وتسعة من عشرة ما لا يزيد على الرقم التالي. ولا تُحسب أوقات العمل إلا وأنتم تعملون.
report-satisfaction = ما قاله العملاء
report-satisfaction-hint = إجاباتهم عن سؤال هل كانت المساعدة جيدة.
report-created = فُتحت
report-solved = حُلّت
report-reopened = أُعيد فتحها
report-unsolved = غير محلولة الآن
report-mails_in = رسائل واردة
report-mails_out = رسائل صادرة
report-first_reply-count = الردود الأولى
report-first_reply-median = الرد الأول، الوسيط
report-first_reply-p90 = الرد الأول، تسعة من عشرة
report-first_reply-business = الرد الأول، أوقات العمل
report-solution-count = الحلول
report-solution-median = الحل، الوسيط
report-solution-p90 = الحل، تسعة من عشرة
report-solution-business = الحل، أوقات العمل
report-score = نسبة الجيد من الأجوبة
job-state-queued = يبدأ قريبًا
job-state-running = جارٍ
job-state-done = اكتمل
job-state-cancelled = أُلغي
job-state-failed = انتهى قبل تمامه
job-progress = اكتمل { $percent }٪. يمكنك مغادرة الصفحة، فالعمل مستمر.
job-cancel = إلغاؤه
job-cancel-what = ما أُنجز يبقى، وما بقي لا يُنجز.
job-cancelled = أُلغي.
job-delete-what = تُحذف ملفاته خلال دقائق.
job-deleted = حُذف.
exports-hint = كل ما يجوز لك رؤيته، في ملفات تقرؤها برامج أخرى. أنت وحدك تستطيع تنزيلها، لمدة سبعة أيام.
exports-empty = لا عمليات تصدير بعد.
export-create = إنشاء تصدير
export-begin = بدء التصدير
export-begun = بدأ التصدير، وهو مستمر من تلقاء نفسه.
export-what = ما يخص المنظمة فيه دائمًا: الأشخاص والأدوار والإعدادات. ومن صناديق البريد ما تختاره.
export-own = صناديق البريد التي تعمل فيها فقط.
export-mail = مع البريد نفسه، يُقرأ من Gmail
export-of = تصدير { $when }
export-organisation = بلا صناديق بريد
export-with-mail = مع البريد نفسه
export-without-mail = بلا البريد نفسه
export-until = يمكن تنزيل ملفاته حتى { $when }.
export-rows = { $count ->
    [zero] { $rows } عنصر
    [one] عنصر واحد ({ $rows })
    [two] عنصران ({ $rows })
    [few] { $rows } عناصر
    [many] { $rows } عنصرًا
   *[other] { $rows } عنصر
  }
export-missing = { $count ->
    [zero] لا رسائل مفقودة ({ $missing }).
    [one] رسالة واحدة ({ $missing }) لم تعد في Gmail.
    [two] رسالتان ({ $missing }) لم تعودا في Gmail.
    [few] { $missing } رسائل لم تعد في Gmail.
    [many] { $missing } رسالة لم تعد في Gmail.
   *[other] { $missing } رسالة لم تعد في Gmail.
  }
imports-hint = تذاكر من نظام دعم آخر أو من تصدير لنا تدخل صندوق بريد. واستيراد ملف مرتين لا يكرر شيئًا.
imports-empty = لا عمليات استيراد بعد. يمكن أن تكون الأولى تجربة لا تغيّر شيئًا.
import-no-mailbox = يمكن استيراد التذاكر إلى صناديق بريد تعمل فيها، وأنت لا تعمل في أي منها.
import-create = استيراد ملف
import-begin = بدء الاستيراد
import-begun = وصل الملف، والعمل مستمر من تلقاء نفسه.
import-format = مصدره
import-format-own = تصدير من هذا المكتب
import-format-freescout = ‏FreeScout، نظام دعم
import-format-zammad = ‏Zammad، نظام دعم
import-into = إلى صندوق البريد
import-file = الملف
import-file-hint = أسطر JSON، بحد أقصى 30 ميغابايت.
import-dry-run = اذكر ما سيحدث فقط ولا تغيّر شيئًا
import-of = استيراد { $when }
import-trial-of = تجربة بلا أثر { $when }: لم يتغير شيء
import-lines = أسطر مقروءة
import-created = تذاكر أُنشئت
import-completed = تذاكر أُكملت
import-unchanged = موجودة أصلًا
import-notes = ملاحظات
import-bad = أسطر لم تُقبل
import-bad-rows = أي أسطر، ولماذا
import-line = السطر
import-why = السبب
import-malformed = جزء من السطر ليس كما ينبغي ({ $code }).

## حسابي
account-profile = الملف الشخصي
account-name = الاسم
account-language = اللغة
account-time-zone = المنطقة الزمنية
account-signature = التوقيع
account-sessions = أين سُجّل دخولي
account-this-browser = هذا المتصفح
account-unknown = غير معروف
account-end = إنهاء
account-end-one = إنهاء الجلسة في { $browser }
account-end-others = تسجيل الخروج من كل مكان آخر
account-ended = انتهت الجلسة هناك.
account-appearance = المظهر
account-theme = السمة
account-theme-system = كما في النظام
account-theme-light = فاتحة
account-theme-dark = داكنة
account-theme-where = تُحفظ السمة في هذا المتصفح، أما اللغة والمنطقة الزمنية فترافقانك.
account-data = بياناتي
account-data-what = ما يحتفظ به المكتب عنك، ومدة ذلك، وكيف تحصل عليه أو تطلب حذفه:
data-correct = تصحّح اسمك ولغتك ومنطقتك الزمنية أعلاه؛ ولما سوى ذلك اسأل أحد المديرين.
data-export = جمع بياناتي
data-download = تنزيل
data-erase = محو حسابي
data-erase-go = محوه نهائيًا
data-erase-goes = يُمحى اسمك وعنوانك وكلمة مرورك وعوامل التحقق والجلسات والرموز والإشعارات والمسودات وردودك المحفوظة فورًا ونهائيًا، ولا يستطيع أحد إعادتها.
data-erase-stays = تبقى الردود التي أرسلتها والملاحظات مع التذاكر دون اسمك. ويحتفظ سجل التدقيق بما جرى تحت اسم مستعار لم يعد يدل على أحد.
data-erase-confirm = عنوانك، للتأكيد
data-erased = يجري محو حسابك. وقد سُجّل خروجك من كل مكان.
data-accesses = من اطّلع على بياناتي أو غيّرها
data-accesses-hint = ما غيّره غيرك هنا أو أخذه مما يُحفظ عنك، خلال 400 يوم. بالاسم حيث تُظهر المؤسسة الأسماء.
data-accesses-none = لا أحد حتى الآن.
data-access-read = قراءة
data-access-changed = تغيير
data-access-answered = رد
data-access-exported = تصدير في ملف
rights-title = بياناته
rights-hint = ما يحق لهذا الشخص أن يطلبه من المؤسسة. ويُسجَّل كلاهما في سجل التدقيق.
rights-export = جمع بياناته
rights-erase = محو هذا العميل
rights-erase-goes = يُمحى اسمه وعناوينه والملاحظات عنه ونصوص تذاكره نهائيًا، ولا يستطيع أحد إعادتها. وتنساها النسخ السابقة من قاعدة البيانات بعد 7 أيام، والنسخ الاحتياطية بعد 30 يومًا.
rights-erase-stays = يبقى البريد نفسه في Gmail حيث تحذفونه بأنفسكم. وتبقى الأعداد في التقارير دون أشخاص.
rights-erase-sure = تأكدت من أن هذا هو الشخص الذي طلب، ومن أن لا شيء يُلزمنا بالاحتفاظ بها.
erasure-begun = بدأ المحو، وهو يستمر وحده.
erasure-running = يجري المحو. يمكنك مغادرة هذه الصفحة؛ فهو يستمر.
erasure-held = طرأ حجز قانوني في أثنائه. ويُمحى الباقي في الليلة التالية لرفعه.
erasure-done = مُحي في { $when }.
erasure-receipt = تنزيل الإيصال
erasure-receipt-hint = موقَّع، ويستطيع أيٌّ كان التحقق منه.
person-erase = محو هذا الحساب
person-erase-hint = نهائيًا، مع كل ما يُحفظ عن الشخص. ولمنع أحدهم مؤقتًا عطّل الحساب.
person-erase-what = يُمحى اسمه وعنوانه وعوامل التحقق والجلسات والإعدادات فورًا ولا يمكن إعادتها. ويبقى ما كتبه دون اسمه.
password-title = كلمة المرور
password-current = كلمة المرور الحالية
password-change = تغيير كلمة المرور
password-changed = تغيّرت كلمة مرورك، وسُجّل خروجك من كل متصفح آخر.
factors-title = العامل الثاني
factors-why = تثبت هويتك بأحد هذه إلى جانب كلمة المرور عند تسجيل الدخول. ومفتاح المرور أكثرها أمانًا.
factors-no-recovery = ليست لديك رموز استرداد. إن فقدت جهازك فلن يُدخلك إلا مدير. أنشئها الآن.
factors-used = آخر استخدام { $when }
factors-unused = لم يُستخدم بعد
factors-left = { $count ->
    [zero] لم يبقَ رمز
    [one] بقي رمز واحد
    [two] بقي رمزان
    [few] بقيت { $count } رموز
    [many] بقي { $count } رمزًا
   *[other] بقي { $count } رمز
  }
factors-remove = إزالة
factors-removed = أُزيل.
factors-remove-title = إزالة { $factor }
factors-remove-what = لن يصلح لتسجيل الدخول بعد الآن. وسيصلك بريد بذلك.
totp-add = إضافة تطبيق مصادقة
totp-replace = استخدام تطبيق مصادقة آخر
totp-how = امسح هذه الصورة بتطبيق المصادقة، ثم أدخل الرمز الذي يعرضه.
totp-picture = صورة لتطبيق المصادقة، ومضمونها مكتوب أسفلها
totp-by-hand = أو أدخله يدويًا:
totp-open = فتحه في تطبيق على هذا الجهاز
totp-code = الرمز الذي يعرضه التطبيق
totp-confirm = استخدام هذا التطبيق
totp-added = أصبح تطبيق المصادقة مستخدمًا.
passkey-add = إضافة مفتاح مرور
passkey-name = اسم مفتاح المرور
passkey-name-hint = لتعرفه لاحقًا، مثل «الحاسوب المحمول» أو «المفتاح الأزرق». لتغيير الاسم أزله وأضفه من جديد.
passkey-make = متابعة
passkey-added = أصبح مفتاح المرور مستخدمًا.
passkey-elsewhere = لا تسمح المتصفحات بمفاتيح المرور إلا لعنوان بالاسم، لا لهذا الرقم. افتح المكتب هنا بدلًا من ذلك:
passkey-impossible = لا يستطيع هذا المتصفح استخدام مفاتيح المرور هنا.
recovery-make = إنشاء رموز استرداد
recovery-replace = إنشاء رموز استرداد جديدة
recovery-why = يُدخلك كل رمز مرة واحدة إن فقدت جهازك. تُعرض هذه المرة فقط، فاحفظها بعيدًا عن كلمة مرورك. والرموز السابقة لم تعد صالحة.
once-download = حفظ في ملف
once-copy-failed = لا يسمح المتصفح بالنسخ. حدّد النص وانسخه يدويًا.
told-title = الإشعارات التي تصلني
told-mail = أرسلها إليّ بالبريد أيضًا
told-by-mail = بالبريد وفي الصفحة
told-mail-off = بالبريد حين يُفعّل، والآن في الصفحة
told-page = في الصفحة
told-none = لا شيء
tokens-title = رموز الواجهة البرمجية
tokens-why = بالرمز يفعل برنامج ما تسمح له به باسمك. لا تعطه أكثر مما يحتاج.
token-make = إنشاء رمز
token-made = الرمز الجديد
token-once = يُعرض هذه المرة فقط. احفظه حيث يجده البرنامج ولا يجده غيره.
token-name = الغرض منه
token-days = صالح لمدة
token-good-for = { $count ->
    [zero] دون يوم
    [one] يوم واحد
    [two] يومين
    [few] { $count } أيام
    [many] { $count } يومًا
   *[other] { $count } يوم
  }
token-permissions = ما يُسمح للبرنامج به
token-nothing = اختر شيئًا واحدًا على الأقل يُسمح للبرنامج به.
token-until = ينتهي { $when }
token-ended = انتهى
token-may = { $count ->
    [zero] لا يُسمح له بشيء
    [one] يُسمح له بشيء واحد
    [two] يُسمح له بشيئين
    [few] يُسمح له بـ { $count } أشياء
    [many] يُسمح له بـ { $count } شيئًا
   *[other] يُسمح له بـ { $count } شيء
  }
token-revoke = إبطال
token-revoked = لم يعد الرمز صالحًا.

## ما الذي لم ينجح
error-other = لم ينجح ذلك ({ $code }). لم يتغير شيء. حاول مرة أخرى، أو أخبر أحد المديرين بهذه الكلمة.
error-internal = حدث خلل لدينا. لم يتغير شيء. حاول مرة أخرى بعد قليل.
error-request = سألت الصفحة بطريقة لا يقبلها المكتب ({ $code }). لم يتغير شيء. أعد تحميل الصفحة، وإن تكرر ذلك فأخبر أحد المديرين بهذه الكلمة.
error-request-interrupted = انقطع الاتصال أثناء الإرسال. لم يتغير شيء. أرسله من جديد.
error-request-no_such_path = لا يعرف المكتب هذا العنوان. قد تكون الصفحة من إصدار أقدم: أعد تحميلها.
error-job-piece_missing = جزء من هذا الملف لم يعد موجودًا. أنشئ التصدير من جديد.
error-blob-not_found = لم يعد هذا الملف موجودًا. أرفقه من جديد.
error-key-not_found = أُتلف المفتاح الذي خُتم به هذا، فلم تعد قراءته ممكنة.
error-network-private_address = يقع هذا العنوان في شبكة خاصة. لا يتصل المكتب إلا بعناوين عامة.
error-network-unknown_host = لا خادم بهذا الاسم. تحقق من كتابته.
error-people-name_a_mailbox = هذه صناديق أكثر مما يمكن البحث فيه مرة واحدة. اختر واحدًا منها.
error-people-too_many = هؤلاء أكثر مما يمكن أخذه مرة واحدة. قسّمهم.
error-saved_replies-name_a_mailbox = هذه صناديق أكثر مما يمكن البحث فيه مرة واحدة. اختر واحدًا منها.
error-page-no_answer = لا جواب من المكتب. ما كتبته محفوظ هنا. حاول مرة أخرى.
error-page-offline = أنت غير متصل. ما كتبته محفوظ هنا إلى أن تعود.
error-session-wrong_credentials = العنوان وكلمة المرور غير متطابقين.
error-session-missing = سجّل الدخول أولًا.
error-session-expired = انتهت جلستك. سجّل الدخول من جديد.
error-session-incomplete = بقيت خطوة واحدة لتسجيل الدخول.
error-sign_in-too_many_attempts = محاولات كثيرة. حاول مرة أخرى عند الساعة { $until }.
error-permission-missing = دورك لا يسمح بذلك. اسأل أحد المديرين.
error-ticket-not_found = لا توجد تذكرة كهذه، أو ليست لك.
error-tag-changing = يُغيَّر الآن وسم آخر في هذا الصندوق. انتظر حتى يكتمل.
error-tag-same = هذا اسمه أصلًا.
error-ticket-changed_meanwhile = غيّر شخص آخر التذكرة في هذه الأثناء. وهي تظهر كما هي الآن، ولم يضِع شيء مما فعل.
error-view-name_invalid = أعطِ العرض اسمًا لا يزيد على { $max_characters } حرفًا.
error-view-too_many = { $most ->
    [zero] لا مكان لعرض آخر. احذف أحدها أولًا.
    [one] هناك عرض واحد بالفعل. احذفه أولًا.
    [two] هناك عرضان بالفعل. احذف أحدهما أولًا.
    [few] هناك { $most } عروض بالفعل. احذف أحدها أولًا.
    [many] هناك { $most } عرضًا بالفعل. احذف أحدها أولًا.
   *[other] هناك { $most } عرض بالفعل. احذف أحدها أولًا.
  }
error-view-not_found = لم يعد هذا العرض موجودًا، أو لا يحق لك رؤيته.
error-view-changed_meanwhile = غيّر غيرك العرض في الأثناء. أغلق هذا واطّلع عليه ثم غيّره من جديد.
error-search-nothing_to_find = اكتب كلمة واحدة على الأقل مما تبحث عنه.
error-search-too_long = لا يزيد البحث على { $max_characters } حرفًا.
error-search-too_many_mailboxes = يُبحث في عشرة صناديق على الأكثر دفعة واحدة. اختر واحدًا.
error-search-out_of_time = استغرق البحث وقتًا طويلًا. اختر هذا الصندوق وحده، أو ابحث عن شيء أضيق.
error-ticket-subject_invalid = الموضوع فارغ أو طويل جدًا. ما كتبته ما زال هنا.
error-ticket-customer_invalid = هذا ليس عنوانًا يمكن إرسال البريد إليه. ما كتبته ما زال هنا.
error-ticket-too_many_tags = للتذكرة { $most } وسمًا على الأكثر.
error-cursor-invalid = تغيّرت القائمة في الأثناء. انظر من جديد.
error-link-not_found = لم يعد هذا الرابط صالحًا. اطلب رابطًا جديدًا.
error-user-changed_meanwhile = غيّر شخص آخر بيانات هذا الشخص في هذه الأثناء. حُمّل ما هو قائم الآن، وما اخترته ما زال هنا. راجع ثم احفظ من جديد.
error-user-exists = يوجد هنا شخص بهذا العنوان.
error-user-address_invalid = هذا ليس عنوان بريد إلكتروني.
error-user-name_invalid = لا يصلح هذا الاسم: فهو فارغ أو أطول مما ينبغي أو فيه محارف لا تُعرض.
error-user-being_erased = يُمحى هذا الشخص الآن، فلا يمكن تغيير شيء.
error-user-last_administrator = يجب أن يبقى آخر مدير مديرًا، فلا أحد سواه يستطيع إدارة المكتب.
error-user-not_found = لم يعد هذا الشخص موجودًا.
error-user-not_invited = قبل هذا الشخص دعوته من قبل.
error-user-disabled = هذا الحساب معطّل.
error-user-too_many_mailboxes = هذه صناديق بريد أكثر مما يستطيع شخص واحد العمل فيه.
error-role-changed_meanwhile = غيّر شخص آخر هذا الدور في هذه الأثناء. ما اخترته ما زال هنا، فاحفظ من جديد ليحلّ محلّ ما غيّره.
error-role-in_use = ما زال شخص يحمل هذا الدور. امنحه دورًا آخر أولًا.
error-role-name_invalid = يحتاج الدور إلى اسم لا يتجاوز 60 محرفًا.
error-role-not_found = لم يعد هذا الدور موجودًا.
error-role-too_many = بلغت الأدوار الحد الأقصى ({ $most }).
error-team-changed_meanwhile = غيّر شخص آخر هذا الفريق في هذه الأثناء. ما اخترته ما زال هنا، فاحفظ من جديد ليحلّ محلّ ما غيّره.
error-team-name_invalid = يحتاج الفريق إلى اسم قصير.
error-team-not_found = لم يعد هذا الفريق موجودًا.
error-team-too_many = بلغت الفِرَق الحد الأقصى ({ $most }).
error-team-too_many_members = هؤلاء أكثر مما يتسع له الفريق.
error-smtp-not_configured = لم يُدخل بعد خادم لبريد المكتب نفسه: الإدارة، بريد المكتب نفسه.
error-smtp-unavailable = خادم البريد لا يجيب. لم يتغير شيء. تحقق من اسمه ومنفذه، أو حاول لاحقًا.
error-smtp-refused = خادم البريد يرفض ذلك. لم يتغير شيء. تحقق من عنوان المرسل.
error-smtp-credentials_refused = لا يقبل خادم البريد اسم المستخدم وكلمة المرور هذين. لم يتغير شيء.
error-smtp-host_invalid = هذا ليس اسم خادم.
error-smtp-sender_invalid = يجب أن يكون المرسل عنوان بريد إلكتروني واحدًا.
error-smtp-port_25_refused = المنفذ 25 للبريد بين الخوادم. استخدم 465 أو 587.
error-smtp-port_and_security_differ = لا يناسب المنفذ { $port } هذا النوع من التشفير.
error-smtp-tls_not_offered = لا يتيح خادم البريد التشفير، والمكتب لا يرسل شيئًا بدونه.
error-smtp-changed_meanwhile = غيّر شخص آخر الخادم في هذه الأثناء. ما كتبته ما زال هنا، فاحفظ من جديد ليحلّ محلّ ما غيّره.
error-mailbox_settings-changed_meanwhile = غيّر شخص آخر هذه الإعدادات في هذه الأثناء. ما كتبته ما زال هنا، ولا يُرسل إلا ما غيّرته. احفظ من جديد.
error-mailbox-not_found = لا يوجد صندوق بريد كهذا، أو ليس لك.
error-request-invalid_member = في النموذج ما لا يصح ({ $member }). لم يتغير شيء.
error-request-too_large = هذا أكثر مما يمكن قبوله دفعة واحدة.
error-rule-changed_meanwhile = غيّر شخص آخر القواعد في هذه الأثناء. تُعرض الآن كما هي، وما كتبته ما زال هنا. احفظ من جديد.
error-rule-not_found = لم تعد هذه القاعدة موجودة.
error-rule-order_incomplete = تغيّرت القواعد منذ لحظة. تُعرض الآن كما هي.
error-rule-too_many = بلغت قواعد الصندوق الحد الأقصى.
error-saved_reply-changed_meanwhile = غيّر شخص آخر هذا الرد في هذه الأثناء. ما لم تمسّه يُعرض كما هو الآن، وما كتبته ما زال هنا. احفظ من جديد.
error-saved_reply-name_invalid = يحتاج الرد المحفوظ إلى اسم قصير.
error-saved_reply-text_invalid = يحتاج الرد المحفوظ إلى نص غير طويل جدًا.
error-saved_reply-placeholder_unknown = عنصر نائب لا معنى له. اختر واحدًا من القائمة.
error-saved_reply-not_found = لم يعد هذا الرد المحفوظ موجودًا.
error-saved_reply-too_many = بلغت الردود المحفوظة الحد الأقصى.
error-custom_field-changed_meanwhile = غيّر شخص آخر هذا الحقل في هذه الأثناء. ما لم تمسّه يُعرض كما هو الآن. احفظ من جديد.
error-custom_field-name_invalid = يحتاج الحقل إلى اسم قصير.
error-custom_field-choices_invalid = الخيارات قصيرة ومختلفة، وهي واحد على الأقل.
error-custom_field-not_found = لم يعد هذا الحقل موجودًا.
error-custom_field-too_many = بلغت الحقول الحد الأقصى.
error-webhook-changed_meanwhile = غيّر شخص آخر هذا الخطّاف في هذه الأثناء. يُعرض كما هو الآن، وما كتبته ما زال هنا.
error-webhook-delivery_not_found = لم يعد هذا التسليم محفوظًا: مضى عليه أكثر من سبعة أيام.
error-webhook-event_not_chosen = لم يعد الخطّاف يُخبَر بهذا الحدث. اختر الحدث أولًا، ثم أخبره من جديد.
error-webhook-name_invalid = يحتاج الخطّاف إلى اسم لا يتجاوز 60 محرفًا.
error-webhook-not_active = الخطّاف غير فعّال. تحقق من عنوانه أو استأنفه أولًا.
error-webhook-not_found = لم يعد هذا الخطّاف موجودًا.
error-webhook-not_verified = تعذّر الوصول إلى العنوان. يبقى الخطّاف كما كان.
error-webhook-not_verified-challenge = أجاب العنوان، لكن دون الكلمة المرسلة إليه. يبقى الخطّاف كما كان.
error-webhook-not_verified-status = أجاب العنوان بالحالة { $answered }. يبقى الخطّاف كما كان.
error-webhook-not_verified-timeout = لم يجب العنوان في الوقت المحدد. يبقى الخطّاف كما كان.
error-webhook-not_verified-tls = شهادة العنوان غير صالحة. يبقى الخطّاف كما كان.
error-webhook-overlap_invalid = يبقى السر صالحًا إلى جانب سر جديد أسبوعًا على الأكثر.
error-webhook-verify_first = تحقق من العنوان أولًا.
error-webhook-too_many = بلغت الخطّافات الحد الأقصى.
error-webhook-too_many_calls = هذا يكفي الآن. حاول من جديد عند الساعة { $until }.
error-webhook-unknown_event = أحد الأحداث غير موجود.
error-webhook-unknown_mailbox = أحد صناديق البريد لم يعد موجودًا.
error-web-url_refused = لا ينادي المكتب هذا العنوان. يجب أن يكون عنوانًا عامًا يبدأ بـ https.
error-report-period_invalid = يشمل التقرير { $most_days } يومًا على الأكثر، ويبدأ قبل أن ينتهي.
error-report-time_zone_unknown = هذه المنطقة الزمنية غير معروفة. اختر أخرى في حسابك.
error-report-too_many_tickets = في هذه الأيام أكثر من { $most } تذكرة. اختر أيامًا أقل أو صندوق بريد واحدًا.
error-export-too_many_mailboxes = { $most ->
    [zero] اختر صناديق بريد أقل.
    [one] اختر صندوق بريد واحدًا على الأكثر دفعة واحدة.
    [two] اختر صندوقي بريد على الأكثر دفعة واحدة.
    [few] اختر { $most } صناديق بريد على الأكثر دفعة واحدة.
    [many] اختر { $most } صندوق بريد على الأكثر دفعة واحدة.
   *[other] اختر { $most } صندوق بريد على الأكثر دفعة واحدة.
  }
error-export-not_found = لم يعد هذا التصدير موجودًا.
error-statement-not_found = لا يوجد بيان كهذا.
error-ticket-erased = مُحي محتوى هذه التذكرة، وما بقي منها للقراءة فقط.
error-retention-changed_meanwhile = غيّر شخص آخر مدة الاحتفاظ بهذا الصندوق. راجعها من جديد.
error-legal_hold-not_found = لم يعد هذا الحجز القانوني موجودًا.
error-legal_hold-nothing_left = لم يبق شيء يمكن حجزه: فقد مُحي أو فُصل.
error-export-no_such_file = لم يعد هذا الملف موجودًا. أنشئ تصديرًا آخر.
error-export-not_done = لم يكتمل التصدير بعد.
error-export-piece_missing = تعذّرت قراءة جزء من هذا الملف. حاول من جديد أو أنشئ تصديرًا آخر.
error-audit-no_such_entry = لا يوجد قيد كهذا في السجل.
error-audit-nothing_sealed = لم يُختم شيء بعد. انتظر ثلاث دقائق ثم حاول من جديد.
error-audit-too_much_selected = عُثر على أكثر من { $most } من القيود. ضيّق البحث أو صدّر السجل كله.
error-job-too_many = لديك ثلاث عمليات تصدير واستيراد جارية. انتظر اكتمال إحداها أو ألغِ واحدة.
error-import-not_found = لم يعد هذا الاستيراد موجودًا.
error-import-too_large = الملف أكبر من 30 ميغابايت. قسّمه.
error-import-empty = الملف فارغ.
error-import-file_unreadable = تعذّرت قراءة الملف حتى آخره. ما أُدخل من قبل يبقى، فاستورده من جديد.
error-import-entry_malformed = رسالة أو ملاحظة في هذه التذكرة ليست كما ينبغي.
error-import-id_missing = ليس للتذكرة معرّف.
error-import-line_too_long = السطر أطول مما ينبغي.
error-import-malformed_json = السطر ليس JSON.
error-import-not_an_object = لا تذكرة في هذا السطر.
error-import-state_unknown = حالة التذكرة غير معروفة.
error-import-ticket_not_here = التذكرة التي ينتمي إليها ليست هنا.
error-import-time_malformed = أحد الأوقات ليس كما ينبغي.
error-import-too_many_entries = في التذكرة رسائل أكثر مما يُقبل.
error-password-too_short = { $min_characters } حرفًا على الأقل.
error-password-too_common = كلمة المرور هذه من أول ما يُجرَّب. اختر غيرها.
error-step_up-required = أثبت هويتك مرة أخرى، ثم أعد ما أردت.
error-passkey-stopped = لم يُستخدم مفتاح المرور: أُغلق السؤال أو طال الوقت. لم يتغير شيء. حاول مرة أخرى.
error-passkey-known = لهذا الجهاز مفتاح مرور للمكتب بالفعل. لم يتغير شيء.
error-dead_letter-not_found = لم يعد هذا الإخفاق موجودًا: أُعيد أو تُرك.
error-notifications-too_many = هذه إشعارات أكثر مما يمكن تغييره معًا. لم يتغير شيء.
error-rating-not_found = لم يعد لهذه التذكرة تقييم.
error-report-not_found = لم يعد هذا التقرير موجودًا.
error-token-invalid = لم يعد هذا الرمز صالحًا.
error-web-too_large = أجاب الخادم الآخر بأكثر مما يُقبل. لم يتغير شيء.
error-web-too_many_redirects = يحيلنا الخادم الآخر من عنوان إلى آخر. لم يتغير شيء.
error-web-unavailable = لا يجيب الخادم الآخر. لم يتغير شيء. حاول بعد قليل.
error-attachment-not_found = لم يعد هذا الملف في الرسالة.
error-blobs-unavailable = لا يمكن الوصول إلى الملفات الآن. لم يتغير شيء. حاول بعد قليل.
error-bus-unavailable = لا يستطيع المكتب تولّي ذلك الآن. لم يتغير شيء. حاول بعد قليل.
error-content-gone_from_gmail = لم تعد هذه الرسالة في Gmail، فلا يمكن عرضها.
error-customer-address_taken = هذا العنوان لعميل آخر. لم يتغير شيء. ادمجهما إن كانا شخصًا واحدًا.
error-customer-changed_meanwhile = غيّر شخص آخر هذا العميل في الأثناء. يظهر ما فعله، وما كتبته ما زال هنا. احفظ من جديد.
error-customer-erased = مُحي هذا العميل، فلا يمكن الكتابة هنا.
error-erasure-not_confirmed = هذا ليس عنوانك. لم يُمحَ شيء.
error-erasure-not_found = لا عملية محو لهذا الشخص.
error-erasure-on_hold = على هذا العميل أو إحدى تذاكره أو صندوق بريد حجز قانوني. لا يُمحى شيء قبل رفع الحجز.
error-privacy_request-changed_meanwhile = غيّر شخص هذا الطلب في هذه الأثناء. حمّل الصفحة من جديد.
error-privacy_request-not_found = لا يوجد طلب كهذا.
error-privacy_request-pending = هناك طلب كهذا قيد الانتظار.
error-privacy_request-settled = بُتّ في هذا الطلب من قبل.
error-privacy_request-text_invalid = اكتب نصًّا من 2,000 حرف على الأكثر.
error-privacy_settings-changed_meanwhile = غيّر شخص هذا الإعداد في هذه الأثناء. حمّل الصفحة من جديد.
error-customer-invalid = شيء من بيانات العميل طويل جدًا أو ليس عنوانًا. لم يتغير شيء.
error-customer-merged_with_itself = هذان عميل واحد بالفعل.
error-customer-no_address_left = يحتاج العميل إلى عنوان واحد على الأقل. لم يتغير شيء.
error-customer-not_found = لا يوجد عميل كهذا، أو ليس لك.
error-customer-too_many_addresses = هذه عناوين أكثر مما يمكن لعميل.
error-customer-too_many_merged = هذا أكثر مما يمكن دمجه في عميل واحد.
error-customers-name_a_mailbox = تعمل في صناديق كثيرة. ابحث عن اسم أو عنوان.
error-email_otp-address_is_a_mailbox = عنوانك صندوق من صناديق المكتب، فلا تُرسل إليه رموز. استخدم عاملًا آخر.
error-factor-challenge_over = الرمز قديم أو جُرّب مرات كثيرة. اطلب رمزًا آخر.
error-factor-code_used = استُخدم هذا الرمز من قبل. انتظر الرمز التالي.
error-factor-not_available = لا يمكن استخدام هذا العامل هنا. اختر غيره.
error-factor-not_begun = طال الوقت. ابدأ من جديد، لم يتغير شيء.
error-factor-not_found = لم يعد هذا العامل موجودًا.
error-factor-too_many = لديك أكبر عدد ممكن من العوامل. أزل أحدها أولًا.
error-factor-wrong_code = هذا الرمز غير صحيح. تحقق منه وحاول مرة أخرى.
error-gmail-refused = يرفض Gmail ذلك. لم يتغير شيء. صِل الصندوق من جديد إن استمر الأمر.
error-gmail-throttled = لا يقبل Gmail المزيد الآن. حاول بعد قليل.
error-gmail-unavailable = لا يجيب Gmail. لم يضِع شيء. حاول بعد قليل.
error-id_token-invalid = لم تقل Google بوضوح لمن الصندوق. لم يوصل شيء. حاول مرة أخرى.
error-keys-unavailable = لا يمكن الوصول إلى مفاتيح المحتوى الآن. لم يتغير شيء. حاول بعد قليل.
error-mailbox-changed_meanwhile = غيّر شخص آخر الصندوق في الأثناء. يظهر كما هو الآن. اطّلع عليه ثم حاول.
error-mailbox-not_working = الصندوق لا يعمل حاليًا. استأنفه أو صِله من جديد أولًا.
error-mailbox-on_hold = على الصندوق أو تذكرة فيه حجز قانوني. لم يتغير شيء. ارفع الحجز أولًا.
error-disconnect-no_receipt = لا إيصال بعد، فلم يكتمل كل شيء.
error-break_glass-reason_invalid = اذكر السبب في عشرة أحرف على الأقل وخمسمئة على الأكثر.
error-break_glass-is_member = أنت عضو في هذا الصندوق وتقرؤه بالفعل.
error-break_glass-asked_already = لقد طلبت من قبل، ولم ينته ذلك بعد.
error-break_glass-not_asked = أجاب أحد عن هذا، أو أنه قديم جدًا. انظر مرة أخرى.
error-break_glass-not_found = لا يوجد طلب كهذا، أو ليس لك.
error-break_glass-changed_meanwhile = قرر غيرك هذا في الأثناء. وهو معروض كما هو الآن.
error-note-too_many_mentions = هؤلاء أكثر ممن يمكن ذكرهم في ملاحظة. ما كتبته ما زال هنا.
error-note-too_old = الملاحظة أقدم من أن تُغيّر. اكتب غيرها.
error-oauth-address_gets_codes = يستقبل هذا العنوان رموز الدخول إلى المكتب، فلا يصبح صندوقًا. اختر حسابًا آخر.
error-oauth-code_missing = لم يكن جواب Google كاملًا. ابدأ من جديد.
error-oauth-connected_meanwhile = وصل شخص آخر هذا الصندوق في الأثناء. انظر هل يعمل.
error-oauth-blocked_by_policy = مدير Google في مؤسستك لا يسمح بهذا. لم يتغير شيء. اطلب منه السماح للمكتب ثم ابدأ من جديد.
error-oauth-denied = لم يُمنح الإذن في Google، فلم يتغير شيء. ابدأ من جديد إن أردت وصل الصندوق.
error-oauth-domain_not_allowed = لا توصل إلا حسابات نطاقات مؤسستك.
error-oauth-failed = أنهت Google العملية بلا سبب نعرفه. لم يتغير شيء. ابدأ من جديد.
error-oauth-google_unavailable = لا تجيب Google. حاول بعد قليل.
error-oauth-identity_missing = لم تقل Google لمن الصندوق. ابدأ من جديد.
error-oauth-mailbox_and_intent_differ = لا يوصل هذا الصندوق بهذه الطريقة. انظر إلى القائمة من جديد.
error-oauth-misconfigured = لم يُعدّ المكتب لدى Google كما ينبغي. أخبر أحد المديرين.
error-oauth-no_refresh_token = أعطت Google صلاحية لساعة فقط. أزل صلاحية المكتب من حسابك في Google ثم صِله من جديد.
error-oauth-nonce_differs = جواب Google يخص سؤالًا آخر. ابدأ من جديد.
error-oauth-other_account = كان ذلك حساب Google غير حساب الصندوق. اختر الحساب نفسه.
error-oauth-refused = لم تُمنح الصلاحية لدى Google. ابدأ من جديد إن أردت وصل الصندوق.
error-oauth-scope_missing = لم تُمنح كل الصلاحيات لدى Google. ابدأ من جديد واترك كل العلامات.
error-oauth-state_expired = استغرق ذلك أكثر من عشر دقائق. ابدأ من جديد.
error-oauth-state_foreign = بدأ ذلك في متصفح آخر. ابدأ من جديد في هذا.
error-oauth-state_unknown = استُخدمت هذه العودة من Google أو لم تبدأ قط. ابدأ من جديد.
error-passkey-needs_localhost = لا تعمل مفاتيح المرور إلا تحت اسم. افتح المكتب باسم «localhost».
error-passkey-refused = لم يُقبل مفتاح المرور. حاول مرة أخرى أو استخدم عاملًا آخر.
error-password-contains_context = في كلمة المرور اسمك أو عنوانك أو اسم المكتب. اختر غيرها.
error-password-too_long = كلمة المرور طويلة جدًا.
error-password-wrong = كلمة مرورك الحالية غير صحيحة. لم يتغير شيء.
error-profile-signature_invalid = التوقيع طويل جدًا. ما كتبته ما زال هنا.
error-profile-time_zone_unknown = لا توجد منطقة زمنية كهذه.
error-reply-send_at_invalid = اختر وقتًا لم يأتِ بعد ضمن المدة المسموحة. المسودة محفوظة.
error-reply-subject_too_long = الموضوع طويل جدًا. المسودة محفوظة.
error-reply-text_too_long = النص طويل جدًا. ما كتبته ما زال هنا.
error-reply-picture_in_text = لا يحمل الرد صورًا داخل نصه. أرفقها ملفات. لم يتغير شيء.
error-reply-too_many_attachments = هذه ملفات أكثر مما يحمله رد. المسودة محفوظة.
error-reply-too_many_recipients = هؤلاء أكثر ممن يُرسل إليهم رد. المسودة محفوظة.
error-request-cross_origin = جاء الطلب من صفحة أخرى فرُفض. أعد تحميل المكتب.
error-session-not_found = انتهت هذه الجلسة من قبل.
error-step_up-wrong_password = كلمة المرور غير صحيحة. حاول مرة أخرى.
error-store-contended = يغيّر آخرون الشيء نفسه الآن. لم يتغير شيء. حاول مرة أخرى.
error-store-restored_not_ready = استُعيد المكتب من نسخة احتياطية ويجري تجهيزه. لم يتغير شيء. حاول لاحقًا أو اسأل من يشغّله.
error-store-unavailable = لا يجيب مخزن المكتب. لم يتغير شيء. حاول بعد قليل.
error-ticket-too_long = التذكرة أطول من ذلك.
error-ticket-too_many_followers = يتابع هذه التذكرة أكبر عدد ممكن.
error-ticket-too_many_links = للتذكرة أكبر عدد ممكن من الروابط.
error-ticket-too_many_merged = دُمج في هذه التذكرة أكبر عدد ممكن.
error-token-days_invalid = الرمز صالح لسنة على الأكثر.
error-token-name_invalid = قل بكلمات قليلة ما الغرض من الرمز.
error-token-not_found = لم يعد هذا الرمز موجودًا.
error-token-permission_not_held = لا يمكنك السماح لبرنامج بما لا يُسمح لك به.
error-token-too_many = لديك أكبر عدد ممكن من الرموز. أبطل أحدها أولًا.
error-upload-too_many = هذه ملفات أكثر مما يُحفظ معًا. أزل أحدها أولًا.
error-user-not_an_administrator = لا يفعل ذلك إلا مدير.
