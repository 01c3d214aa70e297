//! The real binary, in a directory with all that it needs.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::cpu;

/// 32 bytes, in base64 and as they are.
const AUDIT_KEY_FILE: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
pub const AUDIT_KEY: &[u8; 32] = b"01234567890123456789012345678901";

/// What all configurations share; `audit` and the store stand in what goes before it.
const PROVIDER: &str = r#"
[providers.work]
issuer = "http://localhost:9"
client_id = "usher"
client_secret = "not-used-in-this-benchmark"
"#;

/// An app that uses rules, roles and templates, and is signed for with RSA.
pub const TOWNHALL: &str = r#"
[apps.townhall]
vendor = "frameable"
title = "Town hall"
url = "https://acme.frameable.com/events/townhall"
key_file = "app.pem"
allow = ["group:staff"]
roles = [{ role = "host", allow = ["group:comms"] }]
user_profile = [["organization", "Acme"], ["title", "{{ user.claims.title }}"]]
"#;

/// Writes a configuration: `settings` are lines at its top, `apps` its tables of apps.
pub fn configure(directory: &Path, settings: &str, apps: &str) {
    write(directory, "audit.key", AUDIT_KEY_FILE);
    let top = r#"public_url = "http://127.0.0.1:8080"
server = { listen = "127.0.0.1:0", ops_listen = "127.0.0.1:0" }
log = { format = "json" }
limits = { launches_per_minute = 0 }
"#;
    write(
        directory,
        "usher.toml",
        &format!("{top}{settings}\n{PROVIDER}{apps}"),
    );
}

/// A file that only its owner reads.
pub fn write(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    fs::write(&path, text).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode");
}

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_usher");

pub struct Gateway {
    child: Child,
    pub address: String,
    /// Where `/readyz` is.
    pub operations: String,
}

impl Gateway {
    /// Starts with the configuration in `directory`, and waits until it is ready. The log goes to a file.
    pub fn start(directory: &Path) -> Self {
        Self::begin(Command::new(PROGRAM), directory)
    }

    /// The same under a program that looks on, given with its arguments.
    pub fn start_under(mut looker: Command, directory: &Path) -> Self {
        looker.arg(PROGRAM);
        Self::begin(looker, directory)
    }

    fn begin(mut program: Command, directory: &Path) -> Self {
        let mut log = fs::OpenOptions::new();
        let log = log
            .create(true)
            .append(true)
            .open(directory.join("usher.log"))
            .expect("a log file");
        let mut child = program
            .args(["serve", "-c"])
            .arg(directory.join("usher.toml"))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the gateway starts");
        let (mut address, mut operations) = (None, None);
        for line in BufReader::new(child.stdout.take().expect("its output")).lines() {
            let line = line.expect("a line");
            if let Some(at) = line.strip_prefix("listening on ") {
                address = Some(at.to_owned());
            }
            if let Some(at) = line.strip_prefix("operations on ") {
                operations = Some(at.to_owned());
            }
            if line == "ready" {
                break;
            }
        }
        Self {
            child,
            address: address.expect("the gateway names its address"),
            operations: operations.expect("and the other one"),
        }
    }

    /// Lets it end by itself.
    pub fn stop(mut self) {
        let told = Command::new("kill").arg(self.id().to_string()).status();
        assert!(
            told.is_ok_and(|told| told.success()),
            "the gateway is gone already"
        );
        self.child.wait().expect("its end");
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn cpu_seconds(&self) -> f64 {
        cpu::seconds(self.id())
    }
}

/// Ends it at once, as a power cut does.
impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
