# Deutsch, mit „Sie“. Jeder Schlüssel steht in jeder Sprache.

## Rund um jede Seite

skip = Zum Inhalt springen
nav-home = { $brand }, alle Anwendungen
nav-account = Ihr Konto
nav-sign-out = Abmelden
footer-support = Hilfe und Kontakt
opens-new-tab = öffnet sich in einem neuen Tab

## Allgemeine Wörter, wo das genaue nicht bekannt ist

some-parameter = ein Parameter
some-app = diese Anwendung
some-provider = Anmeldedienst
some-claim = eine Angabe zu Ihrer Person

## Portal

portal-title = Ihre Anwendungen
portal-greeting = Willkommen, { $name }
portal-lead = Wohin möchten Sie? Ein Klick genügt.
portal-search = Anwendung suchen
portal-search-button = Suchen
portal-clear = Alle zeigen
portal-results = Ergebnisse für „{ $query }“
portal-apps = Anwendungen
portal-other = Weitere
portal-none-title = Hier ist noch nichts für Sie
portal-none-text = Sie sind als { $name } angemeldet, aber für dieses Konto ist bisher keine Anwendung freigegeben.
portal-none-cure = Falls Sie etwas erwartet haben: Vielleicht besitzen Sie ein weiteres Konto, oder Ihre Freigabe steht noch aus.
portal-none-ask = Bitten Sie die für { $brand } zuständige Stelle, dieses Konto freizuschalten.
portal-unmatched-title = Nichts gefunden zu „{ $query }“
portal-unmatched-text = Versuchen Sie es mit einem kürzeren Wort, oder sehen Sie alle Anwendungen durch.

## Anmeldung

sign-in-title = Anmelden
sign-in-to = weiter zu { $app }
sign-in-lead = { $brand } bringt Sie zu Ihren Anwendungen. Bitte melden Sie sich dafür an.
sign-in-choose = Wählen Sie das Konto, mit dem Sie sich anmelden möchten.
sign-in-with = Weiter mit { $provider }
sign-in-last = Zuletzt verwendet
sign-in-list = Möglichkeiten zur Anmeldung
sign-in-none = Es ist noch keine Anmeldemöglichkeit eingerichtet.

## Bestätigung

confirm-title = { $app } öffnen?
confirm-text = Sie kommen dort als { $name } an.
confirm-button = { $app } öffnen

hand-over-title = Weiter zu { $app }
hand-over-text = Sie werden dort angemeldet. Wenn nichts geschieht, drücken Sie den Knopf.
hand-over-button = Weiter zu { $app }

## In einem Rahmen

gate-title = { $app } öffnen
gate-again = Das ging nicht von selbst. Klappt es auch jetzt nicht, sperrt die Seite ringsum diesen Bereich ein.
card-title = Anmelden, um { $app } zu öffnen
card-text = Dafür öffnet sich ein kleines Fenster; diese Seite bleibt, wie sie ist.
card-text-tab = Die Anwendung öffnet sich in einem eigenen Tab.
card-again = Hierfür müssen Sie sich neu anmelden. Dafür öffnet sich ein kleines Fenster.
card-failed = Es kam nichts zurück. Drücken Sie noch einmal, oder öffnen Sie einen eigenen Tab.
card-not-kept = Sie sind angemeldet, aber dieser Browser merkt sich das nicht innerhalb anderer Seiten. Öffnen Sie einen eigenen Tab.
frame-opening = Wird geöffnet…
frame-signed-out = Anmeldung nötig
frame-open = Angemeldet
frame-expired = Geht es nicht weiter? Die Anmeldung kann abgelaufen sein.
frame-refused = Nicht geöffnet.
frame-reconnect = Neu verbinden
handed-back-title = Sie sind angemeldet
handed-back-closing = Dieses Fenster schließt sich von selbst.
handed-back-text = Schließen Sie dieses Fenster und drücken Sie noch einmal auf Anmelden, oder machen Sie hier weiter.
handed-back-here = { $app } hier öffnen

console-opening = { $app } wird geöffnet…
console-again = Die Verbindung zu { $app } ist unterbrochen. Neuer Versuch läuft…
console-lost = Die Verbindung zu { $app } ist abgebrochen.
console-silent = { $app } antwortet nicht.
console-over = Ihre Anmeldung ist beendet.
console-no-script = { $app } braucht Skripte. Erlauben Sie sie für diese Seite, und laden Sie sie neu.

## Abmeldung

sign-out-title = Möchten Sie sich abmelden?
sign-out-text = Damit endet Ihre Sitzung bei { $brand } in diesem Browser und, soweit möglich, auch die bei { $provider }.
sign-out-note = Bereits geöffnete Anwendungen bleiben offen, bis Sie sich dort abmelden.
sign-out-stay = Angemeldet bleiben

sign-out-there-title = Abmeldung bei { $provider }
sign-out-there-text = Hier sind Sie abgemeldet. Wenn nichts geschieht, drücken Sie den Knopf.
sign-out-there-button = Bei { $provider } abmelden

signed-out-title = Sie sind abgemeldet
signed-out-everywhere = { $provider } wurde gebeten, Ihre Sitzung dort ebenfalls zu beenden.
signed-out-here-title = Sie sind hier abgemeldet
signed-out-here = Ihre Sitzung bei { $provider } besteht weiter. Wer diesen Computer als Nächstes benutzt, könnte sich mit Ihrem Konto wieder anmelden.
signed-out-here-cure = Melden Sie sich an einem gemeinsam genutzten Computer auch bei { $provider } ab, oder schließen Sie alle Fenster des Browsers.
signed-out-not-title = Sie sind noch angemeldet
signed-out-not = Sie haben sich bei { $provider } angemeldet, und Ihre Sitzung in diesem Browser besteht weiter.
signed-out-already = In diesem Browser besteht keine Sitzung mehr.
signed-out-again = Wieder anmelden
signed-out-apps = Bereits geöffnete Anwendungen bleiben offen, bis Sie sich dort abmelden. Schon ausgestellte Links verfallen von selbst.

front-logout-title = Abmeldung
front-logout-text = Ihre Abmeldung an anderer Stelle ist hier angekommen.

## Konto

account-title = Ihr Konto
account-as = Angemeldet als
account-lead = Das teilt { $provider } über Sie mit.
account-name = Name
account-email = E-Mail
account-verified = bestätigt
account-unverified = nicht bestätigt
account-no-email = nicht angegeben
account-provider = Angemeldet über
account-since = Angemeldet seit
account-groups = Gruppen
account-groups-none = Sie gehören keiner Gruppe an.
account-groups-absent = Nicht bekannt: { $provider } übermittelt Ihre Gruppen nicht.
account-groups-wrong = Nicht bekannt: { $provider } übermittelt Ihre Gruppen in einer Form, die sich nicht lesen lässt.
account-groups-overage = Nicht bekannt: Sie gehören mehr Gruppen an, als { $provider } übermitteln kann.
account-switch = Konto wechseln
account-sessions = Wo Sie angemeldet sind
account-sessions-lead = Jede Zeile ist ein Browser. Beenden Sie, was Ihnen nicht bekannt vorkommt.
account-this = Dieser Browser
account-other = Ein anderer Browser
account-started = Angemeldet { $ago }
account-seen = zuletzt genutzt { $ago }
account-end = Beenden
account-end-of = Die Sitzung beenden, die { $ago } begonnen wurde
account-everywhere = Überall abmelden
account-everywhere-text = Beendet alle diese Sitzungen auf einmal, auch diese hier.
account-learning = Was Ihre Anwendungen über Sie erfahren
account-learning-lead = Bei jedem Öffnen wird einer Anwendung dies mitgeteilt und was ihr Link sagt, sonst nichts über Sie.
account-learning-count =
    { $n ->
        [0] nichts über Sie
        [one] eine Angabe
       *[other] { $n } Angaben
    }
account-learning-link = Was unter diesen Namen steht, hängt von dem Link ab, über den Sie kommen.
account-learning-nothing = So wie es steht, würde ihr nichts mitgeteilt: Sie würde sich nicht öffnen.
account-launches = Was Sie zuletzt geöffnet haben
account-launches-none = Noch nichts.
account-launches-unknown = Das lässt sich im Augenblick nicht sagen. Laden Sie die Seite in einer Minute neu.

ago-now = gerade eben
ago-minutes =
    { $n ->
        [one] vor einer Minute
       *[other] vor { $n } Minuten
    }
ago-hours =
    { $n ->
        [one] vor einer Stunde
       *[other] vor { $n } Stunden
    }
ago-days =
    { $n ->
        [one] vor einem Tag
       *[other] vor { $n } Tagen
    }

## Verwaltung: die Anwendungen

admin-title = Verwaltung
admin-lead = Wie es hinter dieser Tür steht: wer kommt, über welchen Anbieter, und was geöffnet wird.
admin-overview = Übersicht
admin-sessions = Sitzungen
admin-audit = Protokoll
admin-apps-lead = Alle Anwendungen hinter dieser Tür und was man weitergibt, damit andere sie finden.
admin-apps = Anwendungen
admin-sessions-lead = Wer gerade angemeldet ist. Wen Sie abmelden, der kommt nur über den Anbieter wieder herein.
admin-sessions-search = E-Mail-Adresse oder Subject
admin-sessions-of = Sitzungen von „{ $query }“
admin-sessions-everybody = Alle zeigen
admin-sessions-none = Niemand, der angemeldet ist, passt zu „{ $query }“
admin-sessions-no-more = Sonst ist niemand angemeldet
admin-sessions-none-text = Eine E-Mail-Adresse wird an ihrem Anfang gefunden, ein Subject nur ganz.
admin-sessions-list = Sitzungen, die neuesten zuerst
admin-end-of = Die Sitzung von { $name } beenden, die { $ago } begonnen wurde
admin-end-all = Alle beenden
admin-end-all-of = Alle beenden: die Sitzungen von { $name }
admin-newest = Neueste
admin-older = Ältere
admin-apps-none = Es ist noch keine Anwendung eingerichtet. Jede ist ein Abschnitt [apps.…] der Konfiguration.
admin-mark-early = öffnet später
admin-mark-over = geschlossen
admin-mark-no-page = nur Token-API
admin-mark-values = braucht Angaben
admin-mark-hidden = nicht im Portal
admin-app-facts = Was eingerichtet ist
admin-app-vendor = Anbieter
admin-app-address = Adresse
admin-app-no-address = Keine: Diese Anwendung bedient nur die Token-API.
admin-app-allow = Offen für
admin-app-deny = Geschlossen für
admin-app-when = Nur wenn
admin-app-providers = Anmeldung über
admin-app-step-up = Anmeldung
admin-app-step-up-text = muss frisch oder stark sein
admin-app-opens = Öffnet
admin-app-closes = Schließt
admin-app-parts = Auf dieser Seite
admin-claims = Angaben
admin-claims-lead = Was ein Token dieser Anwendung sagt und woher jeder Wert kommt. Was in Klammern steht, entsteht aus dem, was der Anbieter über die Person sagt.
admin-claim-optional = fehlt, wo es keine gibt
admin-key = Schlüssel
admin-key-secret = Die Anwendung teilt ein Geheimnis mit ihrem Hersteller. Es gibt keinen öffentlichen Schlüssel und nichts zu zeigen.
admin-key-algorithm = Unterschreibt mit
admin-key-written = Geschrieben
admin-key-thumbprint = Fingerabdruck
admin-key-retired = Außer Dienst
admin-key-addresses = Auch unter
admin-key-pem = Öffentlicher Schlüssel als PEM
admin-key-jwk = Öffentlicher Schlüssel als JWK
admin-key-jwk-note = Für Hersteller, die einen JSON Web Key nehmen.
admin-key-next = Der nächste Schlüssel
admin-key-next-note = Er soll folgen. Der Hersteller braucht ihn, bevor usher keys rotate ihn unterschreiben lässt.
admin-rule-everyone = alle, die sich anmelden können
admin-rule-group = die Gruppe { $name }
admin-rule-email = { $email }
admin-rule-domain = alle mit einer Adresse bei { $name }
admin-rule-provider = alle, die sich über { $provider } anmelden
admin-rule-claim = alle mit { $name } als { $claim }

## Verwaltung: die Übersicht

overview-launches = Aufrufe
overview-span = Gezeigte Zeit
overview-day = Tag
overview-week = Woche
overview-opened = Geöffnet
overview-refused = Abgewiesen
overview-sign-ins = Anmeldungen
overview-living = Gerade angemeldet
overview-over = über
overview-scale-day = Aufrufe in der Stunde, UTC
overview-scale-week = Aufrufe in sechs Stunden, UTC
overview-chart-day =
    { $n ->
        [one] Ein Aufruf in den letzten 24 Stunden, nach Anwendung
       *[other] { $n } Aufrufe in den letzten 24 Stunden, nach Anwendung und Stunde
    }
overview-chart-week =
    { $n ->
        [one] Ein Aufruf in den letzten 7 Tagen, nach Anwendung
       *[other] { $n } Aufrufe in den letzten 7 Tagen, nach Anwendung und je sechs Stunden
    }
overview-none-day = In den letzten 24 Stunden hat niemand eine Anwendung geöffnet.
overview-none-week = In den letzten 7 Tagen hat niemand eine Anwendung geöffnet.
overview-others = Andere
overview-table = Dasselbe als Tabelle
overview-time = Zeit (UTC)
overview-total = Zusammen
overview-no-numbers = Der Speicher hat nicht rechtzeitig geantwortet, deshalb lässt sich gerade nichts zählen. Laden Sie die Seite in einer Weile noch einmal.
overview-refused-part = { $percent } % abgewiesen
overview-all-apps = Alle Anwendungen
overview-refusals = Abgewiesen: was zu lesen war
overview-no-refusals = Niemand wurde abgewiesen.
overview-no-provider = Bevor ein Anbieter feststand
overview-no-failures = Keine Anmeldung ist gescheitert.
overview-people = Wer zuletzt kam
overview-all-sessions = Alle Sitzungen
overview-health = Wie es den Teilen geht
overview-store = Speicher ({ $name })
overview-store-up = antwortet
overview-store-down = antwortet nicht
overview-store-commits = { $count } Commits seit dem Start
overview-provider = Anbieter { $provider }
overview-provider-well = antwortet
overview-provider-unknown = noch nicht gefragt
overview-provider-failing = antwortet falsch oder gar nicht
overview-provider-read-now = Metadaten gerade eben gelesen
overview-provider-read =
    { $n ->
        [one] Metadaten vor einer Minute gelesen
       *[other] Metadaten vor { $n } Minuten gelesen
    }
overview-clock = Uhr
overview-clock-steady = geht gleichmäßig
overview-clock-unsteady = wurde gerade gestellt
overview-clock-now = { $time }
overview-draining = Dieses Gateway
overview-draining-state = hört gleich auf
overview-setup = Was läuft
overview-fingerprint = Konfiguration
overview-fingerprint-note = Gleich auf allen Replikaten mit derselben Konfiguration und demselben Siegelschlüssel.
overview-loaded = Gelesen
overview-generation = die { $n }. seit dem Start
overview-started = Gestartet
overview-version = Version
overview-changed = hat sich geändert: siehe oben
overview-keys = Schlüssel
overview-key-secret = ein Geheimnis
overview-key-next = der nächste
overview-key-active = unterschreibt
overview-key-retired = abgelöst
overview-key-expired = abgelaufen
overview-key-old = über ein Jahr alt
overview-key-days =
    { $n ->
        [0] von heute
        [one] einen Tag alt
       *[other] { $n } Tage alt
    }
overview-claims = Wie Claims kommen
overview-claims-lead = Von den Claims, die Regeln und Anwendungen lesen: in wie vielen von hundert Anmeldungen jeder mit Inhalt kam, Tag für Tag. Was sie sagten, ist nirgends aufbewahrt.
overview-no-claims = Keine Regel und keine Anwendung liest einen Claim.
overview-claim = Claim
claim-absent = fehlt
claim-empty = leer
claim-text = Text
claim-number = Zahl
claim-boolean = ja oder nein
claim-list = Liste
claim-object = Objekt
claim-verified = bestätigt
claim-unverified = nicht bestätigt
drift-title = Änderungen, die einen Blick brauchen
drift-since = Seit { $day }.
drift-touches = Betrifft:
drift-touches-admin = wer auf diese Seiten darf
drift-vanished-title = { $claim } kommt nicht mehr von { $provider }
drift-vanished-text = Der Claim kam früher mit fast jeder Anmeldung und fehlt jetzt in fast allen.
drift-vanished-cure = Sehen Sie bei { $provider } nach den Claims oder Scopes von Ushers Client. Bis er wieder kommt, lassen Regeln darüber niemanden ein.
drift-emptied-title = { $claim } kommt leer von { $provider }
drift-emptied-text = Der Claim hatte früher bei fast jeder Anmeldung einen Inhalt und hat jetzt bei fast keiner einen.
drift-emptied-cure = Sehen Sie nach, womit { $provider } ihn füllt: Ein Gruppenfilter oder eine Zuordnung kann sich geändert haben.
drift-retyped-title = { $claim } kommt in anderer Form von { $provider }
drift-retyped-text = Bei fast jeder Anmeldung war die Form früher { $was } und ist jetzt { $is }.
drift-retyped-cure = Sehen Sie nach der Zuordnung bei { $provider }. Regeln und Claims, die die alte Form erwarten, scheitern.
drift-unverified-title = E-Mail-Adressen von { $provider } sind nicht mehr bestätigt
drift-unverified-text = Früher waren fast alle bestätigt, jetzt ist es fast keine.
drift-unverified-cure = Sehen Sie nach, wie { $provider } Adressen bestätigt. Regeln über Adressen und Domains lassen so lange niemanden ein.
drift-group-title = Niemand ist in der Gruppe { $name }
drift-group-text = Eine Regel nennt sie, und seit 30 Tagen war niemand in ihr, der sich angemeldet hat.
drift-group-cure = Heißt sie inzwischen anders, oder ist sie in der Regel falsch geschrieben? Gehört niemand mehr dazu, nehmen Sie die Regel heraus.

chart-hour = { $time }
chart-time = { $day }, { $from } bis { $to }
chart-monday = Mo
chart-tuesday = Di
chart-wednesday = Mi
chart-thursday = Do
chart-friday = Fr
chart-saturday = Sa
chart-sunday = So
## Was eine Anwendung wem gibt

xray-title = Durchleuchten
xray-lead = Was diese Anwendung jemandem geben würde, Regel für Regel und Angabe für Angabe. Es geht den Weg eines echten Starts bis vor die Unterschrift: Nichts wird unterschrieben, und nichts Eingegebenes bleibt.
xray-me = Mich durchleuchten
xray-persona = Eine Persona
xray-persona-note = Eine erfundene Person als JSON: sub, email, email_verified, name, given_name, family_name, preferred_username, picture, groups, claims, provider, issuer, auth_time, acr. Alles darf fehlen.
xray-persona-wrong = Das ist keine Persona.
xray-persona-too-large = Eine Persona hat höchstens 64 KiB.
xray-this = Die Persona durchleuchten
xray-gets-in = { $name } kommt hinein
xray-is-refused = { $name } wird abgewiesen
xray-reason = Grund
xray-reads = Die Person liest
xray-cure = Was hilft
xray-warnings = Warnungen
xray-long-address = die Adresse mit ihrem Token hat { $bytes } Bytes; manche Proxys nehmen 2.000
xray-rules = Regeln
xray-decided = entschied
xray-claims = Angaben
xray-left-out = weggelassen
xray-token = Token
xray-roles = Rollen
xray-roles-none = keine
xray-header = Kopf
xray-size = Größe
xray-bytes = { $bytes } Bytes
xray-life = Gilt
xray-seconds = { $seconds } s
xray-no-end = Es hat kein eigenes Ende.
xray-no-address = Keine: Die Token-API antwortet.
xray-message = Nachricht
xray-message-text = Eine Seite von uns rahmt die des Herstellers und schickt jedes Token an { $origin }.
xray-fits = ja
xray-fits-not = nein
xray-fits-unknown = unbekannt
xray-unknown-no-groups = der Anbieter hat keine Gruppen geschickt
xray-unknown-groups-type = die Gruppen sind keine Liste von Namen
xray-unknown-groups-overage = der Anbieter hat die Gruppen weggelassen, weil es zu viele sind
xray-unknown-email-unverified = die Adresse passt, ist aber nicht bestätigt
xray-unknown-email = es gibt keine bestätigte Adresse
xray-unknown-claim = die Angabe fehlt oder lässt sich nicht vergleichen
xray-unknown-auth-time = der Anbieter hat nicht gesagt, wann die Anmeldung war
xray-unknown-acr = der Anbieter hat nicht gesagt, wie die Anmeldung war
xray-unknown-missing = etwas, das darin vorkommt, ist nicht da
xray-unknown-failed = es ließ sich nicht auswerten
xray-unknown-not-boolean = es ist weder wahr noch falsch
xray-help-not-allowed = Eine passende Regel unter allow ergänzen oder die Person in eine Gruppe aufnehmen, die dort steht.
xray-help-denied = Eine Regel unter deny passt oder ließ sich nicht entscheiden; sie gilt vor jedem allow.
xray-help-when = when muss den Wert true ergeben; was darin vorkommt, muss da sein.
xray-help-groups-overage = Den Anbieter weniger Gruppen schicken lassen, etwa nur die diesem Client zugewiesenen, oder App-Rollen.
xray-help-groups-unknown = Den Anbieter die Gruppen schicken lassen, groups_claim prüfen oder groups_absent = "empty" setzen.
xray-help-email-unverified = Den Anbieter email_verified = true schicken lassen oder trust_email setzen, wenn alle seine Adressen bestätigt sind.
xray-help-email-rebound = usher unbind löst die Adresse von der Person, die sie vorher hatte.
xray-help-auth-time = Ein Klick ginge zuerst über den Anbieter; der Person ein auth_time geben, das frisch genug ist.
xray-help-acr = Ein Klick ginge zuerst über den Anbieter; der Person einen der Werte aus acr_values als acr geben.
xray-help-claim-missing = Den Anbieter schicken lassen, woraus die Angabe entsteht, oder sie aus etwas anderem bilden.
xray-help-claim-failed = Der Ausdruck der Angabe ergab einen Wert, der dort nicht stehen kann; mit einem anderen versuchen.
xray-help-claim-too-long = Der Hersteller nimmt dort weniger Text; kürzer fassen.
xray-help-not-open = Sie öffnet von selbst zur Zeit opens_at.
xray-help-closed = closes_at verschieben, wenn sie offen sein soll.
xray-help-too-long = Das Token sagt zu viel: user_profile, policy oder die Parameter kürzen.
xray-help-params = Die Parameter angeben, die unter params der Anwendung stehen.
xray-help-key = Siehe usher check.
claim-from-issue = Zeit der Ausstellung
claim-from-expiry = Zeit der Ausstellung und ttl
claim-from-before-issue = kurz vor der Zeit der Ausstellung
claim-from-random = zufällig
claim-from-room = die Sitzung des Raums
claim-from-constant = fest
claim-from-verified-email = bestätigte E-Mail-Adresse
claim-from-roles = Regeln für Rollen
claim-from-no-pairs = keine Paare
claim-from-pairs = Paare: { $text }
claim-from-template = { $text }
claim-from-cleaned = { $text }, bereinigt
claim-from-where-verified = { $text }, wenn bestätigt
claim-from-https-link = { $text }, ein https-Link
claim-from-at-most = { $text }, höchstens { $most } Zeichen
claim-from-tree = Baum: { $text }
key-goes-frameable = Den PEM-Text oben in die Einstellungen (Settings) der Veranstaltung bei Frameable einfügen.
key-goes-cobrowse = Den PEM-Text oben in das Feld JWT SSO der Kontoeinstellungen bei Cobrowse einfügen.
key-goes-vonage = Den PEM-Text oben als öffentlichen Schlüssel der Anwendung im Dashboard von Vonage einfügen.
key-goes-elsewhere = Dem Hersteller den PEM-Text oben geben oder die Adresse des Schlüsselsatzes: /keys/{ $app }.json unter public_url.

## Das Labor der falschen Token

lab-title = Labor
lab-lead = Sieht der Hersteller hin? Hier kommen Sie als Testperson an seine Tür, mit einem Token, an dem genau eine Sache falsch ist. Ein sorgfältiger Hersteller lässt Sie mit keinem davon hinein.
lab-off = Das Labor ist ausgeschaltet. lab = true unter [admin] schaltet es ein, solange Sie einen Hersteller ausprobieren.
lab-nobody = Es ist niemand erklärt, als der man kommen könnte. Ein [[test]] der Konfiguration mit app = { $app }, dessen expect allowed = true hat, erfindet jemanden.
lab-api-only = Kein Browser trägt ein Token zu dieser Anwendung. Auf der Kommandozeile macht dies eines, das Sie selbst übergeben:
lab-loud = Jedes steht unter Ihrem Namen im Protokoll.
lab-person = Kommen als
lab-flaws = Was falsch sein soll
lab-use = Ausprobieren
lab-refused = Die Regeln der Anwendung weisen diese Person jetzt ab, es gibt also kein Token: { $reason }
lab-expired-title = Abgelaufen
lab-expired-wrong = Seine Zeiten liegen in der Vergangenheit: Es endete vor zehn Minuten.
lab-expired-open = Öffnet die Anwendung: Wer einen alten Link in einem Verlauf oder Protokoll findet, kommt hinein.
lab-not-yet-valid-title = Noch nicht gültig
lab-not-yet-valid-wrong = Es beginnt eine Stunde nach seinem eigenen Ende: nbf sagt, dass es vorher nicht gilt.
lab-not-yet-valid-open = Öffnet die Anwendung: Ein Token, das für später gemacht ist, gilt sofort.
lab-other-audience-title = Ein anderer Empfänger
lab-other-audience-wrong = Es nennt jemand anderen als den, für den es bestimmt ist.
lab-other-audience-open = Öffnet die Anwendung: Ein Token, das für einen anderen Dienst gemacht ist, öffnet auch diesen.
lab-other-key-title = Ein anderer Schlüssel
lab-other-key-wrong = Es ist mit einem neuen Schlüssel unterschrieben, der danach weggeworfen wurde.
lab-other-key-open = Öffnet die Anwendung: Niemand prüft Unterschriften, und alle können Token schreiben.
lab-alg-none-title = alg none
lab-alg-none-wrong = Sein Kopf sagt, dass es keine Unterschrift braucht, und es hat keine.
lab-alg-none-open = Öffnet die Anwendung: Alle können Token schreiben, ganz ohne Schlüssel.
lab-hs256-title = HS256 über dem öffentlichen Schlüssel
lab-hs256-wrong = Sein Kopf sagt HS256, und der öffentliche Schlüssel diente als Geheimnis.
lab-hs256-open = Öffnet die Anwendung: Das Token bestimmt, wie es geprüft wird, und wer den öffentlichen Schlüssel hat, kann eines schreiben.
lab-changed-payload-title = Ein geänderter Inhalt
lab-changed-payload-wrong = Die Unterschrift gehört zu einem anderen Inhalt, dessen Zeiten vorbei sind.
lab-changed-payload-open = Öffnet die Anwendung: Niemand prüft Unterschriften, und alle können ändern, was ein Token sagt.

## Verwaltung: der Link einer Anwendung

link-kit = Link zum Weitergeben
link-kit-lead = Der Link in der Form, die jeder Ort braucht. Wer ihm folgt, meldet sich unterwegs an und kommt bei der Anwendung an; er enthält kein Token und kein Geheimnis.
link-none = Diese Anwendung bedient nur die Token-API. Es gibt also keinen Link zum Weitergeben.
link-values = Angaben
link-values-lead = Der Link bringt der Anwendung Angaben mit. Alle Formen unten enthalten, was Sie hier eintragen.
link-values-wanted = Diese Anwendung öffnet sich nur mit Angaben im Link. Tragen Sie welche ein, um den Link zu sehen, oder lassen Sie eine eigene Seite sie einsetzen.
link-optional = freiwillig
link-make = Link erstellen
link-pattern = Der Link mit Platz für die Angaben
link-pattern-note = Für eine eigene Seite, die sie einsetzt, prozentkodiert.
link-copy = Kopieren
link-copied = Kopiert
link-download = Herunterladen
link-api = Dasselbe für die API
link-absent = Nicht für diese Anwendung
link-absent-origins = Die Anwendung nennt keine origins, also darf keine Seite sie einrahmen.
link-absent-confirm = Sie fragt, bevor sie öffnet, und das in keinem Rahmen.
link-absent-beginning = Ein Termin beginnt und endet, und die Anwendung hat kein opens_at.
link-absent-end = Ein Termin beginnt und endet, und die Anwendung hat kein closes_at.
link-absent-window = Ein Termin beginnt und endet, und die Anwendung hat weder opens_at noch closes_at.
link-absent-too-long = Der Link ist dafür zu lang.
link-url-title = Link
link-url-note = Für E-Mails, Chats und Lesezeichen.
link-button-title = Schaltfläche
link-button-note = HTML für eine eigene Seite; die Farben sind die der Umgebung.
link-element-title = Element
link-element-note = Ein Rahmen, der sich selbst hilft: Er passt sich der Seite an, sagt, wie weit er ist, und verbindet neu. HTML für eine Seite unter einer der origins der Anwendung.
link-iframe-title = Rahmen
link-iframe-note = HTML für eine Seite unter einer der origins der Anwendung, und für keine andere. Die Seite des Anbieters darin darf nach einer Kamera und Ähnlichem fragen.
link-sharepoint-title = SharePoint
link-sharepoint-note = Seite bearbeiten, Webpart „Einbetten“ hinzufügen, dies einfügen. Die Website muss unter den origins der Anwendung stehen und dieser Host in der HTML-Feldsicherheit der Website erlaubt sein. Braucht eine Anwendung eine Kamera, nehmen Sie den Link.
link-confluence-title = Confluence
link-confluence-note = Das Speicherformat, für die API. Im Editor von Confluence Cloud tippen Sie /iframe und geben den Link an. Die Website muss unter den origins der Anwendung stehen. Braucht eine Anwendung eine Kamera, nehmen Sie den Link.
link-ics-title = Kalender
link-ics-note = Ein Termin für die Zeit, in der die Anwendung offen ist. Eine spätere Datei verschiebt ihn und legt keinen zweiten an.
link-qr-title = QR-Code
link-qr-note = Für Folien und Aushänge: Ein Telefon, das ihn liest, öffnet den Link.
link-okta-title = Okta: Bookmark-App
link-okta-note = Applications, Browse App Catalog, Bookmark App. Als Logo nimmt Okta ein PNG, JPG oder GIF von mindestens 420 × 120 Pixeln und unter 1 MB.
link-okta-label = Application label
link-okta-url = URL
link-entra-title = Entra: verknüpfte App
link-entra-note = Eine eigene Unternehmensanwendung; einmaliges Anmelden, Verknüpft. Weisen Sie Personen zu, sonst sieht sie niemand. Als Logo nimmt Entra ein PNG von genau 215 × 215 Pixeln, bis 100 KB.
link-entra-label = Name
link-entra-url = Anmelde-URL
link-initiate-title = Vom Anmeldedienst aus
link-initiate-note = Eine initiate_login_uri, für ein Portal, das seine eigene iss anhängt: immer über diesen Anmeldedienst. Ein Portal, das keine anhängt, bekommt den Link.

## Verwaltung: das Protokoll

audit-lead = Wer kam, was geöffnet und wer abgewiesen wurde. Zeiten in UTC.
audit-person = Person
audit-person-hint = E-Mail-Adresse oder Subject
audit-app = Anwendung
audit-event = Was
audit-outcome = Ausgang
audit-time = Wann
audit-from = Nicht vor
audit-to = Vor
audit-provider = Anbieter
audit-any = beliebig
audit-ok = gelungen
audit-refused = abgelehnt
audit-more = Nach Eintrag oder Token
audit-id = Id des Eintrags
audit-jti = jti des Tokens
audit-sha256 = SHA-256 des Tokens
audit-find = Suchen
audit-all = Alle zeigen
audit-records = Einträge
audit-none = Kein Eintrag passt zu diesem Filter.
audit-nowhere = Kein Eintrag hat die Referenz { $name }.
audit-nowhere-text = Was scheitert, bevor der Anbieter gesagt hat, wer jemand ist, hinterlässt keinen Eintrag, nur eine Zeile im Log. Dort findet sich
audit-until = Noch nicht durchgesehen ist, was älter ist als
audit-further = Weiter zurück suchen
audit-older = Ältere
audit-newest = Neueste
audit-files = Alles, was zum Filter passt:
audit-event-sign-in = Anmeldung
audit-event-launch = Start
audit-event-denied = Abgewiesen
audit-event-sign-out = Abmeldung
audit-event-mint = Token per Befehl
audit-event-admin = Verwaltung
audit-event-lab = Labor
audit-event-other = { $name }
audit-wrong-unknown = Eine Bedingung „{ $name }“ gibt es nicht.
audit-wrong-repeated = „{ $name }“ steht mehr als einmal da.
audit-wrong-empty = „Nicht vor“ muss früher sein als „Vor“, sonst kann nichts dazwischen liegen.
audit-wrong-moment = „{ $name }“ nimmt ein Datum wie 2026-11-21 oder eine Zeit wie 2026-11-21 08:00 in UTC.
audit-wrong-ref = Eine Referenz hat 16 Buchstaben und Ziffern, wie 7Q2M-0KXD-9R4T-HB3W.
audit-wrong-choice = „{ $name }“ nimmt eines der Wörter zur Auswahl.
audit-wrong-app = Die Id einer Anwendung hat 1 bis 64 Zeichen aus a-z, 0-9 und -.
audit-wrong-sha256 = Ein SHA-256 hat 64 hexadezimale Ziffern.
audit-wrong-id = Die Id eines Eintrags sieht aus wie 01936f4e-7c1d-7abc-8def-0123456789ab.
audit-wrong-before = „{ $name }“ ist eine Stelle, die nur ein Link dieser Seiten kennt. Bitte bei den neuesten neu anfangen.
audit-wrong-word = „{ $name }“ nimmt 1 bis 320 sichtbare Zeichen.
audit-what = Was geschah
audit-auth-time = Angemeldet beim Anbieter
audit-session = Angemeldet hier
audit-decision = Die Entscheidung
audit-fits = passt
audit-fits-not = passt nicht
audit-fits-unknown = nicht zu sagen
audit-decided = entschied
audit-claims = Claims, aus denen sie entstand
audit-proof = Nachweis
audit-proof-unchanged = Dieser Eintrag ist, wie er geschrieben wurde.
audit-proof-changed = Dieser Eintrag wurde nachträglich geändert.
audit-proof-follows = Er nennt den Eintrag vor ihm.
audit-proof-moved = Er folgt nicht auf den Eintrag vor ihm: einer von beiden wurde geändert oder versetzt.
audit-proof-missing = Der Eintrag vor ihm fehlt.
audit-proof-note = Dass nirgends etwas fehlt, kann nur usher audit verify sagen: es geht alle Einträge entlang.
audit-text = Zum Weitergeben
audit-fields = Alle Felder

## Hinweise

notice-cure = Was Sie tun können
notice-on-way = Auf dem Weg zu { $app }
notice-reference = Referenz
moment-left = Öffnet in
moment-opens = Öffnet am
moment-closed = Geschlossen seit
notice-contact-email = An { $contact } schreiben
notice-contact-url = Hilfe anfordern
action-switch = Konto wechseln
action-start-again = Neu beginnen
action-portal = Zu Ihren Anwendungen
action-try-again = Noch einmal versuchen
action-sign-in = Anmelden
action-open-in-tab = In neuem Tab öffnen
action-reconnect = Neu verbinden

## Fehler: Titel, was geschehen ist, was zu tun ist

error-bad-request-title = Dieser Link ist nicht lesbar
error-bad-request-text = Diese Anfrage kann hier nicht verarbeitet werden. Vielleicht wurde die Adresse unterwegs abgeschnitten oder verändert.
error-bad-request-cure = Öffnen Sie den Link noch einmal dort, wo Sie ihn gefunden haben, oder beginnen Sie bei Ihren Anwendungen.

error-params-undeclared-title = Dieser Link enthält zu viel
error-params-undeclared-text = Der Link enthält die Angabe „{ $name }“. Dafür ist nichts vorgesehen ({ $app }).
error-params-undeclared-cure = Bitten Sie die Person, von der Sie den Link haben, um einen berichtigten.

error-params-missing-title = Dieser Link ist unvollständig
error-params-missing-text = Im Link fehlt die Angabe „{ $name }“, die zum Öffnen nötig ist ({ $app }).
error-params-missing-cure = Verwenden Sie den vollständigen Link, oder fragen Sie die Person, von der Sie ihn haben.

error-params-repeated-title = Dieser Link widerspricht sich
error-params-repeated-text = Der Link enthält die Angabe „{ $name }“ mehr als einmal.
error-params-repeated-cure = Bitten Sie die Person, von der Sie den Link haben, um einen berichtigten.

error-params-mismatch-title = Dieser Link passt nicht
error-params-mismatch-text = Die Angabe „{ $name }“ im Link hat nicht die erwartete Form ({ $app }).
error-params-mismatch-cure = Prüfen Sie den Link auf Tippfehler, oder fragen Sie die Person, von der Sie ihn haben.

error-params-too-long-title = Dieser Link ist zu lang
error-params-too-long-text = Die Angabe „{ $name }“ im Link ist länger als erlaubt ({ $app }).
error-params-too-long-cure = Bitten Sie die Person, von der Sie den Link haben, um einen kürzeren.

error-params-control-character-title = Dieser Link ist beschädigt
error-params-control-character-text = Die Angabe „{ $name }“ im Link enthält unsichtbare Zeichen, die dort nicht hingehören.
error-params-control-character-cure = Kopieren Sie den Link noch einmal, oder fragen Sie die Person, von der Sie ihn haben.

error-params-not-text-title = Diese Anfrage ist nicht lesbar
error-params-not-text-text = Was die Anfrage für „{ $name }“ angibt, ist kein Text.
error-params-not-text-cure = Senden Sie jeden Wert als Zeichenkette.

error-params-not-json-title = Diese Anfrage ist nicht lesbar
error-params-not-json-text = Die Anfrage nennt sich JSON und ist kein Objekt, in dem jeder Name einmal steht.
error-params-not-json-cure = Senden Sie ein JSON-Objekt mit einer Zeichenkette für jeden Parameter.

error-login-bad-request-title = Dieser Anmeldelink ist nicht lesbar
error-login-bad-request-text = Die Adresse verlangt eine Anmeldung für etwas, das hier nicht bekannt ist.
error-login-bad-request-cure = Beginnen Sie bei Ihren Anwendungen, oder öffnen Sie den ursprünglichen Link noch einmal.

error-login-state-invalid-title = Diese Anmeldung ist schon vorbei
error-login-state-invalid-text = Die Seite gehört zu einer Anmeldung, die bereits benutzt oder nie hier begonnen wurde. Das geschieht, wenn man zurückgeht, neu lädt oder ein Lesezeichen der Anmeldeseite öffnet.
error-login-state-invalid-cure = Beginnen Sie neu: Danach geht es dorthin weiter, wohin Sie wollten.

error-login-expired-title = Die Anmeldung hat zu lange gedauert
error-login-expired-text = Die Anmeldeseite war so lange offen, dass es von dort aus nicht mehr sicher weitergeht.
error-login-expired-cure = Beginnen Sie neu: Danach geht es dorthin weiter, wohin Sie wollten.

error-login-logged-out-title = Sie wurden inzwischen abgemeldet
error-login-logged-out-text = Während Sie auf dem Weg hierher waren, hat { $provider } Ihre Sitzung beendet, etwa weil Sie sich in einem anderen Fenster abgemeldet haben.
error-login-logged-out-cure = Beginnen Sie neu, um sich wieder anzumelden: Danach geht es dorthin weiter, wohin Sie wollten.

error-login-other-browser-title = Diese Anmeldung begann woanders
error-login-other-browser-text = Dieser Browser hat die Anmeldung nicht begonnen, mit der er zurückkommt. Vielleicht begann sie in einem anderen Browser oder in einer App, oder zwischendurch wurden Cookies gelöscht.
error-login-other-browser-cure = Beginnen Sie hier neu, und bleiben Sie in diesem Browser, bis Sie angekommen sind.

error-login-refused-title = Sie wurden nicht angemeldet
error-login-refused-text = Die Anmeldung über { $provider } kam nicht zustande. Vielleicht haben Sie abgebrochen, oder dieses Konto ist hier nicht zugelassen.
error-login-refused-cure = Versuchen Sie es noch einmal, oder verwenden Sie ein anderes Konto.

error-login-temporarily-unavailable-title = Die Anmeldung macht gerade Pause
error-login-temporarily-unavailable-text = Über { $provider } kann sich im Augenblick niemand anmelden, heißt es von dort.
error-login-temporarily-unavailable-cure = Warten Sie eine Minute, und versuchen Sie es dann noch einmal.

error-login-iss-mismatch-title = Die Anmeldung kam von der falschen Stelle
error-login-iss-mismatch-text = Die Antwort kam im Namen eines anderen Anmeldedienstes. Erwartet wurde: { $provider }. Zum Schutz Ihres Kontos wurde sie nicht verwendet.
error-login-iss-mismatch-cure = Beginnen Sie neu. Wenn diese Seite wiederkommt, geben Sie die Referenz an die zuständige Stelle weiter.

error-login-loop-title = Sie drehen sich im Kreis
error-login-loop-text = Sie waren innerhalb einer Minute dreimal zur Anmeldung ({ $provider }) und zurück, und jedes Mal war die Anmeldung bei der Ankunft verschwunden. Sie werden nicht noch einmal auf den Weg geschickt.
error-login-loop-cure = Prüfen Sie die folgenden Punkte, und beginnen Sie dann neu.
error-login-loop-check-cookie = Der Browser hat das Cookie nicht zurückgeschickt, das er bekommen hat. Erlauben Sie Cookies für diese Website, und schalten Sie Erweiterungen aus, die sie entfernen.
error-login-loop-check-provider = Der Anmeldedienst hat geantwortet, verlangt aber immer wieder eine neue Anmeldung. Melden Sie sich dort ab, und beginnen Sie dann neu.
error-login-loop-check-session = Die Sitzung wurde angelegt und danach nicht wiedergefunden. Prüfen Sie Datum und Uhrzeit dieses Computers.
error-login-loop-check-private = Wenn dies ein privates Fenster ist, versuchen Sie es in einem gewöhnlichen: Manche Browser verwerfen Cookies in privaten Fenstern.

error-login-wrong-provider-title = Hier brauchen Sie ein anderes Konto
error-login-wrong-provider-text = Zugang haben nur Personen, die sich über { $provider } anmelden ({ $app }). Sie sind auf andere Weise angemeldet.
error-login-wrong-provider-cure = Melden Sie sich mit Ihrem Konto bei { $provider } an.

error-login-step-up-title = Bitte noch einmal anmelden
error-login-step-up-text = Hier wird eine frischere oder stärkere Anmeldung über { $provider } verlangt ({ $app }).
error-login-step-up-cure = Melden Sie sich neu an und versuchen Sie es dann noch einmal.

error-admin-not-allowed-title = Diese Tür ist für die Verwaltung
error-admin-not-allowed-text = Dahinter arbeiten die Menschen, die sich um diese Seite kümmern; dieses Konto gehört nicht dazu.
error-admin-not-allowed-cure = Wenn Sie ein weiteres Konto haben, verwenden Sie dieses. Sonst geht es über Ihre Anwendungen weiter.

error-audit-filter-title = Dieser Filter ergibt keinen Sinn
error-audit-filter-text = Die Bedingung „{ $name }“ gibt es nicht, oder was ihr gegeben wurde, hat eine andere Form.
error-audit-filter-cure = Bitte den Filter auf der Seite des Protokolls setzen; dort steht, was jedes Feld nimmt.

error-audit-slow-title = Das dauert zu lange
error-audit-slow-text = Das Protokoll ließ sich nicht rechtzeitig lesen. Anmeldungen und Starts warten nicht darauf.
error-audit-slow-cure = Bitte den Filter enger fassen, etwa auf wenige Tage, und es noch einmal versuchen.

error-access-not-allowed-title = Diese Tür ist für Sie nicht offen
error-access-not-allowed-text = Zugang haben nur bestimmte Personen oder Gruppen; dieses Konto gehört nicht dazu ({ $app }).
error-access-not-allowed-cure = Wenn Sie ein weiteres Konto haben, verwenden Sie dieses. Wenn Sie Zugang haben sollten, fragen Sie die Kontaktstelle dieser Anwendung.

error-access-denied-title = Diese Tür ist für Sie geschlossen
error-access-denied-text = Der Zugang wurde diesem Konto oder einer seiner Gruppen entzogen ({ $app }).
error-access-denied-cure = Wenn Sie das für einen Irrtum halten, fragen Sie die Kontaktstelle dieser Anwendung.

error-access-when-not-met-title = Nicht unter diesen Umständen
error-access-when-not-met-text = Eine Bedingung für den Zugang ist bei diesem Konto zurzeit nicht erfüllt ({ $app }).
error-access-when-not-met-cure = Fragen Sie die Kontaktstelle dieser Anwendung, was nötig ist, oder verwenden Sie ein anderes Konto.

error-access-groups-overage-title = Sie gehören zu vielen Gruppen an
error-access-groups-overage-text = Zugang haben nur bestimmte Gruppen ({ $app }). Sie gehören so vielen an, dass { $provider } sie nicht mitgeschickt hat. Deshalb lässt sich nicht feststellen, ob die richtige dabei ist.
error-access-groups-overage-cure = Bitten Sie die Kontaktstelle dieser Anwendung, dafür zu sorgen, dass { $provider } nur die hier wichtigen Gruppen schickt. In Microsoft Entra sind das die der Anwendung zugewiesenen Gruppen oder App-Rollen.

error-access-groups-unknown-title = Ihre Gruppen sind nicht bekannt
error-access-groups-unknown-text = Zugang haben nur bestimmte Gruppen ({ $app }), und { $provider } hat nicht mitgeteilt, welchen Sie angehören.
error-access-groups-unknown-cure = Bitten Sie die Kontaktstelle dieser Anwendung, dafür zu sorgen, dass { $provider } Ihre Gruppen schickt.

error-access-email-unverified-title = Ihre E-Mail-Adresse ist nicht bestätigt
error-access-email-unverified-text = Der Zugang richtet sich nach der E-Mail-Adresse ({ $app }), und { $provider } hat nicht bestätigt, dass die angegebene Ihnen gehört.
error-access-email-unverified-cure = Bestätigen Sie Ihre Adresse bei { $provider }, und melden Sie sich dann neu an. Ist sie dort schon bestätigt, bitten Sie die Kontaktstelle dieser Anwendung, dafür zu sorgen, dass { $provider } das auch mitteilt.

error-access-email-rebound-title = Diese Adresse gehört hier zu einem anderen Konto
error-access-email-rebound-text = Menschen werden dort an ihrer E-Mail-Adresse erkannt ({ $app }). Ihre wurde zuerst von einem anderen Konto benutzt, oder Ihr Konto kam zuerst mit einer anderen Adresse.
error-access-email-rebound-cure = Wenn der Wechsel stimmt, bitten Sie die Kontaktstelle dieser App, die alte Verbindung zu lösen.

error-access-auth-too-old-title = Ihre Anmeldung ist zu lange her
error-access-auth-too-old-text = Diese App verlangt, dass Sie sich kurz vor dem Öffnen anmelden ({ $app }). { $provider } hat Sie durchgelassen, ohne noch einmal zu fragen.
error-access-auth-too-old-cure = Melden Sie sich bei { $provider } ab und beginnen Sie dann neu.

error-access-auth-time-unknown-title = Wann Sie sich angemeldet haben, ist nicht bekannt
error-access-auth-time-unknown-text = Diese App verlangt, dass Sie sich kurz vor dem Öffnen anmelden ({ $app }), und { $provider } hat nicht mitgeteilt, wann das war.
error-access-auth-time-unknown-cure = Das können nur die Betreiber beheben: Geben Sie die Referenz an die Kontaktstelle dieser App weiter.

error-access-acr-not-met-title = Eine stärkere Anmeldung ist nötig
error-access-acr-not-met-text = Diese App verlangt eine stärkere Anmeldung, zum Beispiel mit einem zweiten Faktor ({ $app }), und { $provider } hat keine bestätigt.
error-access-acr-not-met-cure = Richten Sie bei { $provider } einen zweiten Faktor ein und beginnen Sie dann neu, oder nehmen Sie ein anderes Konto.

error-claims-missing-title = Es fehlt eine Angabe über Sie
error-claims-missing-text = Zum Öffnen wird „{ $claim }“ gebraucht ({ $app }), aber { $provider } hat es nicht geschickt.
error-claims-missing-cure = Lassen Sie Ihr Profil ergänzen, und melden Sie sich dann neu an. Die Kontaktstelle dieser Anwendung hilft Ihnen dabei.

error-claims-email-unverified-title = Ihre E-Mail-Adresse ist nicht bestätigt
error-claims-email-unverified-text = Zugelassen sind nur Adressen, die { $provider } bestätigt hat ({ $app }). Ihre ist noch nicht bestätigt.
error-claims-email-unverified-cure = Bestätigen Sie Ihre Adresse bei { $provider }, und melden Sie sich dann neu an. Ist sie dort schon bestätigt, bitten Sie die Kontaktstelle dieser Anwendung, dafür zu sorgen, dass { $provider } das auch mitteilt.

error-claims-too-long-title = Ihre Angaben sind zu lang
error-claims-too-long-text = { $app } nimmt in „{ $claim }“ weniger Text an, als { $provider } geschickt hat.
error-claims-too-long-cure = Geben Sie die Referenz an den Kontakt für diese App weiter.

error-launch-no-page-title = Diese App hat keine eigene Seite
error-launch-no-page-text = { $app } wird aus einer anderen Seite heraus benutzt, die den Zugang selbst abholt.
error-launch-no-page-cure = Öffnen Sie die Seite, die sie benutzt. Der Kontakt für diese App kann helfen.

error-room-failed-title = Der Raum ließ sich nicht öffnen
error-room-failed-text = Der Dienst hinter { $app } hat keinen Raum geöffnet. Es liegt nicht an Ihnen, und Ihr Konto ist in Ordnung.
error-room-failed-cure = Versuchen Sie es gleich noch einmal. Bleibt es dabei, geben Sie die Referenz an den Kontakt für diese App weiter.

error-room-slow-title = Der Raum öffnet sich zu langsam
error-room-slow-text = Der Dienst hinter { $app } hat nicht rechtzeitig geantwortet. Es liegt nicht an Ihnen, und Ihr Konto ist in Ordnung.
error-room-slow-cure = Versuchen Sie es gleich noch einmal. Bleibt es dabei, geben Sie die Referenz an den Kontakt für diese App weiter.

error-claims-failed-title = Ihre Angaben passen nicht
error-claims-failed-text = „{ $claim }“ ließ sich aus dem, was über Sie bekannt ist, nicht bilden ({ $app }).
error-claims-failed-cure = Geben Sie die Referenz an die Kontaktstelle dieser Anwendung weiter.

error-claims-too-large-title = Über Sie gibt es zu viel zu sagen
error-claims-too-large-text = Von { $provider } kam mehr über Sie, als hier aufbewahrt werden kann. Der größte Teil ist „{ $claim }“.
error-claims-too-large-cure = Bitten Sie die für { $provider } zuständige Stelle, weniger hierher zu schicken.

error-window-not-open-title = Die Türen sind noch zu
error-window-not-open-text = Sie sind früh dran für { $app }.
error-window-not-open-cure = Lassen Sie diese Seite offen. Sie führt von selbst weiter, wenn es so weit ist.

error-window-closed-title = Die Türen sind wieder zu
error-window-closed-text = Die Zeit, in der geöffnet war, ist vorbei ({ $app }).
error-window-closed-cure = Wenn noch offen sein sollte, wenden Sie sich an die Kontaktstelle dieser Anwendung.

error-launch-framed-title = Diese Anwendung öffnet sich nicht in einer anderen Seite
error-launch-framed-text = Eine Seite hat versucht, die Anwendung in sich selbst anzuzeigen. Das ist hier nicht erlaubt ({ $app }).
error-launch-framed-cure = Öffnen Sie den Link in einem eigenen Tab.

error-launch-not-navigation-title = Diesen Link muss ein Mensch öffnen
error-launch-not-navigation-text = Die Anfrage kam nicht durch das Öffnen eines Links zustande, sondern aus einer Seite heraus.
error-launch-not-navigation-cure = Öffnen Sie den Link in einem eigenen Tab.

error-launch-address-too-long-title = Der Weg dorthin ist zu lang
error-launch-address-too-long-text = Die Adresse würde mehr über Sie enthalten, als Browser übertragen können ({ $app }).
error-launch-address-too-long-cure = Geben Sie die Referenz an die Kontaktstelle dieser Anwendung weiter.

error-launch-needs-confirm-title = Diese Anwendung fragt, bevor sie sich öffnet
error-launch-needs-confirm-text = Sie öffnet sich erst, nachdem Sie auf einer Seite dieser Website zugestimmt haben ({ $app }).
error-launch-needs-confirm-cure = Öffnen Sie den Link der Anwendung in einem eigenen Tab.

error-origin-not-allowed-title = Diese Seite darf das nicht anfordern
error-origin-not-allowed-text = Die Anfrage kam von einer Seite, die für diese Anwendung nicht eingetragen ist ({ $app }).
error-origin-not-allowed-cure = Bitten Sie die Kontaktstelle dieser Anwendung, die Adresse der Seite einzutragen.

error-media-type-unsupported-title = Diese Anfrage ist nicht lesbar
error-media-type-unsupported-text = Die Anfrage ist weder JSON noch ein Webformular.
error-media-type-unsupported-cure = Senden Sie application/json oder application/x-www-form-urlencoded.

error-code-invalid-title = Dieser Code gilt nicht mehr
error-code-invalid-text = Der Code wurde schon benutzt, ist abgelaufen oder wurde einer anderen Seite gegeben ({ $app }).
error-code-invalid-cure = Öffnen Sie den Link der Anwendung noch einmal.

error-csrf-invalid-title = Diese Seite war nicht mehr aktuell
error-csrf-invalid-text = Das Formular wurde schon benutzt oder gehört zu einer früheren Sitzung. Es ist nichts geschehen.
error-csrf-invalid-cure = Gehen Sie zurück, laden Sie die Seite neu, und versuchen Sie es noch einmal.

error-session-required-title = Bitte melden Sie sich zuerst an
error-session-required-text = Diese Seite ist nur für angemeldete Personen. Ihre Sitzung ist beendet oder hat noch nicht begonnen.
error-session-required-cure = Melden Sie sich an, und versuchen Sie es dann noch einmal.

error-not-found-title = Hier ist nichts
error-not-found-text = Diese Adresse führt nirgendwohin. Vielleicht enthält sie einen Tippfehler, oder die Seite ist umgezogen.
error-not-found-cure = Beginnen Sie bei Ihren Anwendungen.

error-app-unknown-title = Diese Anwendung gibt es hier nicht
error-app-unknown-text = Der Link nennt eine Anwendung, die hier nicht bekannt ist. Vielleicht wurde sie entfernt oder umbenannt.
error-app-unknown-cure = Suchen Sie unter Ihren Anwendungen, oder fragen Sie die Person, von der Sie den Link haben.

error-method-not-allowed-title = So geht es nicht
error-method-not-allowed-text = Die Adresse gibt es, aber nicht für diese Art von Anfrage.
error-method-not-allowed-cure = Öffnen Sie den Link auf gewöhnlichem Weg in einem Browser.

error-too-large-title = Das war zu viel
error-too-large-text = Die Anfrage ist größer, als hier angenommen wird.
error-too-large-cure = Öffnen Sie den ursprünglichen Link noch einmal. Wenn er sehr lang ist, bitten Sie um einen kürzeren.

error-headers-too-large-title = Ihr Browser schickt zu viel
error-headers-too-large-text = Der Browser hat für diese Website mehr Cookies gesammelt, als er auf einmal schicken kann.
error-headers-too-large-cure = Löschen Sie die Cookies dieser Website: Sie finden sie in den Einstellungen des Browsers unter Datenschutz, bei Cookies und Websitedaten. Öffnen Sie den Link danach noch einmal.

error-host-unknown-title = Falsche Adresse
error-host-unknown-text = Unter diesem Namen antwortet diese Website nicht.
error-host-unknown-cure = Prüfen Sie die Adresse, oder öffnen Sie den Link, den Sie bekommen haben.

error-rate-limited-title = Einen Augenblick, bitte
error-rate-limited-text = Das waren in kurzer Zeit mehr Versuche, als für eine Person üblich ist.
error-rate-limited-cure =
    { $seconds ->
        [one] Warten Sie eine Sekunde, und versuchen Sie es dann noch einmal.
       *[other] Warten Sie { $seconds } Sekunden, und versuchen Sie es dann noch einmal.
    }

error-provider-wrong-answer-title = Die Anmeldung funktioniert gerade nicht
error-provider-wrong-answer-text = Von { $provider } kam eine Antwort, die keinen Sinn ergibt.
error-provider-wrong-answer-cure = Versuchen Sie es noch einmal. Wenn diese Seite wiederkommt, geben Sie die Referenz an die zuständige Stelle weiter.

error-provider-unreachable-title = Die Anmeldung ist nicht erreichbar
error-provider-unreachable-text = Keine Antwort von { $provider }. Mit Ihrem Konto ist alles in Ordnung; der Anmeldedienst ist ausgefallen oder abgeschnitten.
error-provider-unreachable-cure = Warten Sie eine Minute, und versuchen Sie es dann noch einmal.

error-provider-slow-title = Die Anmeldung dauert zu lange
error-provider-slow-text = Von { $provider } kam nicht rechtzeitig eine Antwort.
error-provider-slow-cure = Warten Sie eine Minute, und versuchen Sie es dann noch einmal.

error-id-token-invalid-title = Der Anmeldung war nicht zu trauen
error-id-token-invalid-text = Was { $provider } über Sie geschickt hat, hat eine Prüfung nicht bestanden und wurde deshalb nicht verwendet.
error-id-token-invalid-cure = Beginnen Sie neu. Wenn diese Seite wiederkommt, geben Sie die Referenz an die zuständige Stelle weiter.

error-store-down-title = Gleich geht es weiter
error-store-down-text = Die Aufzeichnungen dieser Website sind gerade nicht erreichbar, und ohne sie öffnet sich keine Tür. Sie sind weiterhin angemeldet.
error-store-down-cure = Warten Sie ein paar Sekunden, und versuchen Sie es dann noch einmal.

error-clock-unsteady-title = Gleich geht es weiter
error-clock-unsteady-text = Die Uhr dieser Website wurde gerade gestellt, und ein Zugang von jetzt könnte die falsche Zeit tragen. Sie sind weiterhin angemeldet.
error-clock-unsteady-cure = Warten Sie ein paar Sekunden, und versuchen Sie es dann noch einmal.

error-key-unusable-title = Diese Anwendung lässt sich gerade nicht öffnen
error-key-unusable-text = Der zugehörige Schlüssel ist nicht verwendbar ({ $app }). Das liegt nicht an Ihnen, und mit Ihrem Konto ist alles in Ordnung.
error-key-unusable-cure = Geben Sie die Referenz an die Kontaktstelle dieser Anwendung weiter.

error-internal-title = Hier ist etwas schiefgegangen
error-internal-text = Der Fehler liegt bei uns, nicht bei Ihnen. In Ihrem Namen wurde nichts geöffnet.
error-internal-cure = Versuchen Sie es noch einmal. Wenn diese Seite wiederkommt, geben Sie die Referenz an die zuständige Stelle weiter.
