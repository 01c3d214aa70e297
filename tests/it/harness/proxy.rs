//! A real proxy by the very files of `examples/proxies`, after names, ports and certificates were put in, as
//! a process of this user in a directory of its own.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tempfile::TempDir;

use super::log::Log;
use super::tls::Authority;
use super::tunnel;
use super::usher::{free_port, write_secret};

pub const HOST: &str = "go.example.com";

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Nginx,
    Caddy,
}

pub struct Proxy {
    /// Where its people come in: the entrance of a tunnel, in plain text.
    pub port: u16,
    dir: TempDir,
    log: Arc<Log>,
    child: Child,
    readers: Vec<JoinHandle<()>>,
}

impl Proxy {
    /// In front of two replicas, at these ports.
    pub fn start(kind: Kind, replicas: [u16; 2]) -> Self {
        for _ in 0..5 {
            let port = free_port();
            let dir = TempDir::with_prefix("usher-test-").expect("a directory");
            let [certificate, key] = Authority::trusted().issue_pem(&[HOST]);
            write_secret(dir.path(), "tls.pem", &certificate);
            write_secret(dir.path(), "tls.key", &key);
            let (mut command, ready) = match kind {
                Kind::Nginx => nginx(dir.path(), port, replicas),
                Kind::Caddy => caddy(dir.path(), port, replicas),
            };
            let mut child = command
                .current_dir(dir.path())
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap_or_else(|error| panic!("{kind:?}: {error}; tests/run installs it"));
            let log = Arc::new(Log::default());
            let readers = vec![
                log.drink(child.stdout.take().unwrap()),
                log.drink(child.stderr.take().unwrap()),
            ];
            let started = log.wait_for(PATIENCE, |text| {
                let ended = readers.iter().all(JoinHandle::is_finished);
                (text.contains(ready) || ended).then_some(!ended)
            });
            let proxy = Self {
                port: tunnel::open(HOST, port),
                dir,
                log,
                child,
                readers,
            };
            if started == Some(true) {
                return proxy;
            }
            let said = proxy.printed();
            assert!(said.contains("in use"), "{kind:?} does not start:\n{said}");
        }
        panic!("five ports in a row were taken between looking and listening");
    }

    /// Everything that it printed and wrote into its log.
    pub fn printed(&self) -> String {
        let file = fs::read_to_string(self.dir.path().join("usher.log"));
        self.log.text() + &file.unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.readers.drain(..).for_each(|reader| drop(reader.join()));
        if std::thread::panicking() {
            eprintln!("the proxy's lines:\n{}", self.printed());
        }
    }
}

/// The text of a file of `examples/proxies` with each of `changes`, which must be found in it.
fn example(name: &str, changes: &[(&str, String)]) -> String {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/proxies")).join(name);
    let text = fs::read_to_string(path).expect("an example");
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "no {from:?} in:\n{text}");
        text.replace(from, to)
    })
}

/// The command, and what the process prints once it listens.
fn nginx(dir: &Path, port: u16, replicas: [u16; 2]) -> (Command, &'static str) {
    let path = dir.display();
    let site = example(
        "nginx.conf",
        &[
            ("127.0.0.1:8081", format!("127.0.0.1:{}", replicas[0])),
            ("127.0.0.1:8082", format!("127.0.0.1:{}", replicas[1])),
            ("listen 443 ssl", format!("listen 127.0.0.1:{port} ssl")),
            ("/etc/nginx/tls/go.example.com", format!("{path}/tls")),
            ("/var/log/nginx", path.to_string()),
        ],
    );
    write_secret(dir, "site.conf", &site);
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {path}/{name};"))
        .join("\n");
    let main = format!(
        "daemon off;\nmaster_process off;\npid {path}/pid;\nerror_log stderr notice;\nevents {{}}\n\
         http {{\n{places}\ninclude {path}/site.conf;\n}}\n"
    );
    write_secret(dir, "nginx.conf", &main);
    let mut command = Command::new("nginx");
    command.env("PATH", "/usr/sbin:/usr/bin").args(["-c"]);
    command.arg(dir.join("nginx.conf")).args(["-e", "stderr"]);
    (command, "using the \"epoll\" event method")
}

/// The same for Caddy, whose file takes names and replicas from the environment.
fn caddy(dir: &Path, port: u16, replicas: [u16; 2]) -> (Command, &'static str) {
    let text = example(
        "Caddyfile",
        &[
            // No certificate is asked for outside, and no other port is listened on.
            (
                "\n{\n",
                "\n{\n\tadmin off\n\tauto_https disable_redirects\n".to_owned(),
            ),
            (":443 {", format!("https://:{port} {{")),
            (
                "\treverse_proxy",
                "\ttls tls.pem tls.key\n\treverse_proxy".to_owned(),
            ),
        ],
    );
    write_secret(dir, "Caddyfile", &text);
    let mut command = Command::new("caddy");
    command
        .args(["run", "--config", "Caddyfile", "--adapter", "caddyfile"])
        .env("HOME", dir)
        .env("XDG_CONFIG_HOME", dir)
        .env("XDG_DATA_HOME", dir)
        .env("USHER_HOST", format!("https://{HOST}:{port}"))
        .env(
            "USHER_REPLICAS",
            replicas.map(|port| format!("127.0.0.1:{port}")).join(" "),
        );
    (command, "serving initial configuration")
}
