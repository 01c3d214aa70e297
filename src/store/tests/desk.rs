//! What admins read.

use super::*;
use crate::drift::{GroupSeen, Kind, Sighting, Sightings};

fn failed(reason: &str, count: u32) -> Tally {
    Tally {
        at: NOW,
        event: Event::SignIn,
        outcome: Outcome::Refused,
        reason: Some(reason.into()),
        app: None,
        provider: Some(ada().provider),
        count,
    }
}

#[tokio::test]
async fn c_44_figures_are_those_of_the_records_by_app_and_of_sign_ins_by_provider() {
    let ground = ground();
    let store = open(&ground).await;
    sign_in(&store, 1).await;
    store.record(launch_record()).await.unwrap();
    store.record(launch_record()).await.unwrap();
    let app = AppId::parse("townhall").unwrap();
    let denied = Record::denied(&ada(), &app, "frameable", "access.not_allowed", &occasion());
    store.record(denied).await.unwrap();
    store
        .add_to_rollup(vec![failed("id_token.expired", 3)])
        .await
        .unwrap();
    store
        .add_to_rollup(vec![failed("id_token.expired", 2)])
        .await
        .unwrap();

    let mut figures = store.desk().unwrap().figures(NOW).await.unwrap();
    figures.sort_by(|a, b| (&a.event, a.count).cmp(&(&b.event, b.count)));
    let told: Vec<String> = figures
        .iter()
        .map(|f| {
            format!(
                "{} {} {} {} {} {}",
                f.event, f.outcome, f.reason, f.app, f.provider, f.count
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "denied refused access.not_allowed townhall  1",
            "launch ok  townhall  2",
            "sign_in ok   work 1",
            "sign_in refused id_token.expired  work 5",
        ]
    );
    assert!(figures.iter().all(|f| f.hour == datetime!(2026-11-21 06:00 UTC)));
    let later = store.desk().unwrap().figures(NOW + Duration::HOUR).await.unwrap();
    assert!(later.is_empty());
}

#[tokio::test]
async fn who_is_signed_in_is_who_lives_and_frames_are_nobody() {
    let ground = ground();
    let store = open(&ground).await;
    let first = sign_in(&store, 1).await;
    let (_, mut second) = session();
    second.created_at = NOW + Duration::minutes(20);
    second.last_seen = second.created_at;
    let record = Record::sign_in(&ada(), &occasion());
    store.sign_in(&second, NOW, [2; 32], None, record).await.unwrap();
    let (_, mut framed) = session();
    framed.parent = Some(second.key);
    let record = Record::sign_in(&ada(), &occasion());
    store.frame(&framed, [3; 32], None, record).await.unwrap();

    let desk = store.desk().unwrap();
    assert_eq!(desk.living(LIMITS, NOW).await.unwrap(), 2);
    let later = NOW + Duration::minutes(31);
    assert_eq!(
        desk.living(LIMITS, later).await.unwrap(),
        1,
        "the first has been idle for too long"
    );
    let newest: Vec<_> = desk.newest(8).await.unwrap().iter().map(|s| s.key).collect();
    assert_eq!(newest, [second.key, first.key]);
    assert_eq!(desk.newest(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn admins_who_ask_long_take_no_launchs_turn_and_say_nothing_to_the_breaker() {
    let ground = ground();
    let store = open(&ground).await;
    let _all_turns = store.0.desk.take_all().await;
    let desk = store.desk().unwrap();
    let (late, ()) = tokio::join!(desk.newest(1), async {
        let kept = sign_in(&store, 1).await;
        assert!(store.session(&kept.key).await.unwrap().is_some());
        store.launch(token(), launch_record(), once(None)).await.unwrap();
    });
    assert_eq!(late.err(), Some(Unavailable));
    assert!(store.is_up());
}

fn sighting(at: OffsetDateTime, kind: Kind, count: u64) -> Sighting {
    Sighting {
        at,
        provider: ada().provider,
        claim: "groups".into(),
        kind,
        count,
    }
}

async fn see(store: &Store, claims: Vec<Sighting>, groups: Vec<(String, time::Date)>) {
    let sightings = Sightings { claims, groups };
    store.add_sightings(sightings).await.unwrap();
}

#[tokio::test]
async fn sightings_add_up_by_hours_then_by_days_and_are_cleaned_away() {
    let ground = ground();
    let store = open(&ground).await;
    let hour = datetime!(2026-11-21 06:00 UTC);
    let old = datetime!(2026-11-14 06:00 UTC);
    for at in [old, old + Duration::HOUR, hour, hour] {
        see(&store, vec![sighting(at, Kind::List, 2)], Vec::new()).await;
    }
    see(
        &store,
        vec![sighting(NOW - Duration::days(91), Kind::Text, 1)],
        Vec::new(),
    )
    .await;
    let history = store.desk().unwrap().history(NOW).await.unwrap();
    assert_eq!(
        history.sightings,
        [
            sighting(datetime!(2026-11-14 00:00 UTC), Kind::List, 4),
            sighting(hour, Kind::List, 4)
        ]
    );
    assert_eq!(store.clean_up(LIMITS).await.unwrap().sightings, 1);
    assert_eq!(store.clean_up(LIMITS).await.unwrap().sightings, 0);
    assert_eq!(store.desk().unwrap().history(NOW).await.unwrap(), history);
}

#[tokio::test]
async fn a_group_is_looked_out_for_from_the_day_on_that_a_rule_names_it() {
    let ground = ground();
    let day = |days: i64| (NOW + Duration::days(days)).date();
    let staff = || "staff".to_owned();
    let seen_at = async |days: i64, seen: Option<i64>| {
        let store = open_at(&ground, NOW + Duration::days(days), Person::Plain).await;
        store.look_out_for(vec![staff()]).await.unwrap();
        let groups = seen.map(|seen| (staff(), day(seen)));
        see(&store, Vec::new(), groups.into_iter().collect()).await;
        see(&store, Vec::new(), vec![("unnamed".into(), day(days))]).await;
        let now = NOW + Duration::days(days);
        let groups = store.desk().unwrap().history(now).await.unwrap().groups;
        store.close().await;
        groups
    };
    let group = |since, seen: Option<i64>| GroupSeen {
        name: staff(),
        since: day(since),
        seen: seen.map(day),
    };
    assert_eq!(seen_at(0, None).await, [group(0, None)]);
    assert_eq!(seen_at(5, Some(5)).await, [group(0, Some(5))]);
    assert_eq!(
        seen_at(6, Some(2)).await,
        [group(0, Some(5))],
        "the last day counts"
    );
    assert_eq!(
        seen_at(40, None).await,
        [group(40, Some(5))],
        "no rule named it meanwhile"
    );
}
