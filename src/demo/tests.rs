use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::config;

/// One request to one of the demo's sites; the whole answer.
async fn get(host: &str, port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect((host, port)).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn port_of(url: &str) -> u16 {
    url::Url::parse(url).unwrap().port().unwrap()
}

#[actix_web::test]
async fn c_46_every_site_answers_and_nothing_is_left_behind() {
    let seen: Rc<RefCell<Option<PathBuf>>> = Rc::default();
    let told = seen.clone();
    let started = Instant::now();
    run::<io::Error, _>(Some(0), async move |path, listener| {
        assert!(started.elapsed() < Duration::from_secs(20));
        let port = listener.local_addr()?.port();
        assert!(listener.local_addr()?.ip().is_loopback());
        let loaded = config::load(&path).unwrap_or_else(|problems| panic!("{problems}"));
        let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
        // Of the lab, and of the desk on another site, which are there to show just that.
        let [lab, desk] = &warnings[..] else {
            panic!("{warnings:?}")
        };
        assert!(lab.contains("admin.lab"), "{lab}");
        assert!(desk.contains("apps.dayshift.origins"), "{desk}");
        let settings = loaded.config;
        assert_eq!(port_of(settings.public_url.origin.as_str()), port);
        assert!(settings.apps.iter().any(|app| app.icon.is_some()));
        let event = fs::read_to_string(&path)?
            .lines()
            .find_map(|line| {
                Some(
                    line.strip_prefix("url = \"")?
                        .strip_suffix("/events/townhall\"")?
                        .to_owned(),
                )
            })
            .unwrap();
        told.replace(Some(path));
        Ok(async move {
            let issuer = settings.providers[0].issuer.as_str();
            let discovery = "/.well-known/openid-configuration";
            // Browsers try [::1] first, so both must lead to the same site.
            for host in ["127.0.0.1", "localhost"] {
                assert!(get(host, port_of(issuer), discovery).await.contains(issuer));
            }
            let answer = get("localhost", port_of(&event), "/events/townhall").await;
            assert!(answer.contains("jwt must be provided"));
            Ok(())
        })
    })
    .await
    .unwrap();
    let path = seen.take().unwrap();
    assert!(!path.parent().unwrap().exists());
}

#[actix_web::test]
async fn a_gateway_that_cannot_start_ends_the_demo() {
    let ended = run::<io::Error, std::future::Ready<io::Result<()>>>(Some(0), async |_, _| {
        Err(io::Error::other("the configuration is wrong"))
    })
    .await;
    assert_eq!(ended.unwrap_err().to_string(), "the configuration is wrong");
}
