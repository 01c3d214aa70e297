//! Over a file of its own.

use super::*;

#[path = "binding.rs"]
mod binding;
#[path = "frame.rs"]
mod frame;
#[path = "logout.rs"]
mod logout;
#[path = "people.rs"]
mod people;
#[path = "sessions.rs"]
mod sessions;
#[path = "trail.rs"]
mod trail;

fn ground() -> Ground {
    let dir = tempfile::tempdir().unwrap();
    let url = StoreUrl::Sqlite(dir.path().join("usher.db"));
    Ground { url, dir }
}

#[tokio::test]
async fn c_40_the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let ground = ground();
    let store = open(&ground).await;
    sign_in(&store, 1).await;
    for file in std::fs::read_dir(ground.dir.path()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
