# English. Every key stands in every language; a test says which one is missing.
# Arguments: $name, $email, $app, $provider, $claim, $query, $seconds, $n.

## Around every page

skip = Skip to the content
nav-home = { $brand }, all apps
nav-account = Your account
nav-sign-out = Sign out
footer-support = Help and contact
opens-new-tab = opens in a new tab

## General words, where the exact one is not known

some-parameter = a parameter
some-app = this app
some-provider = the sign-in service
some-claim = a detail about you

## Portal

portal-title = Your apps
portal-greeting = Welcome, { $name }
portal-lead = Where would you like to go? One click takes you in.
portal-search = Search your apps
portal-search-button = Search
portal-clear = Show all
portal-results = Results for “{ $query }”
portal-apps = Apps
portal-other = More
portal-none-title = Nothing here for you yet
portal-none-text = You are signed in as { $name }, but none of the apps behind this door are open to this account.
portal-none-cure = If you expected to find something, you may have another account, or someone still has to let you in.
portal-none-ask = Ask whoever looks after { $brand } to give this account access.
portal-unmatched-title = Nothing matches “{ $query }”
portal-unmatched-text = Try a shorter word, or look through all your apps.

## Sign-in

sign-in-title = Sign in
sign-in-to = to continue to { $app }
sign-in-lead = { $brand } takes you to your apps. Please show who you are.
sign-in-choose = Choose the account to sign in with.
sign-in-with = Continue with { $provider }
sign-in-last = Last used
sign-in-list = Ways to sign in
sign-in-none = No way to sign in has been set up yet.

## Confirm

confirm-title = Open { $app }?
confirm-text = You will arrive there as { $name }.
confirm-button = Open { $app }

hand-over-title = On to { $app }
hand-over-text = You are being signed in there. If nothing happens, press the button.
hand-over-button = Continue to { $app }

## In a frame

gate-title = Open { $app }
gate-again = It did not open by itself. If it does not open now either, the page around it keeps it locked in.
card-title = Sign in to open { $app }
card-text = A small window opens for it; this page stays as it is.
card-text-tab = It opens in a tab of its own.
card-again = This app wants a fresh sign-in. A small window opens for it.
card-failed = Nothing came back. Press the button once more, or open it in a tab.
card-not-kept = You are signed in, but this browser does not keep that inside other pages. Open it in a tab.
frame-opening = Opening…
frame-signed-out = Sign-in needed
frame-open = Signed in
frame-expired = Has it stopped working? Its sign-in may have run out.
frame-refused = It did not open.
frame-reconnect = Reconnect
handed-back-title = You are signed in
handed-back-closing = This window closes by itself.
handed-back-text = Close this window and press the sign-in button once more, or go on here.
handed-back-here = Open { $app } here

console-opening = Opening { $app }…
console-again = The connection to { $app } is interrupted. Trying again…
console-lost = The connection to { $app } is lost.
console-silent = { $app } does not answer.
console-over = Your sign-in has ended.
console-no-script = { $app } needs scripts. Allow them for this page, and load it again.

## Sign-out

sign-out-title = Sign out?
sign-out-text = This ends your session with { $brand } in this browser and, where it can, the one with { $provider }.
sign-out-note = Apps that are already open stay open until you sign out there.
sign-out-stay = Stay signed in

sign-out-there-title = Signing out of { $provider }
sign-out-there-text = You are signed out here. If nothing happens, press the button.
sign-out-there-button = Sign out of { $provider }

signed-out-title = You are signed out
signed-out-everywhere = { $provider } was asked to end its session too.
signed-out-here-title = You are signed out here
signed-out-here = Your session with { $provider } goes on. Whoever uses this computer next could sign in again with your account.
signed-out-here-cure = At a shared computer, sign out of { $provider } as well, or close all windows of the browser.
signed-out-not-title = You are still signed in
signed-out-not = You signed in with { $provider }, and your session in this browser goes on.
signed-out-already = There is no session in this browser any more.
signed-out-again = Sign in again
signed-out-apps = Apps that are already open stay open until you sign out there. Links that were already made end by themselves.

front-logout-title = Sign-out
front-logout-text = The sign-out that you asked for elsewhere has been received here.

## Account

account-title = Your account
account-as = Signed in as
account-lead = This is what { $provider } says about you.
account-name = Name
account-email = E-mail
account-verified = verified
account-unverified = not verified
account-no-email = not given
account-provider = Signed in through
account-since = Signed in since
account-groups = Groups
account-groups-none = You are in no group.
account-groups-absent = Not known: { $provider } does not send your groups.
account-groups-wrong = Not known: { $provider } sends your groups in a form that cannot be read.
account-groups-overage = Not known: you are in more groups than { $provider } can send.
account-switch = Use another account
account-sessions = Where you are signed in
account-sessions-lead = Each line is one browser. End those that you do not recognise.
account-this = This browser
account-other = Another browser
account-started = Signed in { $ago }
account-seen = last used { $ago }
account-end = End
account-end-of = End the session that was signed in { $ago }
account-everywhere = Sign out everywhere
account-everywhere-text = Ends all these sessions at once, this one too.
account-learning = What your apps learn about you
account-learning-lead = With each launch an app is told this, and what its link says. Nothing else about you.
account-learning-count =
    { $n ->
        [0] nothing about you
        [one] one thing
       *[other] { $n } things
    }
account-learning-link = What is said under these names depends on the link that you come by.
account-learning-nothing = As things are, it would be told nothing: it would not open.
account-launches = What you opened last
account-launches-none = Nothing yet.
account-launches-unknown = This cannot be told at the moment. Reload the page in a minute.

ago-now = just now
ago-minutes =
    { $n ->
        [one] a minute ago
       *[other] { $n } minutes ago
    }
ago-hours =
    { $n ->
        [one] an hour ago
       *[other] { $n } hours ago
    }
ago-days =
    { $n ->
        [one] a day ago
       *[other] { $n } days ago
    }

## For admins: the apps

admin-title = Administration
admin-lead = How things are behind this door: who comes, through which provider, and what they open.
admin-overview = Overview
admin-sessions = Sessions
admin-audit = Audit trail
admin-apps-lead = Every app behind this door, and what to hand out so that people find it.
admin-apps = Apps
admin-sessions-lead = Who is signed in now. Whom you sign out comes back only through the provider.
admin-sessions-search = E-mail address or subject
admin-sessions-of = Sessions of “{ $query }”
admin-sessions-everybody = Show everybody
admin-sessions-none = Nobody signed in matches “{ $query }”
admin-sessions-no-more = Nobody else is signed in
admin-sessions-none-text = An e-mail address is found by its beginning, a subject only whole.
admin-sessions-list = Sessions, the newest first
admin-end-of = End the session of { $name } that was signed in { $ago }
admin-end-all = End all
admin-end-all-of = End all sessions of { $name }
admin-newest = Newest
admin-older = Older
admin-apps-none = No app has been set up yet. Each one is a section [apps.…] of the configuration.
admin-mark-early = opens later
admin-mark-over = closed
admin-mark-no-page = token API only
admin-mark-values = needs values
admin-mark-hidden = not in the portal
admin-app-facts = What is set up
admin-app-vendor = Vendor
admin-app-address = Address
admin-app-no-address = None: only the token API serves this app.
admin-app-allow = Open to
admin-app-deny = Closed to
admin-app-when = Only when
admin-app-providers = Signed in through
admin-app-step-up = Sign-in
admin-app-step-up-text = has to be recent or strong
admin-app-opens = Opens
admin-app-closes = Closes
admin-app-parts = On this page
admin-claims = Claims
admin-claims-lead = What a token of this app says, and where each value comes from. What stands in braces is made from what the provider says of the person.
admin-claim-optional = left out where there is none
admin-key = Key
admin-key-secret = The app shares a secret with its vendor. There is no public key, and nothing to show.
admin-key-algorithm = Signs with
admin-key-written = Written
admin-key-thumbprint = Thumbprint
admin-key-retired = Retired
admin-key-addresses = Also at
admin-key-pem = Public key as PEM
admin-key-jwk = Public key as JWK
admin-key-jwk-note = For a vendor that takes a JSON Web Key.
admin-key-next = The next key
admin-key-next-note = It is to follow. Give it to the vendor before usher keys rotate lets it sign.
admin-rule-everyone = everyone who can sign in
admin-rule-group = the group { $name }
admin-rule-email = { $email }
admin-rule-domain = everyone with an address at { $name }
admin-rule-provider = everyone who signs in through { $provider }
admin-rule-claim = whoever has { $name } as { $claim }

## For admins: the overview

overview-launches = Launches
overview-span = Time shown
overview-day = Day
overview-week = Week
overview-opened = Opened
overview-refused = Refused
overview-sign-ins = Sign-ins
overview-living = Signed in now
overview-over = over
overview-scale-day = Launches an hour, UTC
overview-scale-week = Launches in six hours, UTC
overview-chart-day =
    { $n ->
        [one] One launch in the last 24 hours, by app
       *[other] { $n } launches in the last 24 hours, by app and hour
    }
overview-chart-week =
    { $n ->
        [one] One launch in the last 7 days, by app
       *[other] { $n } launches in the last 7 days, by app and six hours
    }
overview-none-day = Nobody has opened an app within the last 24 hours.
overview-none-week = Nobody has opened an app within the last 7 days.
overview-others = Others
overview-table = The same as a table
overview-time = Time (UTC)
overview-total = Total
overview-no-numbers = The store gave no answer in time, so there is nothing to count at the moment. Load the page again in a while.
overview-refused-part = { $percent } % refused
overview-all-apps = All apps
overview-refusals = Refused: what people read
overview-no-refusals = Nobody was turned away.
overview-no-provider = Before a provider was known
overview-no-failures = No sign-in failed.
overview-people = Who came last
overview-all-sessions = All sessions
overview-health = How the parts are
overview-store = Store ({ $name })
overview-store-up = answers
overview-store-down = does not answer
overview-store-commits = { $count } commits since the start
overview-provider = Provider { $provider }
overview-provider-well = answers
overview-provider-unknown = not asked yet
overview-provider-failing = fails
overview-provider-read-now = metadata read just now
overview-provider-read =
    { $n ->
        [one] metadata read a minute ago
       *[other] metadata read { $n } minutes ago
    }
overview-clock = Clock
overview-clock-steady = steady
overview-clock-unsteady = has just been set
overview-clock-now = { $time }
overview-draining = This gateway
overview-draining-state = is about to stop
overview-setup = What is running
overview-fingerprint = Configuration
overview-fingerprint-note = The same on all replicas that have the same configuration and sealing key.
overview-loaded = Read
overview-generation = number { $n } since the start
overview-started = Started
overview-version = Version
overview-changed = has changed: see above
overview-keys = Keys
overview-key-secret = a secret
overview-key-next = next
overview-key-active = signs
overview-key-retired = retired
overview-key-expired = expired
overview-key-old = over a year old
overview-key-days =
    { $n ->
        [0] from today
        [one] a day old
       *[other] { $n } days old
    }
overview-claims = How claims come
overview-claims-lead = Of the claims that rules and apps read: in how many of a hundred sign-ins each came with something in it, day by day. What they said is kept nowhere.
overview-no-claims = No rule and no app reads a claim.
overview-claim = Claim
claim-absent = absent
claim-empty = empty
claim-text = text
claim-number = number
claim-boolean = yes or no
claim-list = list
claim-object = object
claim-verified = verified
claim-unverified = not verified
drift-title = Changes that need a look
drift-since = Since { $day }.
drift-touches = Touches:
drift-touches-admin = who may come to these pages
drift-vanished-title = { $claim } no longer comes from { $provider }
drift-vanished-text = It used to come with nearly every sign-in, and is missing from nearly all.
drift-vanished-cure = Look at the claims or scopes of Usher’s client at { $provider }. Until it is back, rules over it let nobody in.
drift-emptied-title = { $claim } comes empty from { $provider }
drift-emptied-text = It used to hold something at nearly every sign-in, and holds nothing at nearly all.
drift-emptied-cure = Look at what { $provider } puts into it: a group filter or a mapping may have changed.
drift-retyped-title = { $claim } comes in another form from { $provider }
drift-retyped-text = It used to be { $was } at nearly every sign-in, and is { $is } at nearly all.
drift-retyped-cure = Look at the mapping at { $provider }. Rules and claims that expect the old form fail.
drift-unverified-title = E-mail addresses from { $provider } are no longer verified
drift-unverified-text = Nearly all used to be verified, and nearly none is.
drift-unverified-cure = Look at how { $provider } verifies addresses. Rules over addresses and domains let nobody in meanwhile.
drift-group-title = Nobody is in the group { $name }
drift-group-text = A rule names it, and for 30 days nobody who signed in was in it.
drift-group-cure = Was it renamed, or misspelt in the rule? If nobody belongs to it any more, take the rule away.

chart-hour = { $time }
chart-time = { $day }, { $from } to { $to }
chart-monday = Mon
chart-tuesday = Tue
chart-wednesday = Wed
chart-thursday = Thu
chart-friday = Fri
chart-saturday = Sat
chart-sunday = Sun
## What an app gives whom

xray-title = X-ray
xray-lead = What this app would give somebody, rule by rule and claim by claim. It goes the way of a real launch up to the signature: nothing is signed, and nothing you type is kept.
xray-me = X-ray myself
xray-persona = A persona
xray-persona-note = Somebody made up, as JSON: sub, email, email_verified, name, given_name, family_name, preferred_username, picture, groups, claims, provider, issuer, auth_time, acr. All may be left out.
xray-persona-wrong = This is not a persona.
xray-persona-too-large = A persona has at most 64 KiB.
xray-this = X-ray the persona
xray-gets-in = { $name } gets in
xray-is-refused = { $name } is refused
xray-reason = Reason
xray-reads = The person reads
xray-cure = What to do
xray-warnings = Warnings
xray-long-address = the address with its token has { $bytes } bytes; some proxies take 2,000
xray-rules = Rules
xray-decided = decided
xray-claims = Claims
xray-left-out = left out
xray-token = Token
xray-roles = Roles
xray-roles-none = none
xray-header = Header
xray-size = Size
xray-bytes = { $bytes } bytes
xray-life = Good for
xray-seconds = { $seconds } s
xray-no-end = It has no end of its own.
xray-no-address = None: the token API answers.
xray-message = Message
xray-message-text = A page of ours frames the vendor’s, and posts each token to { $origin }.
xray-fits = yes
xray-fits-not = no
xray-fits-unknown = unknown
xray-unknown-no-groups = the provider sent no groups
xray-unknown-groups-type = the groups are not a list of names
xray-unknown-groups-overage = the provider left the groups out, because there are too many
xray-unknown-email-unverified = the address fits, but is not verified
xray-unknown-email = there is no verified address
xray-unknown-claim = the claim is not there, or not a value that can be compared
xray-unknown-auth-time = the provider did not say when the person signed in
xray-unknown-acr = the provider did not say how the person signed in
xray-unknown-missing = something that it names is not there
xray-unknown-failed = it could not be evaluated
xray-unknown-not-boolean = it is neither true nor false
xray-help-not-allowed = Add a rule that fits this person to allow, or the person to a group that it names.
xray-help-denied = A deny rule fits, or could not be told; it wins over every allow.
xray-help-when = when must be the boolean true; what it names must be there.
xray-help-groups-overage = Have the provider send fewer groups, such as only those assigned to this client, or app roles.
xray-help-groups-unknown = Have the provider send the groups, check groups_claim, or set groups_absent = "empty".
xray-help-email-unverified = Have the provider send email_verified = true, or set trust_email if all its addresses are verified.
xray-help-email-rebound = usher unbind lets go of who had the address before.
xray-help-auth-time = A click would go through the provider first; give the persona an auth_time that is recent enough.
xray-help-acr = A click would go through the provider first; give the persona one of acr_values as its acr.
xray-help-claim-missing = Have the provider send what the claim is made from, or make it from something else.
xray-help-claim-failed = The claim's expression gave a value that cannot stand there; try it with another.
xray-help-claim-too-long = The vendor takes less text there; say less.
xray-help-not-open = It opens by itself at opens_at.
xray-help-closed = Move closes_at, if it is to be open.
xray-help-too-long = The token says too much: shorten user_profile, policy or the parameters.
xray-help-params = Give the parameters that the app declares under params, each as --param name=value.
xray-help-key = See usher check.
claim-from-issue = time of issue
claim-from-expiry = time of issue and ttl
claim-from-before-issue = slightly before the time of issue
claim-from-random = random
claim-from-room = the room's session
claim-from-constant = constant
claim-from-verified-email = verified e-mail
claim-from-roles = role rules
claim-from-no-pairs = no pairs
claim-from-pairs = pairs: { $text }
claim-from-template = { $text }
claim-from-cleaned = { $text }, cleaned
claim-from-where-verified = { $text }, where it is verified
claim-from-https-link = { $text }, an https link
claim-from-at-most = { $text }, at most { $most } characters
claim-from-tree = tree: { $text }
key-goes-frameable = Paste the PEM above into the Settings of the event at Frameable.
key-goes-cobrowse = Paste the PEM above into the JWT SSO box of the account's settings at Cobrowse.
key-goes-vonage = Paste the PEM above as the public key of the application in the Vonage dashboard.
key-goes-elsewhere = Give the vendor the PEM above, or the address of the key set: /keys/{ $app }.json under public_url.

## The lab of wrong tokens

lab-title = Lab
lab-lead = Does the vendor look? Here you come to its door as a test person, with a token that is wrong in exactly one way. A careful vendor lets you in with none of them.
lab-off = The lab is switched off. lab = true under [admin] switches it on, for as long as you try out a vendor.
lab-nobody = Nobody has been declared to come as. A [[test]] of the configuration with app = { $app }, whose expect has allowed = true, makes somebody up.
lab-api-only = No browser carries a token to this app. On the command line, this makes one for you to hand over:
lab-loud = Each one goes on record under your name.
lab-person = Come as
lab-flaws = What is to be wrong
lab-use = Try it
lab-refused = The app’s own rules refuse this person now, so there is no token: { $reason }
lab-expired-title = Expired
lab-expired-wrong = Its times lie in the past: it ended ten minutes ago.
lab-expired-open = If the app opens: whoever finds an old link in a history or a log gets in.
lab-not-yet-valid-title = Not yet valid
lab-not-yet-valid-wrong = It begins an hour behind its own end: nbf says that it does not work before.
lab-not-yet-valid-open = If the app opens: a token that is made for later works at once.
lab-other-audience-title = Another audience
lab-other-audience-wrong = It names somebody else as the one whom it is for.
lab-other-audience-open = If the app opens: a token that is made for another service opens this one.
lab-other-key-title = Another key
lab-other-key-wrong = It is signed with a new key, which was thrown away behind it.
lab-other-key-open = If the app opens: nobody checks signatures, and anybody can write a token.
lab-alg-none-title = alg none
lab-alg-none-wrong = Its header says that it needs no signature, and it has none.
lab-alg-none-open = If the app opens: anybody can write a token, without any key.
lab-hs256-title = HS256 over the public key
lab-hs256-wrong = Its header says HS256, and the public key served as the secret.
lab-hs256-open = If the app opens: the token chooses how it is checked, and whoever has the public key can write one.
lab-changed-payload-title = A changed payload
lab-changed-payload-wrong = The signature is that of another payload, whose times are over.
lab-changed-payload-open = If the app opens: nobody checks signatures, and anybody can change what a token says.

## For admins: the link of an app

link-kit = Link kit
link-kit-lead = The link in the form that each place wants. Whoever follows it signs in on the way and arrives at the app; it holds no token and no secret.
link-none = Only the token API serves this app, so there is no link to hand out.
link-values = Values
link-values-lead = The link carries values to this app. Each form below holds the ones you give here.
link-values-wanted = This app opens only with values in its link. Give some to see the link, or have a page of yours fill them in.
link-optional = optional
link-make = Make the link
link-pattern = The link, with places for the values
link-pattern-note = For a page of yours that fills them in, percent-encoded.
link-copy = Copy
link-copied = Copied
link-download = Download
link-api = The same for the API
link-absent = Not for this app
link-absent-origins = The app lists no origins, so no page may frame it.
link-absent-confirm = It asks before it opens, which it does in no frame.
link-absent-beginning = An event begins and ends, and the app has no opens_at.
link-absent-end = An event begins and ends, and the app has no closes_at.
link-absent-window = An event begins and ends, and the app has neither opens_at nor closes_at.
link-absent-too-long = The link is too long for it.
link-url-title = Launch link
link-url-note = For mails, chats and bookmarks.
link-button-title = Button
link-button-note = HTML for a page of yours; it takes on the colours around it.
link-element-title = Element
link-element-note = A frame that helps itself: it fits its page, says how far it is and reconnects. HTML for a page at one of the app’s origins.
link-iframe-title = Frame
link-iframe-note = HTML for a page at one of the app’s origins, and for no other. The vendor’s page in it may ask for a camera and the like.
link-sharepoint-title = SharePoint
link-sharepoint-note = Edit the page, add the web part Embed, paste this. The site has to be among the app’s origins, and this host be allowed in the site’s HTML Field Security. Where an app needs a camera, use the link.
link-confluence-title = Confluence
link-confluence-note = The storage format, for the API. In the editor of Confluence Cloud, type /iframe and give it the launch link. The site has to be among the app’s origins. Where an app needs a camera, use the link.
link-ics-title = Calendar
link-ics-note = An event for the time in which the app is open. A later file moves it and makes no second one.
link-qr-title = QR code
link-qr-note = For slides and posters: a phone that reads it opens the link.
link-okta-title = Okta: bookmark app
link-okta-note = Applications, Browse App Catalog, Bookmark App. As a logo Okta takes a PNG, JPG or GIF of at least 420 × 120 pixels and under 1 MB.
link-okta-label = Application label
link-okta-url = URL
link-entra-title = Entra: linked app
link-entra-note = An enterprise application of your own; Single sign-on, Linked. Assign people, or nobody sees it. As a logo Entra takes a PNG of exactly 215 × 215 pixels, up to 100 KB.
link-entra-label = Name
link-entra-url = Sign-on URL
link-initiate-title = Started by the provider
link-initiate-note = An initiate_login_uri, for a portal that adds its own iss: always by way of that provider. A portal that adds none takes the launch link.

## For admins: the audit trail

audit-lead = Who came, what they opened and who was turned away. Times are in UTC.
audit-person = Person
audit-person-hint = E-mail address or subject
audit-app = App
audit-event = What
audit-outcome = Outcome
audit-time = When
audit-from = Not before
audit-to = Before
audit-provider = Provider
audit-any = any
audit-ok = went well
audit-refused = refused
audit-more = By record or token
audit-id = Id of the record
audit-jti = Token’s jti
audit-sha256 = Token’s SHA-256
audit-find = Find
audit-all = Show all
audit-records = Records
audit-none = No record passes this filter.
audit-nowhere = No record has the reference { $name }.
audit-nowhere-text = What fails before the provider has said who somebody is leaves no record, only a line in the log. Look there for
audit-until = Nobody has looked yet at what is older than
audit-further = Look further back
audit-older = Older
audit-newest = Newest
audit-files = All that pass the filter:
audit-event-sign-in = Sign-in
audit-event-launch = Launch
audit-event-denied = Turned away
audit-event-sign-out = Sign-out
audit-event-mint = Token by command
audit-event-admin = Administration
audit-event-lab = Lab
audit-event-other = { $name }
audit-wrong-unknown = There is no condition “{ $name }”.
audit-wrong-repeated = “{ $name }” stands there more than once.
audit-wrong-empty = “Not before” has to be earlier than “Before”, or nothing can lie between them.
audit-wrong-moment = “{ $name }” takes a date such as 2026-11-21, or a time such as 2026-11-21 08:00 in UTC.
audit-wrong-ref = A reference has 16 letters and digits, such as 7Q2M-0KXD-9R4T-HB3W.
audit-wrong-choice = “{ $name }” takes one of the words to choose from.
audit-wrong-app = An app’s id is 1 to 64 of a-z, 0-9 and -.
audit-wrong-sha256 = A SHA-256 has 64 hexadecimal digits.
audit-wrong-id = A record’s id looks like 01936f4e-7c1d-7abc-8def-0123456789ab.
audit-wrong-before = “{ $name }” is a place that only a link of these pages knows. Start again from the newest.
audit-wrong-word = “{ $name }” takes 1 to 320 characters that can be seen.
audit-what = What happened
audit-auth-time = Signed in at the provider
audit-session = Signed in here
audit-decision = The decision
audit-fits = fits
audit-fits-not = does not fit
audit-fits-unknown = cannot be told
audit-decided = decided
audit-claims = Claims that it was made from
audit-proof = Proof
audit-proof-unchanged = This record is as it was written.
audit-proof-changed = This record was changed after it was written.
audit-proof-follows = It names the record before it.
audit-proof-moved = It does not follow the record before it: one of the two was changed or moved.
audit-proof-missing = The record before it is missing.
audit-proof-note = That nothing is missing anywhere, only usher audit verify can tell: it walks along all records.
audit-text = To pass on
audit-fields = All fields

## Notices

notice-cure = What you can do
notice-on-way = On the way to { $app }
notice-reference = Reference
moment-left = Opens in
moment-opens = Opens
moment-closed = Closed
notice-contact-email = Write to { $contact }
notice-contact-url = Ask for help
action-switch = Use another account
action-start-again = Start again
action-portal = Back to your apps
action-try-again = Try again
action-sign-in = Sign in
action-open-in-tab = Open in a new tab
action-reconnect = Reconnect

## Errors: title, what happened, what to do

error-bad-request-title = This link cannot be read
error-bad-request-text = The request is not one that this site understands. The address may have been cut off or changed on its way to you.
error-bad-request-cure = Open the link again from where you found it, or start from your apps.

error-params-undeclared-title = This link says too much
error-params-undeclared-text = The link carries “{ $name }”, which { $app } does not know.
error-params-undeclared-cure = Ask whoever gave you the link for a corrected one.

error-params-missing-title = This link is incomplete
error-params-missing-text = { $app } needs “{ $name }”, and the link does not carry it.
error-params-missing-cure = Use the complete link, or ask whoever gave it to you.

error-params-repeated-title = This link contradicts itself
error-params-repeated-text = The link carries “{ $name }” more than once.
error-params-repeated-cure = Ask whoever gave you the link for a corrected one.

error-params-mismatch-title = This link does not fit
error-params-mismatch-text = What the link gives for “{ $name }” does not have the form that { $app } expects.
error-params-mismatch-cure = Check the link for typing errors, or ask whoever gave it to you.

error-params-too-long-title = This link is too long
error-params-too-long-text = What the link gives for “{ $name }” is longer than { $app } accepts.
error-params-too-long-cure = Ask whoever gave you the link for a shorter one.

error-params-control-character-title = This link is damaged
error-params-control-character-text = What the link gives for “{ $name }” holds characters that cannot be seen and do not belong there.
error-params-control-character-cure = Copy the link again from where you found it, or ask whoever gave it to you.

error-params-not-text-title = This request cannot be read
error-params-not-text-text = What the request gives for “{ $name }” is not text.
error-params-not-text-cure = Send every value as a string.

error-params-not-json-title = This request cannot be read
error-params-not-json-text = The request calls itself JSON, and is not one object with every name once.
error-params-not-json-cure = Send one JSON object, with a string for each parameter.

error-login-bad-request-title = This sign-in link cannot be read
error-login-bad-request-text = The address asks to sign in for something that this site does not know.
error-login-bad-request-cure = Start from your apps, or open the original link again.

error-login-state-invalid-title = This sign-in has come to an end
error-login-state-invalid-text = The page you came back to belongs to a sign-in that was used already or was never begun here. This happens after going back, reloading, or opening a bookmark of the sign-in page.
error-login-state-invalid-cure = Start again: you will go on to the place you wanted.

error-login-expired-title = The sign-in took too long
error-login-expired-text = The sign-in page was open for so long that it is no longer safe to go on from it.
error-login-expired-cure = Start again: you will go on to the place you wanted.

error-login-logged-out-title = You were signed out meanwhile
error-login-logged-out-text = While you were on your way here, { $provider } ended your session, for example because you signed out in another window.
error-login-logged-out-cure = Start again to sign in anew: you will go on to the place you wanted.

error-login-other-browser-title = This sign-in began somewhere else
error-login-other-browser-text = This browser did not start the sign-in that it came back with. It may have begun in another browser or inside an app, or cookies were cleared in between.
error-login-other-browser-cure = Start again here, and stay in this browser until you have arrived.

error-login-refused-title = You were not signed in
error-login-refused-text = { $provider } did not sign you in. Perhaps you cancelled, or this account may not come here.
error-login-refused-cure = Try again, or use another account.

error-login-temporarily-unavailable-title = Sign-in is resting
error-login-temporarily-unavailable-text = { $provider } says that it cannot sign anyone in at the moment.
error-login-temporarily-unavailable-cure = Wait a minute, then try again.

error-login-iss-mismatch-title = The sign-in came from the wrong place
error-login-iss-mismatch-text = The answer was sent in the name of a sign-in service other than { $provider }. To keep your account safe, it was not used.
error-login-iss-mismatch-cure = Start again. If this page comes back, pass the reference on to whoever looks after this site.

error-login-loop-title = You are going round in circles
error-login-loop-text = You have been to { $provider } and back three times within a minute, and each time the sign-in was gone on arrival. You are not sent round again.
error-login-loop-cure = Check the points below, then start again.
error-login-loop-check-cookie = The browser did not send back the cookie it was given. Allow cookies for this site, and switch off extensions that remove them.
error-login-loop-check-provider = The sign-in service answered, but it keeps asking to sign in anew. Sign out there, then start again.
error-login-loop-check-session = The session was made and then not found. Check the date and time of this computer.
error-login-loop-check-private = If this is a private window, try an ordinary one: some browsers drop cookies in private windows.

error-login-wrong-provider-title = Another account is needed
error-login-wrong-provider-text = { $app } is for people who sign in through { $provider }. You are signed in another way.
error-login-wrong-provider-cure = Sign in with your account at { $provider }.

error-login-step-up-title = Please sign in once more
error-login-step-up-text = { $app } asks for a more recent or a stronger sign-in at { $provider } than yours.
error-login-step-up-cure = Sign in again, then try once more.

error-admin-not-allowed-title = This door is for admins
error-admin-not-allowed-text = Behind it stands what the people who look after this site work with, and this account is not one of theirs.
error-admin-not-allowed-cure = If you have another account, use that one. Otherwise go on from your apps.

error-audit-filter-title = This filter makes no sense
error-audit-filter-text = The condition “{ $name }” does not exist, or what it was given has another form.
error-audit-filter-cure = Set the filter on the page of the audit trail, which says what each field takes.

error-audit-slow-title = This takes too long
error-audit-slow-text = The audit trail was not read in time. Sign-ins and launches do not wait for it.
error-audit-slow-cure = Narrow the filter, for example to a few days, then try again.

error-access-not-allowed-title = This door is not open to you
error-access-not-allowed-text = { $app } is for certain people or groups, and this account is not among them.
error-access-not-allowed-cure = If you have another account, use that one. If you should have access, ask the contact for this app.

error-access-denied-title = This door is closed to you
error-access-denied-text = Access to { $app } has been withdrawn for this account or one of its groups.
error-access-denied-cure = If you think that this is a mistake, ask the contact for this app.

error-access-when-not-met-title = Not under these conditions
error-access-when-not-met-text = { $app } asks for something that does not hold for this account at present.
error-access-when-not-met-cure = Ask the contact for this app what is needed, or use another account.

error-access-groups-overage-title = You are in too many groups
error-access-groups-overage-text = { $app } is open to certain groups. You are in so many that { $provider } did not send them, so nobody can tell whether yours is among them.
error-access-groups-overage-cure = Ask the contact for this app to have { $provider } send only the groups that matter here. In Microsoft Entra these are the groups assigned to the application, or app roles.

error-access-groups-unknown-title = Your groups are not known
error-access-groups-unknown-text = { $app } is open to certain groups, and { $provider } did not say which ones you are in.
error-access-groups-unknown-cure = Ask the contact for this app to have { $provider } send your groups.

error-access-email-unverified-title = Your e-mail address is not verified
error-access-email-unverified-text = { $app } opens by e-mail address, and { $provider } has not confirmed that yours belongs to you.
error-access-email-unverified-cure = Verify your address at { $provider }, then sign in again. If it is verified there already, ask the contact for this app to have { $provider } say so.

error-access-email-rebound-title = This address belongs to another account here
error-access-email-rebound-text = { $app } knows people by their e-mail address. Yours was first used there by another account, or your account first came with another address.
error-access-email-rebound-cure = If the change is right, ask the contact for this app to let go of the old connection.

error-access-auth-too-old-title = You signed in too long ago
error-access-auth-too-old-text = { $app } asks you to sign in shortly before you open it. { $provider } let you through without asking you again.
error-access-auth-too-old-cure = Sign out at { $provider }, then start again.

error-access-auth-time-unknown-title = It is not known when you signed in
error-access-auth-time-unknown-text = { $app } asks you to sign in shortly before you open it, and { $provider } did not say when you did.
error-access-auth-time-unknown-cure = This is for the people behind the site to mend: pass the reference on to the contact for this app.

error-access-acr-not-met-title = A stronger sign-in is needed
error-access-acr-not-met-text = { $app } asks for a stronger way to sign in, such as with a second factor, and { $provider } did not confirm one.
error-access-acr-not-met-cure = Set up a second factor at { $provider }, then start again, or use another account.

error-claims-missing-title = Something about you is missing
error-claims-missing-text = { $app } needs “{ $claim }”, and { $provider } did not send it.
error-claims-missing-cure = Have it added to your profile, then sign in again. The contact for this app can help.

error-claims-email-unverified-title = Your e-mail address is not verified
error-claims-email-unverified-text = { $app } takes only addresses that { $provider } has confirmed, and yours is not confirmed yet.
error-claims-email-unverified-cure = Verify your address at { $provider }, then sign in again. If it is verified there already, ask the contact for this app to have { $provider } say so.

error-claims-too-long-title = Your details are too long
error-claims-too-long-text = { $app } takes less text in “{ $claim }” than { $provider } sent.
error-claims-too-long-cure = Pass the reference on to the contact for this app.

error-launch-no-page-title = This app has no page to open
error-launch-no-page-text = { $app } is used from inside another page, which asks for its access by itself.
error-launch-no-page-cure = Open the page that uses it. The contact for this app can help.

error-room-failed-title = The room could not be opened
error-room-failed-text = The service behind { $app } did not open a room. It is not your fault, and your account is fine.
error-room-failed-cure = Try again in a moment. If it stays so, pass the reference on to the contact for this app.

error-room-slow-title = The room takes too long to open
error-room-slow-text = The service behind { $app } did not answer in time. It is not your fault, and your account is fine.
error-room-slow-cure = Try again in a moment. If it stays so, pass the reference on to the contact for this app.

error-claims-failed-title = Your details do not fit
error-claims-failed-text = “{ $claim }” could not be made for { $app } from what is known about you.
error-claims-failed-cure = Pass the reference on to the contact for this app.

error-claims-too-large-title = There is too much to say about you
error-claims-too-large-text = { $provider } sent more about you than can be kept. The largest part is “{ $claim }”.
error-claims-too-large-cure = Ask whoever looks after { $provider } to send less to this site.

error-window-not-open-title = The doors are not open yet
error-window-not-open-text = You are early for { $app }.
error-window-not-open-cure = Leave this page open. It goes on by itself when the time has come.

error-window-closed-title = The doors have closed
error-window-closed-text = { $app } was open for a certain time, and that time is over.
error-window-closed-cure = If you think that it should still be open, ask the contact for this app.

error-launch-framed-title = This app does not open inside another page
error-launch-framed-text = A page tried to show { $app } within itself, and that is not allowed for it.
error-launch-framed-cure = Open the link in a tab of its own.

error-launch-not-navigation-title = This link must be opened by a person
error-launch-not-navigation-text = The request did not come from someone who opened a link, but from within a page.
error-launch-not-navigation-cure = Open the link in a tab of its own.

error-launch-address-too-long-title = The way there is too long
error-launch-address-too-long-text = The address for { $app } would hold more about you than browsers can carry.
error-launch-address-too-long-cure = Pass the reference on to the contact for this app.

error-launch-needs-confirm-title = This app asks before it opens
error-launch-needs-confirm-text = { $app } opens only after you have said yes on a page of this site.
error-launch-needs-confirm-cure = Open the link of the app in a tab of its own.

error-origin-not-allowed-title = This page may not ask for that
error-origin-not-allowed-text = The request came from a page that { $app } does not know.
error-origin-not-allowed-cure = Ask the contact for this app to have the page’s address listed.

error-media-type-unsupported-title = This request cannot be read
error-media-type-unsupported-text = The request has a form other than JSON or a web form.
error-media-type-unsupported-cure = Send application/json or application/x-www-form-urlencoded.

error-code-invalid-title = This code no longer works
error-code-invalid-text = The code for { $app } was used already, has run out, or was given to another page.
error-code-invalid-cure = Open the link of the app again.

error-csrf-invalid-title = This page was out of date
error-csrf-invalid-text = The form you sent was used already, or belongs to an earlier session. Nothing was done.
error-csrf-invalid-cure = Go back to the page, reload it, and try once more.

error-session-required-title = Please sign in first
error-session-required-text = This page is for people who are signed in, and your session has ended or has not begun.
error-session-required-cure = Sign in, then try again.

error-not-found-title = There is nothing here
error-not-found-text = The address leads nowhere. It may have been mistyped or moved.
error-not-found-cure = Start from your apps.

error-app-unknown-title = This app is not here
error-app-unknown-text = The link names an app that this site does not know. It may have been removed or renamed.
error-app-unknown-cure = Look for it among your apps, or ask whoever gave you the link.

error-method-not-allowed-title = Not in this way
error-method-not-allowed-text = The address exists, but not for this kind of request.
error-method-not-allowed-cure = Open the link in a browser in the usual way.

error-too-large-title = That was too much
error-too-large-text = The request is larger than this site accepts.
error-too-large-cure = Open the original link again. If it is very long, ask for a shorter one.

error-headers-too-large-title = Your browser sends too much
error-headers-too-large-text = The browser has gathered more cookies for this site than it can send at once.
error-headers-too-large-cure = Delete the cookies of this site: in the browser’s settings, look under privacy for cookies and site data. Then open the link again.

error-host-unknown-title = Wrong address
error-host-unknown-text = This site does not answer under the name that was called.
error-host-unknown-cure = Check the address, or open the link that you were given.

error-rate-limited-title = A moment, please
error-rate-limited-text = There were more tries in a short time than is usual for one person.
error-rate-limited-cure =
    { $seconds ->
        [one] Wait one second, then try again.
       *[other] Wait { $seconds } seconds, then try again.
    }

error-provider-wrong-answer-title = Sign-in does not work right now
error-provider-wrong-answer-text = { $provider } sent an answer that does not make sense.
error-provider-wrong-answer-cure = Try again. If this page comes back, pass the reference on to whoever looks after this site.

error-provider-unreachable-title = Sign-in cannot be reached
error-provider-unreachable-text = { $provider } does not answer. Your account is fine; its sign-in service is down or cut off.
error-provider-unreachable-cure = Wait a minute, then try again.

error-provider-slow-title = Sign-in takes too long
error-provider-slow-text = { $provider } did not answer in time.
error-provider-slow-cure = Wait a minute, then try again.

error-id-token-invalid-title = The sign-in could not be trusted
error-id-token-invalid-text = What { $provider } sent about you did not pass a check, so it was not used.
error-id-token-invalid-cure = Start again. If this page comes back, pass the reference on to whoever looks after this site.

error-store-down-title = Back in a moment
error-store-down-text = This site cannot reach its records, and without them it opens no door. You are still signed in.
error-store-down-cure = Wait a few seconds, then try again.

error-clock-unsteady-title = Back in a moment
error-clock-unsteady-text = The clock of this site has just been set, and a pass made now could tell the wrong time. You are still signed in.
error-clock-unsteady-cure = Wait a few seconds, then try again.

error-key-unusable-title = This app cannot be opened right now
error-key-unusable-text = The key for { $app } cannot be used. It is not your fault, and your account is fine.
error-key-unusable-cure = Pass the reference on to the contact for this app.

error-internal-title = Something went wrong here
error-internal-text = It is our mistake, not yours. Nothing was opened in your name.
error-internal-cure = Try again. If this page comes back, pass the reference on to whoever looks after this site.
