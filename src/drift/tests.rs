//! When a change is told of, and when it is not.

use proptest::prelude::*;
use serde_json::{Value, json};
use time::macros::{date, datetime};

use super::shift::{Bucket, Counts, find};
use super::*;
use crate::config::tests::file;
use crate::config::{Config, parse};
use crate::identity::{Groups, Identity};
use crate::types::{Email, Issuer, ProviderId, Subject};

const FRAMEABLE: &str = "vendor = \"frameable\"\nurl = \"https://acme.frameable.com/e\"\n";
const NOW: OffsetDateTime = datetime!(2026-11-21 12:30 UTC);

/// A config with the standard app changed, and one more rule for admins.
fn config(app: &str) -> Config {
    let dir = tempfile::tempdir().unwrap();
    let text = file("", &format!("{FRAMEABLE}{app}\n")) + "\n[admin]\nallow = [\"group:comms\"]\n";
    let loaded = parse(&text, &dir.path().join("usher.toml"));
    loaded.unwrap_or_else(|problems| panic!("{problems}")).config
}

fn person(claims: Value, groups: &[&str]) -> Identity {
    let Value::Object(claims) = claims else {
        panic!("claims are an object")
    };
    Identity {
        provider: ProviderId::parse("work").unwrap(),
        issuer: Issuer::parse("https://login.example.com").unwrap(),
        subject: Subject::parse("ada-1").unwrap(),
        email: Some(Email::parse("ada@example.com").unwrap()),
        email_verified: true,
        groups: Groups::Known(groups.iter().map(|name| (*name).to_owned()).collect()),
        auth_time: None,
        acr: None,
        claims,
    }
}

/// Days and hours before now with so many sign-ins of a form, the latest first.
fn series(times: &[(Duration, Kind, u64)]) -> Vec<Bucket> {
    let mut buckets: Vec<Bucket> = Vec::new();
    for (ago, kind, count) in times {
        let at = (NOW - *ago).truncate_to_hour();
        if buckets.last().is_none_or(|bucket| bucket.at != at) {
            let counts = Counts::default();
            buckets.push(Bucket { at, counts });
        }
        buckets.last_mut().unwrap().counts.add(*kind, *count);
    }
    buckets
}

fn hours(n: i64) -> Duration {
    Duration::hours(n)
}

fn days(n: i64) -> Duration {
    Duration::days(n)
}

fn told(times: &[(Duration, Kind, u64)]) -> Option<Trouble> {
    find(&series(times), NOW).map(|(trouble, _)| trouble)
}

#[test]
fn what_rules_and_claims_read_is_watched_and_nothing_else() {
    let config = config(
        "allow = [\"group:staff\", \"domain:example.com\", \"claim:org.unit=sales\"]\n\
         when = \"user.claims['https://acme.com/level'] == 3\"\n\
         user_profile = [[\"title\", \"{{ user.claims.title }}\"], [\"all\", \"{{ user.claims.a.b }}\"]]",
    );
    let watch = Watch::of(&config);
    let names: Vec<&str> = watch.uses().iter().map(|used| used.claim.as_str()).collect();
    for wanted in [
        "a.b",
        "email",
        "email_verified",
        "groups",
        "https://acme.com/level",
        "org.unit",
        "title",
    ] {
        assert!(names.contains(&wanted), "{wanted} is not among {names:?}");
    }
    assert!(!names.contains(&"sub") && !names.contains(&"region"), "{names:?}");
    let groups: Vec<_> = watch
        .groups()
        .iter()
        .map(|g| (g.name.as_str(), g.readers.admin))
        .collect();
    assert_eq!(groups, [("staff", false), ("comms", true)]);
    let of_groups = watch.uses().iter().find(|used| used.is_groups()).unwrap();
    assert!(of_groups.readers.admin && of_groups.readers.apps.len() == 1);

    let claims = json!({ "groups": ["staff"], "org": { "unit": "sales" }, "title": " ", "email": "ada@example.com",
        "https://acme.com/level": 3, "a": { "b": null }, "secret": "x" });
    let seen = person(claims, &["staff"]);
    let kind = |name: &str| watch.kinds(&seen).find(|(used, _)| used.claim == name).unwrap().1;
    assert_eq!(kind("groups"), Kind::List);
    assert_eq!(kind("org.unit"), Kind::Text);
    assert_eq!(kind("title"), Kind::Empty);
    assert_eq!(kind("https://acme.com/level"), Kind::Number);
    assert_eq!(kind("a.b"), Kind::Absent);
    assert_eq!(kind("email_verified"), Kind::Verified);
}

#[test]
fn sign_ins_are_counted_without_what_they_say_and_taken_once() {
    let watch = Watch::of(&config("allow = [\"group:staff\"]"));
    let counter = Counter::default();
    for groups in [json!(["staff", "secret-society"]), json!(["staff"]), json!(null)] {
        let known = if groups.is_null() {
            &[][..]
        } else {
            &["staff", "secret-society"]
        };
        counter.note(&watch, &person(json!({ "groups": groups }), known), NOW);
    }
    let taken = counter.take();
    let of_groups: Vec<_> = taken
        .claims
        .iter()
        .filter(|seen| seen.claim == "groups")
        .collect();
    let count = |kind| {
        of_groups
            .iter()
            .filter(|s| s.kind == kind)
            .map(|s| s.count)
            .sum::<u64>()
    };
    assert_eq!((count(Kind::List), count(Kind::Absent)), (2, 1));
    assert!(
        of_groups
            .iter()
            .all(|seen| seen.at == datetime!(2026-11-21 12:00 UTC))
    );
    assert_eq!(taken.groups, [("staff".to_owned(), date!(2026 - 11 - 21))]);
    assert!(!format!("{taken:?}").contains("secret-society"));
    assert!(counter.take().is_empty());
}

#[test]
fn a_claim_that_vanishes_is_told_of_by_the_third_sign_in_of_a_quiet_day() {
    let before = (days(2), Kind::List, 5);
    assert_eq!(
        told(&[(hours(1), Kind::Absent, 3), before]),
        Some(Trouble::Vanished)
    );
    assert_eq!(
        told(&[(hours(1), Kind::Absent, 2), before]),
        None,
        "one odd account"
    );
    assert_eq!(
        told(&[(hours(1), Kind::Absent, 3), (days(2), Kind::List, 4)]),
        None,
        "too few to say what is usual"
    );
    assert_eq!(
        told(&[(hours(1), Kind::Empty, 3), before]),
        Some(Trouble::Emptied)
    );
    let text = Trouble::Retyped {
        was: Kind::List,
        is: Kind::Text,
    };
    assert_eq!(told(&[(hours(1), Kind::Text, 3), before]), Some(text));
    let addresses = [(hours(1), Kind::Unverified, 3), (days(3), Kind::Verified, 6)];
    assert_eq!(told(&addresses), Some(Trouble::Unverified));
}

#[test]
fn on_a_busy_day_it_is_told_of_within_the_hour() {
    let busy = [
        (hours(0), Kind::Absent, 15),
        (hours(1), Kind::Absent, 9),
        (hours(1), Kind::List, 1),
        (hours(3), Kind::List, 300),
        (days(2), Kind::List, 900),
    ];
    let (trouble, since) = find(&series(&busy), NOW).unwrap();
    assert_eq!(trouble, Trouble::Vanished);
    assert_eq!(since, datetime!(2026-11-21 11:00 UTC));
}

#[test]
fn it_stands_over_quiet_days_and_for_a_month_and_ends_when_the_claim_is_back() {
    let vanished = |days_ago: i64| {
        let gone = (2..=days_ago).map(|day| (days(day), Kind::Absent, 2));
        let before = (days_ago + 1..days_ago + 8).map(|day| (days(day), Kind::List, 2));
        gone.chain(before).collect::<Vec<_>>()
    };
    assert_eq!(told(&vanished(3)), Some(Trouble::Vanished), "nobody came today");
    assert_eq!(told(&vanished(29)), Some(Trouble::Vanished));
    assert_eq!(told(&vanished(31)), None, "by then it is how things are");
    let mut back = vec![(hours(1), Kind::List, 3)];
    back.extend(vanished(3));
    assert_eq!(told(&back), None);
}

#[test]
fn what_was_never_certain_is_no_news() {
    for share in [Kind::Absent, Kind::Text] {
        let mixed = [
            (hours(1), Kind::Absent, 3),
            (days(2), Kind::List, 80),
            (days(2), share, 20),
        ];
        assert_eq!(told(&mixed), None);
    }
    let never = [(hours(1), Kind::Absent, 50), (days(2), Kind::Absent, 50)];
    assert_eq!(told(&never), None);
    let rare = [
        (hours(1), Kind::Absent, 9),
        (hours(1), Kind::List, 2),
        (days(2), Kind::List, 50),
    ];
    assert_eq!(told(&rare), None, "some still have it");
}

fn seen(kind: Kind, ago: i64, count: u64) -> Sighting {
    Sighting {
        at: (NOW - days(ago)).date().midnight().assume_utc(),
        provider: ProviderId::parse("work").unwrap(),
        claim: "groups".into(),
        kind,
        count,
    }
}

#[test]
fn a_group_is_missed_once_it_was_looked_out_for_thirty_days_while_people_came() {
    let watch = Watch::of(&config("allow = [\"group:staff\"]"));
    let unseen = |since: i64, last: Option<i64>, sign_ins: u64| {
        let day = |ago| (NOW - days(ago)).date();
        let group = |name: &str, seen| GroupSeen {
            name: name.to_owned(),
            since: day(since),
            seen,
        };
        let history = History {
            sightings: vec![seen(Kind::List, 3, sign_ins)],
            groups: vec![group("staff", last.map(day)), group("comms", Some(day(0)))],
        };
        let found = warnings(&watch, &history, NOW);
        found
            .iter()
            .map(|warning| warning.trouble.clone())
            .collect::<Vec<_>>()
    };
    let missed = [Trouble::GroupUnseen("staff".into())];
    assert_eq!(unseen(60, Some(30), 10), missed);
    assert_eq!(unseen(30, None, 10), missed, "never seen at all");
    assert_eq!(unseen(60, Some(29), 10), []);
    assert_eq!(unseen(29, None, 10), [], "not looked out for long enough");
    assert_eq!(unseen(60, Some(40), 9), [], "nearly nobody came");
    // A rule that was gone for months names it again.
    assert_eq!(unseen(3, Some(200), 10), []);
}

#[test]
fn a_warning_begins_once_and_ends_once() {
    let standing = Standing::default();
    let warning = |at| Warning {
        provider: None,
        claim: "groups".into(),
        trouble: Trouble::Vanished,
        since: at,
        readers: Readers::default(),
    };
    let begun = standing.settle(vec![warning(NOW)]);
    assert_eq!((begun.begun.len(), begun.ended.len()), (1, 0));
    let same = standing.settle(vec![warning(NOW - days(1))]);
    assert_eq!((same.begun.len(), same.ended.len()), (0, 0));
    assert_eq!(standing.warnings().len(), 1);
    let ended = standing.settle(Vec::new());
    assert_eq!((ended.begun.len(), ended.ended.len()), (0, 1));
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL.to_vec())
}

proptest! {
    #[test]
    fn no_history_makes_it_stumble(times in prop::collection::vec((0i64..1200, kinds(), 0u64..1000), 0..60)) {
        let mut times: Vec<_> = times.into_iter().map(|(h, kind, n)| (hours(h), kind, n)).collect();
        times.sort_by_key(|(ago, ..)| *ago);
        let found = find(&series(&times), NOW);
        if let Some((_, since)) = found {
            prop_assert!(since <= NOW && since >= NOW - HORIZON - hours(1));
        }
    }

    /// Whoever comes with one form day after day is no news, however many come.
    #[test]
    fn what_stays_the_same_is_never_told_of(kind in kinds(), counts in prop::collection::vec(0u64..500, 1..40)) {
        let times: Vec<_> = counts.iter().zip(0..).map(|(n, day)| (days(day), kind, *n)).collect();
        prop_assert_eq!(told(&times), None);
    }

    /// The same in every tenth account: others come in other forms, and always have.
    #[test]
    fn odd_accounts_are_never_told_of(odd in kinds(), many in 2u64..50, counts in prop::collection::vec(0u64..9, 1..35)) {
        let mut times = Vec::new();
        for (n, day) in counts.iter().zip(0..) {
            times.push((days(day), Kind::List, many * 10));
            times.push((days(day), odd, *n));
        }
        prop_assert_eq!(told(&times), None);
    }

    #[test]
    fn a_clean_break_is_always_told_of(ago in 1i64..29, before in 5u64..500, after in 3u64..500) {
        let times: Vec<_> = (0..ago).map(|day| (days(day), Kind::Absent, after))
            .chain((ago..ago + 7).map(|day| (days(day) + hours(1), Kind::Object, before))).collect();
        prop_assert_eq!(told(&times), Some(Trouble::Vanished));
    }
}
