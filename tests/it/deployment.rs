//! The files of `examples/` for containers, Kubernetes and systemd, as far as they can be tried without
//! those: by the schemas of their readers, and with the gateway's own check of the configuration in them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::keys;
use crate::harness::usher::{BINARY, run_in, write_secret};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Seconds: `[server] drain` where it is not set.
const DRAIN: u64 = 30;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

/// The documents of a YAML file.
fn yaml(path: &str) -> Vec<Value> {
    const READ: &str = "
import json, sys
from ruamel.yaml import YAML
print(json.dumps(list(YAML(typ='safe', pure=True).load_all(open(sys.argv[1])))))
";
    let output = python("python", &["-c", READ, path]);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Runs a program of the tests' Python packages, which must not complain.
#[track_caller]
fn python(program: &str, args: &[&str]) -> Output {
    passes(Command::new(format!("{ROOT}/tests/.venv/bin/{program}")).args(args))
}

#[track_caller]
fn passes(command: &mut Command) -> Output {
    let output = command.current_dir(ROOT).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; tests/run installs it"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// What stands in the files that the example configurations name.
fn secret(name: &str) -> String {
    match name {
        "sealing_key" => "Y2FuYXJ5LXNlYWxpbmcta2V5LW9mLTMyLWJ5dGVzLWw=\n".into(),
        "audit_key" => "Y2FuYXJ5LWF1ZGl0LWtleS1vZi0zMi1ieXRlcy1sb24=\n".into(),
        "store_url" => "postgres://usher:canary@postgres/usher?sslmode=disable\n".into(),
        "work" => "a-secret-of-an-example\n".into(),
        "townhall.pem" => keys::key(keys::TOWNHALL).pkcs8_pem(),
        other => panic!("the example names {other}"),
    }
}

/// The names of the files under `dir` that a configuration names.
fn named<'a>(toml: &'a str, dir: &str) -> Vec<&'a str> {
    let start = format!("\"{dir}/");
    let found = toml
        .split(&start)
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    found.collect()
}

#[track_caller]
fn holds(dir: &Path, toml: &str) {
    write_secret(dir, "usher.toml", toml);
    let checked = run_in(dir, &["check", "-c", "usher.toml"]);
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}");
    assert!(said.contains("townhall"), "{said}");
}

#[test]
fn the_replicas_of_the_compose_file_are_sound() {
    const COMPOSE: &str = "examples/container/compose.yaml";
    const SECRETS: &str = "/run/secrets";
    python(
        "check-jsonschema",
        &["--builtin-schema", "vendor.compose-spec", COMPOSE],
    );
    let toml = text("examples/container/usher.toml");
    let compose = &yaml(COMPOSE)[0];
    let proxy = &compose["services"]["proxy"];
    let replicas = proxy["environment"]["USHER_REPLICAS"].as_str().unwrap();
    let subnet = &compose["networks"]["front"]["ipam"]["config"][0]["subnet"];
    assert!(toml.contains(&format!("trusted_proxies = [{subnet}]")), "S-331");
    for replica in replicas.split(' ') {
        let name = replica.strip_suffix(":8080").expect("the port of usher.toml");
        let service = &compose["services"][name];
        assert_eq!(service["read_only"], true);
        assert_eq!(words(&service["cap_drop"]), ["ALL"]);
        assert_eq!(words(&service["security_opt"]), ["no-new-privileges:true"]);
        let grace = service["stop_grace_period"]
            .as_str()
            .unwrap()
            .trim_end_matches('s');
        assert!(grace.parse::<u64>().unwrap() > DRAIN);
        for file in named(&toml, SECRETS) {
            assert!(words(&service["secrets"]).contains(&file), "{file}");
            assert_eq!(compose["secrets"][file]["file"], format!("./secrets/{file}"));
        }
        // Where they met on another network, the proxy would come from an address that nobody trusts.
        let shared = |network: &&str| words(&proxy["networks"]).contains(network);
        let shared: Vec<_> = words(&service["networks"]).into_iter().filter(shared).collect();
        assert_eq!(shared, ["front"]);
    }

    let dir = TempDir::with_prefix("usher-test-").unwrap();
    for name in named(&toml, SECRETS) {
        write_secret(dir.path(), &format!("secrets/{name}"), &secret(name));
    }
    holds(dir.path(), &toml.replace(SECRETS, "secrets"));
}

#[test]
fn s_374_the_replicas_of_the_kubernetes_manifests_are_sound() {
    const MANIFESTS: &str = "examples/kubernetes.yaml";
    const SECRETS: &str = "/etc/usher/secrets";
    python("kubernetes-validate", &["--strict", "--quiet", MANIFESTS]);
    let manifests = yaml(MANIFESTS);
    let kind = |kind: &str| {
        let found = manifests.iter().find(|manifest| manifest["kind"] == kind);
        found.unwrap_or_else(|| panic!("no {kind}"))
    };
    let deployment = &kind("Deployment")["spec"];
    let pod = &deployment["template"]["spec"];
    let container = &pod["containers"][0];
    let labels = &deployment["template"]["metadata"]["labels"];
    for chosen in [
        &deployment["selector"]["matchLabels"],
        &kind("Service")["spec"]["selector"],
        &kind("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        &kind("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ] {
        assert_eq!(chosen, labels);
    }
    // What the pod security standard "restricted" asks for, and a root that nobody writes.
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    assert_eq!(container["securityContext"]["allowPrivilegeEscalation"], false);
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(
        words(&container["securityContext"]["capabilities"]["drop"]),
        ["ALL"]
    );
    let sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        .as_u64()
        .unwrap();
    assert!(pod["terminationGracePeriodSeconds"].as_u64().unwrap() > DRAIN + sleep);

    let toml = kind("ConfigMap")["data"]["usher.toml"].as_str().unwrap();
    assert_eq!(container["volumeMounts"][1]["mountPath"], SECRETS);
    for (name, port) in [("http", 8080), ("ops", 9090)] {
        let ports = container["ports"].as_array().unwrap();
        assert!(
            ports
                .iter()
                .any(|p| p["name"] == name && p["containerPort"] == port)
        );
        assert!(toml.contains(&format!("listen = \"0.0.0.0:{port}\"")), "{port}");
    }
    for (probe, path) in [("readinessProbe", "/readyz"), ("livenessProbe", "/healthz")] {
        let asked = &container[probe]["httpGet"];
        assert_eq!(
            (asked["path"].as_str(), asked["port"].as_str()),
            (Some(path), Some("ops"))
        );
    }

    // A Secret as the kubelet mounts it.
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let mounted = dir.path().join("secrets");
    for name in named(toml, SECRETS) {
        write_secret(
            &mounted,
            &format!("..2026_11_21_12_00_00.1/{name}"),
            &secret(name),
        );
        symlink(format!("..data/{name}"), mounted.join(name)).unwrap();
    }
    symlink("..2026_11_21_12_00_00.1", mounted.join("..data")).unwrap();
    let toml = toml.replace(SECRETS, &mounted.display().to_string());
    let undeclared = toml.replace("secret_dirs = ", "# ");
    write_secret(dir.path(), "usher.toml", &undeclared);
    let refused = run_in(dir.path(), &["check", "-c", "usher.toml"]);
    assert!(String::from_utf8_lossy(&refused.stdout).contains("symbolic link"));
    holds(dir.path(), &toml);
}

/// The instructions of a Dockerfile, each on one line.
fn instructions(text: &str) -> Vec<String> {
    let code = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let joined = code.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    joined.lines().map(str::to_owned).collect()
}

#[test]
fn the_image_runs_as_nobody_special_and_says_how_it_is() {
    let dockerfile = text("examples/container/Dockerfile");
    let all = instructions(&dockerfile);
    let last = all.iter().rposition(|line| line.starts_with("FROM ")).unwrap();
    let (build, image) = all.split_at(last);
    let rust = Command::new("cargo")
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(ROOT)
        .output()
        .unwrap();
    let rust: Value = serde_json::from_slice(&rust.stdout).unwrap();
    let rust = rust["packages"][0]["rust_version"].as_str().unwrap().to_owned();
    assert!(
        build[0].starts_with(&format!("FROM rust:{rust}-")),
        "{}",
        build[0]
    );
    assert!(
        build
            .iter()
            .any(|line| line.contains("cargo build --release --locked"))
    );

    let one = |word: &str| {
        let found: Vec<&str> = image.iter().filter_map(|line| line.strip_prefix(word)).collect();
        assert_eq!(found.len(), 1, "{word}");
        found[0].trim().to_owned()
    };
    let list = |json: &str| serde_json::from_str::<Vec<String>>(json).expect("the form without a shell");
    assert!(one("FROM ").contains("distroless"));
    assert_eq!(one("USER "), "65532:65532");
    assert_eq!(one("STOPSIGNAL "), "SIGTERM");
    let (_, check) = one("HEALTHCHECK ")
        .split_once("CMD ")
        .map(|(a, b)| (a.to_owned(), list(b)))
        .unwrap();
    assert_eq!(list(&one("ENTRYPOINT ")), [check[0].as_str()]);
    assert_eq!(list(&one("CMD "))[1..], check[2..], "both read one file");
    // The words of the check are the program's: what it complains of is the file.
    let args: Vec<&str> = check[1..].iter().map(String::as_str).collect();
    let asked = run_in(Path::new(ROOT), &args);
    assert_eq!(asked.status.code(), Some(1), "{asked:?}");
    assert!(String::from_utf8_lossy(&asked.stderr).contains("/etc/usher/usher.toml"));
}

#[test]
fn what_the_image_is_built_from_is_enough() {
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let ignored = text(".dockerignore");
    let lines: Vec<&str> = ignored.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines[0], "*", "all but what follows stays outside");
    for line in &lines[1..] {
        let name = line.strip_prefix('!').expect("an exception");
        passes(Command::new("cp").arg("-r").arg(name).arg(dir.path()));
    }
    let read = Command::new("cargo")
        .args([
            "metadata",
            "--no-deps",
            "--locked",
            "--offline",
            "--format-version=1",
        ])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}

#[test]
fn systemd_finds_nothing_wrong_with_its_units() {
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let service = text("examples/systemd/usher.service");
    let service = service.replace("/usr/local/bin/usher", BINARY);
    fs::write(dir.path().join("usher.service"), service).unwrap();
    fs::write(
        dir.path().join("usher.socket"),
        text("examples/systemd/usher.socket"),
    )
    .unwrap();
    let units = ["usher.service", "usher.socket"].map(|name| dir.path().join(name));
    let verified = passes(Command::new("systemd-analyze").arg("verify").args(&units));
    // It only warns of a key that it does not know.
    let own = format!("{}", dir.path().display());
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(!said.lines().any(|line| line.contains(&own)), "{said}");
    // Exposure of 2.0 at most, of 10.
    let security = ["security", "--offline=true", "--threshold=20", "--no-pager"];
    passes(Command::new("systemd-analyze").args(security).arg(&units[0]));
}

#[test]
fn traefik_is_told_of_both_replicas_and_of_times() {
    let http = &yaml("examples/proxies/traefik.yaml")[0]["http"];
    let router = &http["routers"]["usher"];
    assert_eq!(router["rule"], "Host(`go.example.com`)");
    let balancer = &http["services"][router["service"].as_str().unwrap()]["loadBalancer"];
    assert_eq!(balancer["servers"].as_array().unwrap().len(), 2);
    assert_eq!(balancer["passHostHeader"], true);
    let transport = &http["serversTransports"][balancer["serversTransport"].as_str().unwrap()];
    let times = &transport["forwardingTimeouts"];
    for (key, value) in [
        ("dialTimeout", "2s"),
        ("responseHeaderTimeout", "20s"),
        ("idleConnTimeout", "3s"),
    ] {
        assert_eq!(times[key], value);
    }
}
