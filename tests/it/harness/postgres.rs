//! A PostgreSQL of the tests' own, from Debian's package: on a free port, in memory where there is room,
//! with a password, and gone when the tests are, however they end.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};

pub const USER: &str = "usher";
pub const PASSWORD: &str = "canary-database-password";

/// Starting may wait for a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Ends the server once nobody holds the other end of its standard input any more.
const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -p "$3" &
server=$!
read -r word
for stat in /proc/[0-9]*/stat; do
  read -r child name state parent rest < "$stat" && [ "$parent" = "$server" ] && kill -CONT "$child"
done 2>/dev/null
kill -CONT "$server" 2>/dev/null
kill -"${word:-QUIT}" "$server" 2>/dev/null
wait "$server"
[ -n "$word" ] || rm -rf "$2"
"#;

const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
shared_buffers = 16MB
";

pub struct Postgres {
    dir: PathBuf,
    pub port: u16,
    keeper: Child,
}

impl Postgres {
    /// The one that all tests of this program share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// One that a test may stop.
    pub fn start() -> Self {
        Self::with("", &[])
    }

    /// One with more settings, and the files that they name.
    pub fn with(settings: &str, files: &[(&str, &str)]) -> Self {
        Self::at(directory(), settings, files)
    }

    /// One that keeps everything in `dir`, which goes with it.
    pub fn at(dir: PathBuf, settings: &str, files: &[(&str, &str)]) -> Self {
        let password = dir.join("password");
        fs::write(&password, PASSWORD).unwrap();
        give(&dir);
        let mut initdb = unprivileged(&tools().join("initdb").display().to_string());
        initdb.args([
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
            "--auth=scram-sha-256",
            // The smallest; `let_files_grow` limits files of the log, too.
            "--wal-segsize=1",
        ]);
        initdb
            .arg(format!("--username={USER}"))
            .arg("--pwfile")
            .arg(&password);
        let made = initdb.arg("-D").arg(dir.join("data")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        for (name, text) in files {
            fs::write(dir.join("data").join(name), text).unwrap();
            fs::set_permissions(dir.join("data").join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::OpenOptions::new()
            .append(true)
            .open(dir.join("data/postgresql.conf"))
            .and_then(|mut file| file.write_all(format!("{SETTINGS}{settings}\n").as_bytes()))
            .unwrap();
        give(&dir);
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            if let Ok(keeper) = keep(&dir, port) {
                return Self { dir, port, keeper };
            }
        }
        panic!("PostgreSQL does not start");
    }

    /// A database of one's own, as `[store] url` names it.
    pub fn database(&self) -> String {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let name = format!("usher{}", MADE.fetch_add(1, Ordering::Relaxed));
        self.run(format!("CREATE DATABASE {name}"));
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/{name}", self.port)
    }

    /// Has the server do something, at its own database.
    pub fn run(&self, text: String) {
        execute(
            &format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/postgres", self.port),
            text,
        );
    }

    /// Lets nobody in any more, and ends who is in.
    pub fn stop(&mut self) {
        self.keeper.stdin.take().unwrap().write_all(b"INT\n").unwrap();
        self.keeper.wait().unwrap();
    }

    /// Ends all its processes at once, as a power cut does.
    pub fn kill(&mut self) {
        self.signal("KILL");
        self.keeper.stdin.take().unwrap().write_all(b"INT\n").unwrap();
        self.keeper.wait().unwrap();
    }

    /// Starts it again, at the same port and with what it has kept.
    pub fn start_again(&mut self) {
        // Of a server that was killed, a process may still be on its way out.
        let started = (0..50).find_map(|_| keep(&self.dir, self.port).ok());
        self.keeper = started.expect("PostgreSQL does not start again");
    }

    /// Sends a signal to all its processes; `STOP` makes a server that takes connections and says nothing.
    pub fn signal(&self, name: &str) {
        // Some may have ended meanwhile.
        let _ = Command::new("kill")
            .arg(format!("-{name}"))
            .args(self.processes())
            .stderr(Stdio::null())
            .status();
    }

    /// How far the files may grow that it writes from now on, as on a disk that is full. Only the soft limit,
    /// which can be raised again.
    pub fn let_files_grow(&self, to: &str) {
        for pid in self.processes() {
            // The same user may, and root not everywhere.
            let _ = unprivileged("prlimit")
                .args([format!("--pid={pid}"), format!("--fsize={to}:")])
                .stderr(Stdio::null())
                .status();
        }
    }

    /// The server's, and those that it has begun.
    fn processes(&self) -> Vec<String> {
        let pid = fs::read_to_string(self.dir.join("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().to_owned();
        let mut processes = children(&pid);
        processes.insert(0, pid);
        processes
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Runs SQL over a connection of its own; on a thread, since callers may or may not be asynchronous.
pub fn execute(url: &str, text: String) {
    with_connection(url, async move |db| {
        db.execute(AssertSqlSafe(text)).await.unwrap();
    });
}

/// Does something over a connection of its own.
pub fn with_connection<T: Send + 'static>(
    url: &str,
    act: impl AsyncFnOnce(&mut PgConnection) -> T + Send + 'static,
) -> T {
    let options: PgConnectOptions = url.parse().expect("a database's address");
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async { act(&mut options.connect().await.unwrap()).await })
    };
    std::thread::spawn(run).join().unwrap()
}

/// The number that SQL finds.
pub fn count(url: &str, text: &'static str) -> i64 {
    with_connection(url, async move |db| {
        sqlx::query_scalar(text).fetch_one(db).await.unwrap()
    })
}

/// Starts the server, with a keeper that ends it, and waits until it is ready.
fn keep(dir: &Path, port: u16) -> Result<Child, String> {
    let mut keeper = unprivileged("sh")
        .args(["-c", KEEPER, "keeper"])
        .arg(tools())
        .arg(dir)
        .arg(port.to_string())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let told = ready(keeper.stderr.take().unwrap());
    if told.is_err() {
        keeper.stdin.take().unwrap().write_all(b"INT\n").unwrap();
        keeper.wait().unwrap();
    }
    told.map(|()| keeper)
}

/// Waits for the line that says so, and drinks the rest; the error is what it said instead.
fn ready(log: ChildStderr) -> Result<(), String> {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut said = String::new();
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            if line.contains("database system is ready to accept connections") {
                let _ = tell.send(Ok(()));
            } else if line.contains("FATAL") && !line.contains("the database system is") {
                // The exception is what it says to those who come too early.
                let _ = tell.send(Err(format!("{said}{line}")));
            } else if said.len() < 10_000 {
                said.push_str(&line);
            }
        }
    });
    told.recv_timeout(PATIENCE)
        .unwrap_or_else(|_| Err("it says nothing".to_owned()))
}

/// The server refuses to run as root, and the package brings a user for it.
fn unprivileged(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", program]);
    command
}

fn give(dir: &Path) {
    if is_root() {
        let given = Command::new("chown")
            .args(["-R", "postgres:postgres"])
            .arg(dir)
            .status();
        assert!(given.unwrap().success());
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}

fn directory() -> PathBuf {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let name = format!("usher-postgres-{}-{number}", std::process::id());
    for place in [Path::new("/dev/shm"), &std::env::temp_dir()] {
        let dir = place.join(&name);
        // A process of this number may have been killed before.
        let _ = fs::remove_dir_all(&dir);
        if fs::create_dir(&dir).is_ok() {
            return dir;
        }
    }
    panic!("no place for a database");
}

/// The newest server that is installed.
fn tools() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL; tests/run installs it");
    let newest = versions
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|version| Path::new(&format!("/usr/lib/postgresql/{version}/bin/initdb")).exists())
        .max();
    let newest = newest.expect("PostgreSQL; tests/run installs it");
    format!("/usr/lib/postgresql/{newest}/bin").into()
}

fn children(parent: &str) -> Vec<String> {
    let parent_of = |pid: &str| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, behind_name) = stat.rsplit_once(')')?;
        behind_name.split_whitespace().nth(1).map(str::to_owned)
    };
    let pids = fs::read_dir("/proc").unwrap();
    pids.filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|pid| parent_of(pid).as_deref() == Some(parent))
        .collect()
}
