//! The real binary, on ports and in a directory of its own. When it ends, everything that it
//! printed is searched for secrets (S-300).

use std::ffi::OsString;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::browser::Browser;
use super::clock::{faketime, set_clock};
use super::keys;
use super::log::Log;
use super::secrets::Secrets;
use super::settings::Settings;
use super::wire::{self, Response};

const PATIENCE: Duration = Duration::from_secs(20);

pub const BINARY: &str = env!("CARGO_BIN_EXE_usher");

/// How a gateway is started, other than by its configuration.
#[derive(Clone, Default)]
pub struct How {
    /// Its clock can be moved (libfaketime).
    pub movable_clock: bool,
    /// Its calls that write are traced into a file (strace).
    pub traced: bool,
    /// A file that may not grow is an error of the write, and not the process's end.
    pub ignores_file_limits: bool,
    /// It begins with room for this many open files, and may make more.
    pub open_files: Option<u32>,
    /// Variables of its environment.
    pub env: Vec<(&'static str, String)>,
}

pub struct Usher {
    pub dir: TempDir,
    settings: Settings,
    pub port: u16,
    pub ops_port: u16,
    pub secrets: Arc<Secrets>,
    pub log: Arc<Log>,
    how: How,
    child: Child,
    readers: Vec<JoinHandle<()>>,
}

impl Usher {
    /// Starts with the settings that `settings` makes for a port.
    pub fn start(secrets: Arc<Secrets>, how: How, settings: impl Fn(u16) -> Settings) -> Self {
        for _ in 0..5 {
            let port = free_port();
            let settings = settings(port);
            let dir = directory(&settings, &secrets);
            let log = Arc::new(Log::default());
            if let Ok((child, readers, ops_port)) = spawn(dir.path(), &how, &log) {
                return Self {
                    dir,
                    settings,
                    port,
                    ops_port,
                    secrets,
                    log,
                    how,
                    child,
                    readers,
                };
            }
            let text = log.text();
            assert!(
                text.to_lowercase().contains("address already in use"),
                "usher does not start:\n{text}"
            );
        }
        panic!("five ports in a row were taken between looking and listening");
    }

    /// Another one with the same configuration, as `change` leaves it, on a port and in a directory of its own.
    pub fn replica(&self, change: impl Fn(&mut Settings)) -> Self {
        Self::start(Arc::clone(&self.secrets), self.how.clone(), |port| {
            let mut settings = self.settings.clone();
            change(&mut settings);
            settings.set("[server]", "listen", &format!("\"127.0.0.1:{port}\""));
            settings
        })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.url("/"), Arc::clone(&self.secrets))
    }

    /// Sends bytes as they are; the first answer.
    pub fn raw(&self, bytes: &[u8]) -> Option<Response> {
        wire::parse(&self.url("/"), &wire::exchange(self.port, bytes))
    }

    pub fn ops(&self, path: &str) -> Response {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.ops_port
        );
        wire::send(self.ops_port, path, request.as_bytes())
    }

    /// The sum of a metric's samples whose labels hold all of `labels`.
    pub fn metric(&self, name: &str, labels: &[&str]) -> f64 {
        let page = self.ops("/metrics").expect(200).text();
        page.lines()
            .filter(|line| line.starts_with(name) && labels.iter().all(|label| line.contains(label)))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the kernel says of the process in `/proc`.
    pub fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("it runs")
    }

    /// The most memory that the process has held so far, in KiB.
    pub fn peak_memory(&self) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        number.expect("a number of KiB")
    }

    /// Ends the process at once, as a power cut does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.readers.drain(..).for_each(|reader| drop(reader.join()));
    }

    /// Asks the process to end, and waits until it has.
    pub fn stop(&mut self) {
        self.signal("TERM");
        let _ = self.child.wait();
        self.readers.drain(..).for_each(|reader| drop(reader.join()));
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "the gateway has ended by itself"
        );
    }

    /// The configuration as it stands, with a text in it replaced.
    pub fn edit(&self, from: &str, to: &str) {
        let path = self.dir.path().join("usher.toml");
        let text = fs::read_to_string(&path).expect("a configuration");
        assert!(text.contains(from), "no {from:?} in:\n{text}");
        fs::write(&path, text.replace(from, to)).unwrap();
    }

    /// Has the configuration read again; what the log says came of it.
    pub fn reload(&self) -> Value {
        let ended = |text: &str| {
            let ends = ["config.reloaded", "config.reload_refused"];
            let lines = Log::lines(text).into_iter();
            lines
                .filter(|line| ends.iter().any(|end| line["event"] == *end))
                .collect::<Vec<_>>()
        };
        let before = ended(&self.log.text()).len();
        self.signal("HUP");
        let found = self
            .log
            .wait_for(PATIENCE, |text| ended(text).into_iter().nth(before));
        found.unwrap_or_else(|| panic!("no reload in the log:\n{}", self.log.text()))
    }

    /// Starts again, on the same port and directory.
    pub fn start_again(&mut self) {
        // The lines of the earlier start must not be taken for this one's.
        let earlier = std::mem::take(&mut self.log);
        let (child, readers, ops_port) = spawn(self.dir.path(), &self.how, &self.log)
            .unwrap_or_else(|()| panic!("usher does not start again:\n{}", self.log.text()));
        self.log.add(&earlier.text());
        (self.child, self.readers, self.ops_port) = (child, readers, ops_port);
    }

    /// Moves its clock to so many seconds ahead of ours.
    pub fn leap(&self, seconds: i64) {
        assert!(self.how.movable_clock, "this gateway's clock cannot be moved");
        set_clock(self.dir.path(), seconds);
    }

    /// The same, and waits until it has got used to that, if it runs.
    pub fn set_ahead(&self, seconds: i64) {
        self.leap(seconds);
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.ops_port)).is_ok() {
            if self.ops("/readyz").json()["clock"] == "steady" {
                return;
            }
            assert!(Instant::now() < until, "the clock is not steady again");
        }
    }

    /// The first line of the log that is about `event` (such as `launch`) or has it for its reason.
    #[track_caller]
    pub fn logged(&self, name: &str) -> Value {
        let found = self.log.wait_for(PATIENCE, |text| {
            Log::lines(text)
                .into_iter()
                .find(|line| line["event"] == name || line["reason"] == name)
        });
        found.unwrap_or_else(|| panic!("{name} is not in the log:\n{}", self.log.text()))
    }

    /// Runs another command of the binary on this gateway's configuration.
    pub fn run(&self, args: &[&str]) -> Output {
        let output = run_in(self.dir.path(), args);
        self.log.add(&String::from_utf8_lossy(&output.stdout));
        self.log.add(&String::from_utf8_lossy(&output.stderr));
        output
    }

    /// The audit trail, oldest first.
    pub fn audit(&self) -> Vec<Value> {
        let output = run_in(
            self.dir.path(),
            &["audit", "export", "-c", "usher.toml", "--format", "jsonl"],
        );
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(|line| serde_json::from_str(line).expect("a JSON line"))
            .collect()
    }

    /// The audit rows of one kind.
    pub fn audited(&self, event: &str) -> Vec<Value> {
        self.audit()
            .into_iter()
            .filter(|row| row["event"] == event)
            .collect()
    }

    /// What strace saw so far.
    pub fn trace(&self) -> String {
        fs::read_to_string(self.dir.path().join("trace")).unwrap_or_default()
    }
}

impl Drop for Usher {
    fn drop(&mut self) {
        self.kill();
        let text = self.log.text();
        if std::thread::panicking() {
            let from = text.lines().count().saturating_sub(60);
            eprintln!("the gateway's last lines:");
            text.lines().skip(from).for_each(|line| eprintln!("{line}"));
            return;
        }
        let found = self.secrets.found_in(&text);
        assert!(
            found.is_empty(),
            "S-300: secrets in the log:\n{}",
            found.join("\n")
        );
    }
}

/// Runs a command of the binary in a directory.
pub fn run_in(dir: &Path, args: &[&str]) -> Output {
    Command::new(BINARY)
        .args(args)
        .current_dir(dir)
        .output()
        .expect("the binary runs")
}

/// A directory with the configuration and the files that it names, readable by us only.
pub fn directory(settings: &Settings, secrets: &Secrets) -> TempDir {
    // In memory where there is room for it: so many gateways at once wait longer for one disk than
    // each of them waits for its store.
    let dir = TempDir::with_prefix_in("usher-test-", "/dev/shm")
        .or_else(|_| TempDir::with_prefix("usher-test-"))
        .expect("a directory");
    let keys = [
        keys::key(keys::TOWNHALL).pkcs1_pem(),
        keys::key(keys::SUPPORT).pkcs8_pem(),
    ];
    write_secret(dir.path(), "keys/townhall.pem", &keys[0]);
    write_secret(dir.path(), "keys/support.pem", &keys[1]);
    for pem in &keys {
        secrets.add_pem(pem);
    }
    for (name, text) in settings.files() {
        write_secret(dir.path(), name, text);
    }
    write_secret(dir.path(), "usher.toml", &settings.text());
    set_clock(dir.path(), 0);
    dir
}

pub fn write_secret(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a free port")
        .port()
}

type Running = (Child, Vec<JoinHandle<()>>, u16);

/// Starts the binary and waits until it says where it listens.
fn spawn(dir: &Path, how: &How, log: &Arc<Log>) -> Result<Running, ()> {
    let mut words: Vec<OsString> = Vec::new();
    if how.traced {
        // With -D the gateway, and not strace, is our child. A disk takes its time, also where there is none.
        let strace = "strace -D -f -s 32 -e trace=fsync,fdatasync,write,writev,sendto,sendmsg \
                      -e inject=fsync,fdatasync:delay_exit=10000 -o trace";
        words.extend(strace.split(' ').map(OsString::from));
    }
    if how.ignores_file_limits {
        words.extend(["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""].map(OsString::from));
    }
    if let Some(files) = how.open_files {
        let limited = format!("ulimit -S -n {files}; exec \"$0\" \"$@\"");
        words.extend(["sh", "-c", &limited].map(OsString::from));
    }
    words.extend([BINARY, "serve", "-c", "usher.toml"].map(OsString::from));
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.envs(how.env.iter().map(|(name, value)| (name, value)));
    if how.movable_clock {
        command
            .env("LD_PRELOAD", faketime())
            .env("FAKETIME_TIMESTAMP_FILE", dir.join("clock"))
            .env("FAKETIME_NO_CACHE", "1")
            .env("DONT_FAKE_MONOTONIC", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
    let mut child = command.spawn().expect("the binary starts");
    let streams = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let readers = vec![log.drink(streams.0), log.drink(streams.1)];
    let ready = log.wait_for(PATIENCE, |text| {
        if let Some(port) = port_after(text, "operations on 127.0.0.1:")
            && (port_after(text, "listening on 127.0.0.1:").is_some() || text.contains("listening on unix:"))
        {
            return Some(Ok(port));
        }
        readers.iter().all(JoinHandle::is_finished).then_some(Err(()))
    });
    if let Some(Ok(ops_port)) = ready {
        return Ok((child, readers, ops_port));
    }
    let _ = child.kill();
    let _ = child.wait();
    Err(())
}

/// The port behind `words`, once its whole line is there.
pub fn port_after(text: &str, words: &str) -> Option<u16> {
    let (_, rest) = text.split_once(words)?;
    let (line, _) = rest.split_once('\n')?;
    let digits: String = line.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
