//! A clock for the gateway that the tests move (libfaketime).

use std::fs;
use std::path::{Path, PathBuf};

pub fn set_clock(dir: &Path, ahead: i64) {
    // Renamed into place, so that nobody reads half of it.
    fs::write(dir.join("clock.new"), format!("{ahead:+}")).unwrap();
    fs::rename(dir.join("clock.new"), dir.join("clock")).unwrap();
}

pub fn faketime() -> PathBuf {
    let places = fs::read_dir("/usr/lib").expect("/usr/lib");
    places
        .filter_map(|place| Some(place.ok()?.path().join("faketime/libfaketimeMT.so.1")))
        .find(|path| path.exists())
        .expect("libfaketime; tests/run installs it")
}
