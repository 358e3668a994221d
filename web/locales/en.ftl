# The words of the desk. A test compares keys and arguments with those of the other languages.

desk-title = Desk
skip = Skip to the content
loading = Loading…
never = not yet
saved = Saved.

action-again = Try again
action-back = Back
action-cancel = Cancel
action-close = Close
action-refresh = Look again
action-save = Save

## Signing in
sign-in-title = Sign in
sign-in-again = Sign in again
sign-in-ended = Your session has ended. Sign in again: what you wrote is still here.
sign-in-email = E-mail
sign-in-password = Password
sign-in-submit = Sign in
sign-in-passkey = Use a passkey
sign-in-forgotten = I forgot my password
sign-out = Sign out
reset-title = A new password
reset-hint = If the address is somebody’s here, a link is mailed to it. It is good for an hour.
reset-done = If the address is somebody’s here, a mail is on its way. Look into your mailbox.
reset-submit = Send the link
factor-title = One more step
factor-code = Code
factor-submit = Continue
factor-other-person = Begin again
factor-passkey = Your browser or your key will ask you.
factor-totp = Enter the code that your authenticator app shows.
factor-email_otp = A code was sent to your address. It is good for ten minutes.
factor-email_otp-sending = A code is being sent to your address…
factor-recovery = Enter one of your recovery codes. Each is good once.
factor-use-passkey = Use a passkey
factor-use-totp = Use an authenticator app
factor-use-email_otp = Send me a code by mail
factor-use-recovery = Use a recovery code
link-invitation = Welcome
link-password_reset = A new password
link-set_up = Set up the desk
link-whose = Choose a password for { $email }.
link-password = New password
link-again = The same again
link-hint = At least 12 characters. A sentence that only you would write is good.
link-differ = The two are not the same.
link-submit = Keep this password
link-done = Your password is set. You can sign in with it now.

## The frame
rail-label = Views and places
rail-open = Show views and places
views-heading = Tickets
place-mailboxes = Mailboxes
place-account = My account
theme-system = Theme: as the system
theme-light = Theme: light
theme-dark = Theme: dark
keys-title = Keys
keys-help = Show this list
keys-search = Search
keys-next = Next ticket
keys-previous = Previous ticket
keys-open = Open the ticket
keys-mark = Mark the ticket
keys-solve = Solve the ticket

## The queue
view-mine = Mine
view-unassigned = Unassigned
view-all_open = All open
view-pending = Pending
view-snoozed = Snoozed
view-breached = Promise missed
view-solved = Solved
queue-label = Tickets, the newest mail first
queue-empty = Nothing here. New mail appears by itself.
queue-more = Older tickets
queue-mark = Mark ticket { $code }
search-title = Found
search-label = Search tickets and mail
search-empty = Nothing was found in the mailboxes that you may see.
customer-unknown = Unknown sender
subject-none = (no subject)
row-breached = too late
state-new = New
state-open = Open
state-pending = Pending
state-on_hold = On hold
state-solved = Solved
state-closed = Closed
state-spam = Spam
priority-low = Low
priority-normal = Normal
priority-high = High
priority-urgent = Urgent
bulk-label = What to do with the marked tickets
bulk-count = { $count ->
    [one] { $count } ticket marked
   *[other] { $count } tickets marked
  }
bulk-open = Open
bulk-pending = Pending
bulk-solved = Solve
bulk-spam = Spam
bulk-done = { $count ->
    [one] { $count } ticket changed.
   *[other] { $count } tickets changed.
  }
bulk-some = { $failed ->
    [one] { $done } changed. { $failed } was not: somebody else was faster. It is shown as it is now.
   *[other] { $done } changed. { $failed } were not: somebody else was faster. They are shown as they are now.
  }

## Mailboxes
mailbox-connect = Connect Gmail
mailbox-reconnect = Connect again
mailbox-pause = Pause
mailbox-resume = Let it go on
mailbox-gone = (disconnected)
mailbox-well = All is well
mailbox-state-connecting = Being connected
mailbox-state-active = Works, with a remark
mailbox-state-paused = Paused
mailbox-state-needs_reauth = Has to be connected again
mailbox-state-disconnected = Disconnected
mailbox-read = Read up to
mailbox-pushed = Gmail last told us
mailbox-watched = Watched until
mailboxes-empty = No mailbox is connected yet.
mailboxes-unread = The desk only reads Gmail and sends by it. Which mail counts as unread in Gmail does not change.
health-needs_reauth = Google refuses the desk’s access: the password was changed, or access was withdrawn. Mail is kept and read when you connect again.
health-grant_ends_by_itself = Google gave access for seven days only, because the consent screen is still in “Testing”. Publish it, then connect again.
health-watch_expired = Gmail does not tell us of new mail any more. It is still found every ten minutes.
health-watch_expires_soon = Gmail’s promise to tell us of new mail ends soon and could not be renewed.
health-resync_under_way = Gmail has forgotten where we were, so mail since then is listed anew. Nothing is lost.
health-gmail_asked_to_wait = Gmail takes no more for the moment. The desk goes on when it may.
health-push_silent = Mail comes, but Gmail does not tell us of it. It is found every ten minutes.
health-cursor_behind = There is news that has not been read for half an hour.
disclosure-title = Before Google asks you
disclosure-what = Google will ask whether the desk may have access to this mailbox. It asks for this and nothing else:
disclosure-read = Read the mailbox’s mail, so that it becomes tickets.
disclosure-send = Send the replies that you write here.
disclosure-kept = Mail stays in Gmail. The desk keeps pointers, and a few fields under a key that is destroyed when you disconnect.
disclosure-limited = What is read is used for the desk alone: never for advertising, never sold, never read by people without a reason.
disclosure-policy = Privacy policy
disclosure-go = Go on to Google

## My account
account-profile = Profile
account-name = Name
account-language = Language
account-time-zone = Time zone
account-signature = Signature
account-sessions = Where I am signed in
account-this-browser = This browser
account-end = End

## What went wrong
error-other = That did not work ({ $code }). Nothing was changed. Try again, or tell your administrator this word.
error-internal = Something broke on our side. Nothing was changed. Try again in a moment.
error-page-no_answer = No answer from the desk. What you wrote is kept here. Try again.
error-page-offline = You are offline. What you wrote is kept here until you are back.
error-session-wrong_credentials = Address and password do not match.
error-session-missing = Sign in first.
error-session-expired = Your session has ended. Sign in again.
error-session-incomplete = One more step is needed to sign in.
error-sign_in-too_many_attempts = Too many attempts. Wait { $seconds } seconds, then try again.
error-permission-missing = Your role does not allow that. Ask an administrator.
error-ticket-not_found = There is no such ticket, or not for you.
error-ticket-changed_meanwhile = Somebody else changed the ticket meanwhile. It is shown as it is now; nothing of theirs was lost.
error-link-not_found = This link is no longer good. Ask for a new one.
error-password-too_short = At least { $min_characters } characters.
error-password-too_common = This password is among those that are tried first. Choose another.
error-step_up-required = Prove who you are again, then repeat it.
