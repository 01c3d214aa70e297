//! The store stops answering, and comes back (C-42, lesson 19).

use std::time::Duration;

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::runtime::Runtime;

use crate::harness::World;

/// Somebody else holds the database's write lock.
struct Lock {
    runtime: Runtime,
    connection: SqliteConnection,
}

impl Lock {
    fn take(world: &World) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let options = SqliteConnectOptions::new().filename(world.usher.dir.path().join("usher.db"));
        let connection = runtime.block_on(async {
            let mut connection = options.connect().await.unwrap();
            sqlx::query("BEGIN IMMEDIATE")
                .execute(&mut connection)
                .await
                .unwrap();
            connection
        });
        Self { runtime, connection }
    }

    fn release(self) {
        self.runtime.block_on(self.connection.close()).unwrap();
    }
}

#[test]
fn c_42_lesson_19_a_store_that_is_down_is_a_503_that_costs_nobody_their_session() {
    let world = World::start();
    let mut ada = world.signed_in("ada");
    let lock = Lock::take(&world);
    for _ in 0..3 {
        let answer = ada.get("/launch/townhall").expect(503);
        assert!(answer.header("Retry-After").is_some());
        assert!(answer.header("Location").is_none(), "no row, no token");
        assert_eq!(answer.set_cookies(), [], "cookies are kept");
    }
    world.usher.ops("/readyz").expect(503);
    world.usher.ops("/healthz").expect(200);
    // Without a cookie the store is not asked at all.
    world.usher.browser().get("/launch/townhall").expect(302);
    lock.release();
    let back = world.usher.log.wait_for(Duration::from_secs(30), |text| {
        text.contains("store.up").then_some(())
    });
    assert!(back.is_some(), "the store has not come back by itself");
    ada.get("/launch/townhall").expect(302);
    world.usher.ops("/readyz").expect(200);
    let text = world.usher.log.text();
    assert_eq!(
        text.matches("\"store.down\"").count(),
        1 + text.matches("\"reason\":\"store.down\"").count(),
        "one line for the change"
    );
    assert_eq!(world.usher.audited("launch").len(), 1);
}
