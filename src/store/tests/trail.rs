//! The chain of records: what is found, what is kept, who is named.

use super::*;

#[tokio::test]
async fn c_41_every_removal_change_and_move_is_found() {
    for (tampering, said) in [
        ("DELETE FROM audit WHERE seq = 3", "row is missing"),
        ("DELETE FROM audit WHERE seq = 1", "row is missing"),
        ("DELETE FROM audit WHERE seq >= 4", "table of heads names it"),
        ("DELETE FROM audit", "table of heads names it"),
        (
            "UPDATE audit SET email = 'eve@example.com' WHERE seq = 2",
            "row was changed",
        ),
        ("UPDATE audit SET reason = '' WHERE seq = 2", "row was changed"),
        (
            "UPDATE audit SET seq = CASE seq WHEN 2 THEN 103 ELSE 102 END WHERE seq IN (2, 3)",
            "missing",
        ),
        (
            "UPDATE audit_starts SET heads = 'a 1 b'",
            "start of its chain was changed",
        ),
        ("DELETE FROM audit_starts", "start of its chain was changed"),
    ] {
        let ground = ground();
        let store = open(&ground).await;
        for _ in 0..5 {
            store.record(launch_record()).await.unwrap();
        }
        store.close().await;
        assert!(verified(&ground, &[]).await.is_whole());
        let mut other = other_connection(&ground).await;
        other.query(tampering).execute().await.unwrap();
        let report = verified(&ground, &[]).await;
        assert!(
            report.problems.iter().any(|problem| problem.contains(said)),
            "{tampering}: {report:?}"
        );
    }
}

#[tokio::test]
async fn c_41_no_field_of_a_row_can_be_changed() {
    let ground = ground();
    let store = open(&ground).await;
    for _ in 0..3 {
        store.record(launch_record()).await.unwrap();
    }
    store.close().await;
    let mut other = other_connection(&ground).await;
    for column in columns() {
        let kept = "CREATE TABLE kept AS SELECT * FROM audit WHERE seq = 2".to_owned();
        let value = if column == "seq" { "9" } else { "'changed'" };
        let changed = format!("UPDATE audit SET {column} = {value} WHERE seq = 2");
        for text in [kept, changed] {
            other.query(sqlx::AssertSqlSafe(text)).execute().await.unwrap();
        }
        assert!(!verified(&ground, &[]).await.is_whole(), "{column}");
        for text in [
            "DELETE FROM audit WHERE seq IN (2, 9)",
            "INSERT INTO audit SELECT * FROM kept",
            "DROP TABLE kept",
        ] {
            other.query(text).execute().await.unwrap();
        }
        assert!(verified(&ground, &[]).await.is_whole(), "{column} is as it was");
    }
}

#[tokio::test]
async fn c_41_a_chain_that_went_with_all_its_traces_is_missed_by_the_next_and_by_noted_heads() {
    let ground = ground();
    let mut heads = Vec::new();
    for _ in 0..2 {
        let store = open(&ground).await;
        store.record(launch_record()).await.unwrap();
        heads.extend(store.0.head.lock().unwrap().clone());
        store.close().await;
    }
    assert!(verified(&ground, &heads).await.is_whole());

    let mut other = other_connection(&ground).await;
    let mut forget = async |head: &Head| {
        for table in ["audit", "audit_heads", "audit_starts"] {
            let text = format!("DELETE FROM {table} WHERE writer = '{}'", head.writer);
            other.query(sqlx::AssertSqlSafe(text)).execute().await.unwrap();
        }
    };
    forget(&heads[0]).await;
    let report = verified(&ground, &[]).await;
    assert!(
        report.problems[0].contains("start of a later chain names it"),
        "{report:?}"
    );
    forget(&heads[1]).await;
    assert!(
        verified(&ground, &[]).await.is_whole(),
        "only a note from outside can tell"
    );
    assert_eq!(verified(&ground, &heads).await.problems.len(), 2);
}

#[tokio::test]
async fn c_41_retention_leaves_a_tombstone_and_a_whole_chain() {
    let ground = ground();
    let store = open(&ground).await;
    sign_in(&store, 1).await;
    for _ in 0..3 {
        store.record(launch_record()).await.unwrap();
    }
    store.close().await;

    let later = NOW + Duration::days(401);
    let store = open_at(&ground, later, Person::Plain).await;
    let now = occasion_at(later);
    store.record(Record::sign_out(&ada(), &now)).await.unwrap();
    let cleaned = store.clean_up(LIMITS).await.unwrap();
    assert_eq!(
        cleaned,
        Cleaned {
            sessions: 1,
            redeemed: 1,
            logouts: 0,
            records: 4,
            figures: 2,
            sightings: 0
        }
    );
    assert_eq!(store.clean_up(LIMITS).await.unwrap(), Cleaned::default());
    let report = verified(&ground, &[]).await;
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.rows, 1);

    let mut other = other_connection(&ground).await;
    other
        .query("UPDATE audit_tombstones SET seq = seq + 1")
        .execute()
        .await
        .unwrap();
    assert!(verified(&ground, &[]).await.problems[0].contains("tombstone was changed"));
}

#[tokio::test]
async fn c_41_retention_cuts_every_chain_also_one_that_a_wrong_clock_began() {
    let ground = ground();
    let ahead = occasion_at(NOW + Duration::days(4000));
    for _ in 0..2 {
        let store = open(&ground).await;
        store.record(Record::sign_out(&ada(), &ahead)).await.unwrap();
        for _ in 0..3 {
            store.record(launch_record()).await.unwrap();
        }
        store.record(Record::sign_out(&ada(), &ahead)).await.unwrap();
        store.close().await;
    }
    let store = open_at(&ground, NOW + Duration::days(401), Person::Plain).await;
    assert_eq!(store.clean_up(LIMITS).await.unwrap().records, 8);
    let report = verified(&ground, &[]).await;
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.rows, 2);
}

#[tokio::test]
async fn c_41_much_that_is_past_its_time_goes_in_many_steps() {
    let ground = ground();
    let store = open(&ground).await;
    let records = 10 * clean_up::STEP.unsigned_abs();
    let all = (0..records).map(|_| store.record(launch_record()));
    assert!(
        futures_util::future::join_all(all)
            .await
            .iter()
            .all(Result::is_ok)
    );
    store.close().await;
    let store = open_at(&ground, NOW + Duration::days(401), Person::Plain).await;
    assert_eq!(store.clean_up(LIMITS).await.unwrap().records, records);
    assert!(store.counts().commits >= 10, "{:?}", store.counts());
    assert!(verified(&ground, &[]).await.is_whole());
}

#[tokio::test]
async fn c_37_people_can_stand_in_the_trail_as_hashes_that_find_them() {
    let ground = ground();
    let store = open_at(&ground, NOW, Person::Hash).await;
    sign_in(&store, 1).await;
    store.record(launch_record()).await.unwrap();
    let mut trail = trail(&ground).await;
    let hash = ChainKey::new(&key()).person("ada@example.com");
    let filter = Filter {
        person: Some("ada@example.com".into()),
        ..Filter::default()
    };
    let rows = trail.newest(&filter, 10).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].get("email"), Some(hash.as_str()));
    assert!(!rows[0].fields.iter().flatten().any(|field| field.contains("ada")));
}

/// Records of some people and apps, over some hours.
async fn a_day(ground: &Ground) -> Vec<Row> {
    let store = open(ground).await;
    for n in 0..120_u16 {
        let occasion = occasion_at(NOW + Duration::minutes(i64::from(n) * 17));
        let mut person = ada();
        if n % 3 == 1 {
            person.subject = Subject::parse("ada-2").unwrap();
        } else if n % 5 == 2 {
            person.subject = Subject::parse("bob").unwrap();
            person.email = None;
        }
        let app = AppId::parse(if n % 4 == 0 { "support" } else { "townhall" }).unwrap();
        let record = match n % 10 {
            0..3 => Record::sign_in(&person, &occasion),
            9 => Record::denied(&person, &app, "frameable", "access.denied", &occasion),
            _ => Record::launch(&person, &app, "frameable", &[], &occasion),
        };
        store.record(record).await.unwrap();
    }
    let nobody = Record::unbound(
        "ada@example.com",
        &AppId::parse("support").unwrap(),
        "cobrowse",
        &occasion(),
    );
    store.record(nobody).await.unwrap();
    store.close().await;
    let mut rows = trail(ground).await.next_by_chain(None).await.unwrap();
    rows.sort_by_key(Position::of);
    rows
}

fn pairs(text: &str) -> Filter {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect();
    Filter::parse(&pairs).unwrap()
}

#[tokio::test]
async fn pages_hold_what_passes_the_filter_in_order_and_each_row_once() {
    let ground = ground();
    let rows = a_day(&ground).await;
    let (reference, id) = (rows[7].get("reference").unwrap(), rows[9].get("id").unwrap());
    for (filter, passes) in [
        (
            String::new(),
            Box::new(|_: &Row| true) as Box<dyn Fn(&Row) -> bool>,
        ),
        (
            "app=support".into(),
            Box::new(|row| row.get("app") == Some("support")),
        ),
        ("app=none".into(), Box::new(|_| false)),
        (
            "event=denied&outcome=refused".into(),
            Box::new(|row| row.get("event") == Some("denied")),
        ),
        (
            "person=ada@example.com".into(),
            Box::new(|row| row.get("email") == Some("ada@example.com")),
        ),
        ("person=bob".into(), Box::new(|row| row.get("sub") == Some("bob"))),
        (
            "person=ada-2&app=townhall".into(),
            Box::new(|row| row.get("sub") == Some("ada-2") && row.get("app") == Some("townhall")),
        ),
        (
            "from=2026-11-21T12:00&to=2026-11-21T20:00&event=launch".into(),
            Box::new(|row| {
                ("2026-11-21T12".."2026-11-21T20").contains(&row.get("time").unwrap())
                    && row.get("event") == Some("launch")
            }),
        ),
        (
            format!("ref={reference}"),
            Box::new(|row| row.get("reference") == Some(reference)),
        ),
        (format!("ref={reference}&person=nobody"), Box::new(|_| false)),
        ("ref=7Q2M-0KXD-9R4T-HB3W".into(), Box::new(|_| false)),
        (format!("id={id}"), Box::new(|row| row.get("id") == Some(id))),
        (
            "id=ffffffff-ffff-7fff-bfff-ffffffffffff".into(),
            Box::new(|_| false),
        ),
        (format!("token_sha256={}", "0".repeat(64)), Box::new(|_| false)),
    ] {
        let wanted: Vec<Position> = rows.iter().filter(|row| passes(row)).map(Position::of).collect();
        for (most, look) in [(7, 20_000), (7, 5), (1, 400), (500, 11)] {
            for order in [Order::Oldest, Order::Newest] {
                let mut trail = trail(&ground).await;
                trail.look = look;
                let (mut found, mut place, mut pages) = (Vec::new(), None, 0);
                loop {
                    let page = trail
                        .page(&pairs(&filter), order, place.as_ref(), most)
                        .await
                        .unwrap();
                    assert!(page.rows.len() <= most);
                    found.extend(page.rows.iter().map(Position::of));
                    pages += 1;
                    assert!(pages < 400, "{filter} does not end");
                    place = page.next;
                    if place.is_none() {
                        break;
                    }
                }
                if order == Order::Newest {
                    found.reverse();
                }
                assert_eq!(found, wanted, "{filter:?}, {most} of {look}, {order:?}");
            }
        }
        let newest = trail(&ground).await.newest(&pairs(&filter), 3).await.unwrap();
        let newest: Vec<Position> = newest.iter().map(Position::of).collect();
        assert_eq!(newest, wanted[wanted.len().saturating_sub(3)..], "{filter:?}");
    }
}

#[tokio::test]
async fn an_admin_who_reads_takes_no_connection_of_the_clicks() {
    let ground = ground();
    let rows = a_day(&ground).await;
    let store = open(&ground).await;
    let page = store
        .trail()
        .page(&Filter::default(), Order::Newest, None, 5)
        .await
        .unwrap();
    assert_eq!(
        page.rows.last().map(Position::of),
        rows.iter().rev().nth(4).map(Position::of)
    );
    // Whoever holds both of the admins' turns holds up no session.
    let turns = store.0.desk.take_all().await;
    assert!(store.session(&session().1.key).await.unwrap().is_none());
    drop(turns);
}

#[tokio::test]
async fn c_41_one_record_is_held_against_itself_and_the_row_before_it() {
    let ground = ground();
    let rows = a_day(&ground).await;
    let whole = Proof {
        unchanged: true,
        follows: Some(true),
    };
    for row in &rows[..3] {
        assert_eq!(trail(&ground).await.proof(row).await.unwrap(), whole);
    }
    let second = rows.iter().find(|row| row.link.seq == 2).unwrap();
    let mut other = other_connection(&ground).await;
    let mut changed = second.clone();
    changed.fields[8] = Some("eve@example.com".into());
    let proof = trail(&ground).await.proof(&changed).await.unwrap();
    assert!(!proof.unchanged && proof.follows == Some(true));
    other
        .query("UPDATE audit SET mac = 'x' WHERE seq = 1")
        .execute()
        .await
        .unwrap();
    assert_eq!(
        trail(&ground).await.proof(second).await.unwrap().follows,
        Some(false)
    );
    other
        .query("DELETE FROM audit WHERE seq = 1")
        .execute()
        .await
        .unwrap();
    assert_eq!(trail(&ground).await.proof(second).await.unwrap().follows, None);
}

#[tokio::test]
async fn c_2_a_record_is_found_by_its_id_and_by_its_tokens_hash() {
    let ground = ground();
    let store = open(&ground).await;
    for _ in 0..2 {
        store.record(launch_record()).await.unwrap();
    }
    let mut trail = trail(&ground).await;
    let all = trail.newest(&Filter::default(), 10).await.unwrap();
    let by_id = Filter {
        id: all[0].get("id").map(|id| Uuid::parse_str(id).unwrap()),
        ..Filter::default()
    };
    assert_eq!(trail.newest(&by_id, 10).await.unwrap().len(), 1);
    let by_hash = Filter {
        token_sha256: Some("00".repeat(32)),
        ..Filter::default()
    };
    assert!(trail.newest(&by_hash, 10).await.unwrap().is_empty());
}
