//! `bind_email`: whose address is whose (C-17, S-325).

use super::*;

fn bound(sub: &str, email: &str) -> Terms {
    let app = AppId::parse("support").unwrap();
    let person = Identity {
        subject: Subject::parse(sub).unwrap(),
        email: Some(Email::parse(email).unwrap()),
        ..ada()
    };
    Terms {
        redeem: None,
        binding: Binding::of(&app, &person, NOW),
    }
}

#[tokio::test]
async fn c_17_a_person_and_an_address_stay_together_until_they_are_let_go() {
    let ground = ground();
    let store = open(&ground).await;
    let launch = async |terms| store.launch(token(), launch_record(), terms).await.map(drop);
    let rebound = Err(LaunchError::EmailRebound);

    assert_eq!(launch(bound("ada-1", "ada@example.com")).await, Ok(()));
    assert_eq!(launch(bound("ada-1", "Ada@Example.com")).await, Ok(()));
    assert_eq!(launch(bound("eve-2", "ADA@example.com")).await, rebound);
    assert_eq!(launch(bound("ada-1", "lovelace@example.com")).await, rebound);
    assert_eq!(store.counts().records, 2, "a refusal is not recorded as a launch");

    let app = AppId::parse("support").unwrap();
    let occasion = occasion();
    let unbound = |who: &str| Record::unbound(who, &app, "cobrowse", &occasion);
    let other = AppId::parse("townhall").unwrap();
    assert_eq!(
        store.clear_bindings(&other, "ada-1", unbound("ada-1")).await,
        Ok(0)
    );
    assert_eq!(
        store.clear_bindings(&app, "nobody", unbound("nobody")).await,
        Ok(0)
    );
    assert_eq!(store.counts().records, 2, "an end of nothing leaves no record");
    let address = "ADA@example.com";
    assert_eq!(store.clear_bindings(&app, address, unbound(address)).await, Ok(1));
    assert_eq!(launch(bound("eve-2", "ada@example.com")).await, Ok(()));
    assert_eq!(launch(bound("ada-1", "ada@example.com")).await, rebound);
}

#[tokio::test]
async fn c_17_of_a_crowd_with_one_address_one_comes_in() {
    let ground = ground();
    let store = open(&ground).await;
    let people: Vec<_> = (0..64)
        .map(|i| {
            let (store, terms) = (store.clone(), bound(&format!("p-{i}"), "ada@example.com"));
            tokio::spawn(async move { store.launch(token(), launch_record(), terms).await.is_ok() })
        })
        .collect();
    let mut inside = 0;
    for person in people {
        inside += u8::from(person.await.unwrap());
    }
    assert_eq!(inside, 1);
}
