//! The launcher that vendors' pages suggest, in Node.js: `benches/launch/express`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Map, json};

use crate::bench::cpu;

/// The oldest Node.js that its packages run on.
const NODE: u32 = 18;

pub struct Express {
    child: Child,
    pub address: String,
}

impl Express {
    /// Starts it for these people, with the key in `directory`; or says why it cannot be measured.
    pub fn start(directory: &Path, cookies: &[String]) -> Result<Self, String> {
        let version = version().ok_or("node is not installed")?;
        let major = version.split('.').next().and_then(|major| major.parse().ok());
        if major.is_none_or(|major: u32| major < NODE) {
            return Err(format!("node {version} is older than {NODE}"));
        }
        install()?;
        let sessions = directory.join("sessions.json");
        std::fs::write(&sessions, people(cookies)).expect("a file");
        let mut child = Command::new("node")
            .arg(home().join("launcher.mjs"))
            .args([sessions, directory.join("app.pem")])
            .env("NODE_ENV", "production")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("node: {error}"))?;
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut address = None;
        for line in lines.map_while(Result::ok) {
            match line.strip_prefix("listening on ") {
                Some(at) => address = Some(at.to_owned()),
                None => break,
            }
        }
        let address = address.ok_or("it does not start")?;
        Ok(Self { child, address })
    }

    /// What its processes have used.
    pub fn cpu_seconds(&self) -> f64 {
        cpu::seconds(self.child.id()) + cpu::seconds_of_children(self.child.id())
    }
}

/// Its processes end with the first.
impl Drop for Express {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The version of Node.js.
pub fn version() -> Option<String> {
    let said = Command::new("node").arg("--version").output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    said.trim().strip_prefix('v').map(str::to_owned)
}

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/launch/express")
}

/// The lock file is the stamp: packages are fetched again only when it changes.
fn install() -> Result<(), String> {
    let (lock, stamp) = (
        home().join("package-lock.json"),
        home().join("node_modules/.installed-lock"),
    );
    let wanted = std::fs::read(&lock).map_err(|error| format!("its lock file: {error}"))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let installed = Command::new("npm")
        .args(["ci", "--silent", "--no-audit", "--no-fund"])
        .current_dir(home())
        .status();
    if !installed.is_ok_and(|installed| installed.success()) {
        return Err("npm ci cannot install its packages".into());
    }
    std::fs::write(stamp, wanted).map_err(|error| format!("its packages: {error}"))
}

/// The same people as the gateway's, by what their cookies hold.
fn people(cookies: &[String]) -> String {
    let people = cookies.iter().enumerate().map(|(number, cookie)| {
        let (_, id) = cookie.split_once('=').expect("a cookie");
        let person = json!({
            "name": "Ada Lovelace",
            "title": "Countess",
            "picture": "https://example.com/ada.png",
            "email": format!("ada-{number}@example.com"),
            "groups": ["staff", "comms"],
        });
        (id.to_owned(), person)
    });
    json!(people.collect::<Map<_, _>>()).to_string()
}
