//! What is refused before anybody can come.

use super::secrets::Secrets;
use super::settings::Settings;
use super::usher::{directory, run_in};
use super::world::bare;

/// Asserts that a gateway with this app refuses to start, in a line that names the app and holds `words`.
#[track_caller]
pub fn refused_at_load(app: impl Fn(&mut Settings), words: &str) {
    let (output, told) = check(app);
    assert_eq!(output, Some(1), "no {words:?} but:\n{told}");
    let line = |line: &str| line.contains("apps.") && line.contains(words);
    assert!(told.lines().any(line), "no {words:?} in:\n{told}");
    assert!(
        !told.contains("-----BEGIN") && !told.contains("canary-"),
        "a key is shown:\n{told}"
    );
}

/// The status of `usher check`, and what it says.
pub fn check(app: impl Fn(&mut Settings)) -> (Option<i32>, String) {
    let mut settings = bare(8080);
    settings.add(
        "[providers.work]",
        "issuer = \"https://login.example.com\"\nclient_id = \"usher\"\nclient_secret = \"canary-client-secret\"",
    );
    app(&mut settings);
    let dir = directory(&settings, &Secrets::default());
    let output = run_in(dir.path(), &["check", "-c", "usher.toml"]);
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.code(), told.into_owned())
}
