//! `usher healthcheck`, as an engine asks it inside of a container.

use crate::harness::usher::{Usher, write_secret};
use crate::harness::world::bare;
use crate::harness::{How, World};

/// What the command says of the gateway at this port, which listens on all addresses as far as the file says.
fn ask(world: &World, port: u16, args: &[&str]) -> (Option<i32>, String) {
    // Whatever else somebody may be changing in the file: the gateway runs.
    let file = format!("public_url = \"half a cha\n[server]\nops_listen = \"0.0.0.0:{port}\"\nno_key = 1\n");
    write_secret(world.usher.dir.path(), "container.toml", &file);
    let output = world
        .usher
        .run(&[&["healthcheck", "-c", "container.toml"], args].concat());
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    (output.status.code(), said.concat())
}

#[test]
fn c_43_a_healthy_gateway_is_told_from_one_that_cannot_serve_and_from_none() {
    let mut world = World::start();
    let port = world.usher.ops_port;
    for args in [&[][..], &["--ready"]] {
        assert_eq!(ask(&world, port, args), (Some(0), "ok\n".to_owned()));
    }

    let secrets = std::sync::Arc::clone(&world.usher.secrets);
    let idle = Usher::start(secrets, How::default(), |port| {
        let mut settings = bare(port);
        settings.add(
            "[providers.lonely]",
            "issuer = \"https://login.example.com\"\nclient_id = \"usher\"\nauth_method = \"none\"",
        );
        settings
    });
    assert_eq!(ask(&world, idle.ops_port, &[]).0, Some(0), "it lives");
    let (code, said) = ask(&world, idle.ops_port, &["--ready"]);
    assert_eq!(code, Some(1), "no app can be opened");
    assert!(said.contains("503"), "{said}");

    world.usher.stop();
    let (code, said) = ask(&world, port, &[]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains(&format!("nobody answers at 127.0.0.1:{port}")),
        "{said}"
    );
}
