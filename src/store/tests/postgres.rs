//! Over a database of its own.

use super::*;
use crate::config::{Postgres, PostgresServer, PostgresTls};

#[expect(dead_code, reason = "the end-to-end tests do more with it")]
#[path = "../../../tests/it/harness/postgres.rs"]
mod server;

#[path = "binding.rs"]
mod binding;
#[path = "desk.rs"]
mod desk;
#[path = "frame.rs"]
mod frame;
#[path = "logout.rs"]
mod logout;
#[path = "people.rs"]
mod people;
#[path = "replicas.rs"]
mod replicas;
#[path = "sessions.rs"]
mod sessions;
#[path = "trail.rs"]
mod trail;

fn ground() -> Ground {
    let database = server::Postgres::shared().database();
    let (_, database) = database.rsplit_once('/').unwrap();
    let url = StoreUrl::Postgres(Postgres {
        server: PostgresServer::Tcp {
            host: "127.0.0.1".into(),
            tls: PostgresTls::Off,
        },
        port: server::Postgres::shared().port,
        user: Some(server::USER.into()),
        password: Some(server::PASSWORD.into()),
        database: database.into(),
    });
    let dir = tempfile::tempdir().unwrap();
    Ground { url, dir }
}
