//! The command line: what the documentation says of it, typed as it stands there.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::harness::usher::{run_in, write_secret};
use crate::harness::{World, keys};

const README: &str = include_str!("../../README.md");

fn said(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr];
    texts.map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

/// The code blocks of one language in a section of the README, without their indentation.
fn blocks(section: &str, language: &str) -> Vec<String> {
    let (_, rest) = README
        .split_once(&format!("## {section}\n"))
        .expect("the section");
    let text = rest.split("\n## ").next().unwrap();
    let mut blocks = Vec::new();
    let mut open = None;
    for line in text.lines().map(str::trim) {
        match (line.strip_prefix("```"), &mut open) {
            (Some(name), None) => open = Some((name, Vec::new())),
            (Some(_), Some((name, lines))) => {
                if *name == language {
                    blocks.push(lines.join("\n"));
                }
                open = None;
            }
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    blocks
}

fn exists(program: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", "command -v \"$0\"", program])
        .output();
    found.is_ok_and(|output| output.status.success())
}

#[test]
fn lesson_49_the_quick_start_of_the_readme_is_a_right_configuration() {
    const SECTION: &str = "A real event in ten lines";
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let [toml] = &blocks(SECTION, "toml")[..] else {
        panic!("one file")
    };
    let [lines] = &blocks(SECTION, "sh")[..] else {
        panic!("one list of commands")
    };
    write_secret(dir.path(), "usher.toml", toml);
    write_secret(dir.path(), "secrets/work", "a-secret-of-the-quick-start\n");
    for line in lines.lines() {
        let program = if line.contains("ssh-keygen") {
            "ssh-keygen"
        } else {
            "openssl"
        };
        assert!(line.contains(program), "what is {line}?");
        if exists(program) {
            let output = Command::new("sh")
                .args(["-c", line])
                .current_dir(dir.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "{line}:\n{}", said(&output));
            if program == "openssl" {
                assert!(said(&output).contains("BEGIN PUBLIC KEY"), "nothing to paste");
            }
        } else if program == "ssh-keygen" {
            let pem = keys::key(keys::TOWNHALL).pkcs1_pem();
            write_secret(dir.path(), "keys/townhall.pem", &pem);
        }
    }
    let check = run_in(dir.path(), &["check"]);
    assert_eq!(check.status.code(), Some(0), "{}", said(&check));
    assert!(!said(&check).contains("quick-start"), "the secret is shown");
}

#[test]
fn every_command_of_the_readme_exists() {
    let table = README.split_once("## Commands\n").expect("the section").1;
    let table = table.split("\n## ").next().unwrap();
    let rows: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `usher "))
        .collect();
    assert!(rows.len() > 3, "there is a table");
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    for row in rows {
        let usage = row.split_once("` |").expect("a row").0.replace('\\', "");
        let words: Vec<&str> = usage
            .split(' ')
            .take_while(|word| !word.starts_with('['))
            // It is read before `--help` is.
            .filter(|word| *word != "REFERENCE")
            .collect();
        let output = run_in(dir.path(), &[&words[..], &["--help"]].concat());
        assert!(output.status.success(), "{words:?}: {}", said(&output));
        let help = said(&output);
        for flag in usage.split(['[', ' ', ']']).filter(|word| word.starts_with('-')) {
            assert!(help.contains(flag), "{flag} of {words:?} is not in:\n{help}");
        }
    }
}

#[test]
fn c_50_every_command_that_reads_the_configuration_takes_it_by_c() {
    let world = World::start();
    world.signed_in("ada").get("/launch/townhall").expect(302);
    let dir = world.usher.dir.path();
    fs::rename(dir.join("usher.toml"), dir.join("elsewhere.toml")).unwrap();
    write_secret(dir, "ada.json", r#"{ "name": "Ada", "groups": ["staff"] }"#);
    let commands: [&[&str]; 7] = [
        &["check"],
        &["link", "townhall"],
        &["keys", "list"],
        &["explain", "--app", "townhall", "--as", "ada.json"],
        &["audit", "list"],
        &["audit", "export"],
        &["audit", "verify"],
    ];
    for command in commands {
        let without = world.usher.run(command);
        assert!(!without.status.success(), "{command:?} needs no file?");
        assert!(
            said(&without).contains("usher.toml"),
            "the default: {}",
            said(&without)
        );
        for flag in ["-c", "--config"] {
            let with = world.usher.run(&[command, &[flag, "elsewhere.toml"]].concat());
            assert!(with.status.success(), "{command:?} {flag}: {}", said(&with));
        }
    }
    write_secret(dir, "broken.toml", "public_ulr = \"https://go.example.com\"\n");
    for command in [&["serve"][..], &["check"], &["audit", "list"]] {
        let broken = world.usher.run(&[command, &["-c", "broken.toml"]].concat());
        assert!(!broken.status.success(), "{command:?}");
        assert!(
            said(&broken).contains("broken.toml:1"),
            "{command:?}: {}",
            said(&broken)
        );
    }
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let bash = said(&run_in(dir.path(), &["completions", "bash"]));
    assert!(run_in(dir.path(), &["man", "pages"]).status.success());
    let help = said(&run_in(dir.path(), &["help"]));
    let (_, commands) = help.split_once("Commands:\n").expect("a list");
    let commands = commands.lines().map_while(|line| line.split_whitespace().next());
    let commands: Vec<&str> = commands.filter(|name| *name != "help").collect();
    assert!(
        commands.contains(&"serve") && commands.contains(&"audit"),
        "{help}"
    );
    for name in commands {
        assert!(bash.contains(&format!("usher,{name})")), "{name}");
        let page = fs::read_to_string(dir.path().join(format!("pages/usher-{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
    }
    fs::write(dir.path().join("usher.bash"), &bash).unwrap();
    let reads = Command::new("bash")
        .arg("-n")
        .arg(dir.path().join("usher.bash"))
        .status();
    assert!(reads.unwrap().success());
}
