//! A provider that answers whatever it is asked after 50 ms, and costs little.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Data, Form, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::time::sleep;
use usher::clock::{Clock as _, SystemClock};

const LATENCY: Duration = Duration::from_millis(50);

/// As the gateway is registered.
pub const CLIENT: &str = "usher";

/// A code names the person, and what the authorization request said.
const BETWEEN: char = '~';

pub struct Provider {
    pub issuer: String,
    pub asked: Arc<Asked>,
}

/// How often it was asked for what.
#[derive(Default)]
pub struct Asked {
    pub metadata: AtomicUsize,
    pub keys: AtomicUsize,
    pub tokens: AtomicUsize,
    pub userinfo: AtomicUsize,
}

struct Desk {
    issuer: String,
    key: EcdsaKeyPair,
    asked: Arc<Asked>,
}

impl Provider {
    /// Starts on a thread of its own, on a free port.
    pub fn start() -> Self {
        let (tell, told) = mpsc::channel();
        thread::spawn(move || actix_web::rt::System::new().block_on(serve(&tell)));
        told.recv().expect("a provider")
    }
}

async fn serve(tell: &mpsc::Sender<Provider>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    drop(listener);
    let asked = Arc::new(Asked::default());
    let issuer = format!("http://localhost:{port}");
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let desk = Data::new(Desk {
        issuer: issuer.clone(),
        key,
        asked: Arc::clone(&asked),
    });
    let app = move || {
        App::new()
            .app_data(desk.clone())
            .route("/.well-known/openid-configuration", web::get().to(metadata))
            .route("/jwks", web::get().to(keys))
            .route("/authorize", web::get().to(authorize))
            .route("/token", web::post().to(token))
            .route("/userinfo", web::get().to(userinfo))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .backlog(16_384)
        .keep_alive(Duration::from_mins(1))
        .client_request_timeout(Duration::ZERO)
        .disable_signals()
        .bind(("127.0.0.1", port))
        .expect("a free port")
        .run();
    tell.send(Provider { issuer, asked }).expect("a benchmark");
    server.await.expect("a provider");
}

async fn metadata(desk: Data<Desk>) -> HttpResponse {
    desk.asked.metadata.fetch_add(1, Ordering::Relaxed);
    sleep(LATENCY).await;
    let issuer = &desk.issuer;
    HttpResponse::Ok().json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(desk: Data<Desk>) -> HttpResponse {
    desk.asked.keys.fetch_add(1, Ordering::Relaxed);
    sleep(LATENCY).await;
    // An uncompressed point (SEC 1, section 2.3.3).
    let point = desk.key.public_key().as_ref();
    let [x, y] = [&point[1..33], &point[33..65]].map(|half| URL_SAFE_NO_PAD.encode(half));
    let key =
        json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "1", "x": x, "y": y });
    HttpResponse::Ok().json(json!({ "keys": [key] }))
}

/// Everybody is signed in here already, by a cookie.
async fn authorize(
    request: HttpRequest,
    asked: Query<HashMap<String, String>>,
    desk: Data<Desk>,
) -> HttpResponse {
    sleep(LATENCY).await;
    let cookie = request.headers().get(header::COOKIE);
    let cookie = cookie.and_then(|cookie| cookie.to_str().ok()?.strip_prefix("person="));
    let said = |name: &str| asked.get(name).map(String::as_str);
    let (Some(person), Some(back), Some(state), Some(nonce), Some(challenge)) = (
        cookie,
        said("redirect_uri"),
        said("state"),
        said("nonce"),
        said("code_challenge"),
    ) else {
        return HttpResponse::BadRequest().finish();
    };
    let code = format!("{person}{BETWEEN}{nonce}{BETWEEN}{challenge}");
    let mut back = url::Url::parse(back).expect("an address");
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", state)
        .append_pair("iss", &desk.issuer);
    HttpResponse::Found()
        .insert_header((header::LOCATION, back.as_str()))
        .finish()
}

async fn token(form: Form<HashMap<String, String>>, desk: Data<Desk>) -> HttpResponse {
    desk.asked.tokens.fetch_add(1, Ordering::Relaxed);
    sleep(LATENCY).await;
    let said = |name: &str| form.get(name).map_or("", String::as_str);
    let mut code = said("code").split(BETWEEN);
    let (Some(person), Some(nonce), Some(challenge)) = (code.next(), code.next(), code.next()) else {
        return HttpResponse::BadRequest().json(json!({ "error": "invalid_grant" }));
    };
    let verifier = digest(&SHA256, said("code_verifier").as_bytes());
    if URL_SAFE_NO_PAD.encode(verifier) != challenge {
        return HttpResponse::BadRequest().json(json!({ "error": "invalid_grant" }));
    }
    let now = SystemClock.now().unix_timestamp();
    let mut claims = claims(person);
    for (name, value) in [
        ("iss", json!(desk.issuer)),
        ("aud", json!(CLIENT)),
        ("iat", json!(now)),
        ("exp", json!(now + 300)),
        ("auth_time", json!(now - 60)),
        ("nonce", json!(nonce)),
        ("sid", json!(format!("session-of-{person}"))),
    ] {
        claims[name] = value;
    }
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({
            "access_token": person,
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": sign(&desk.key, &claims),
        }))
}

async fn userinfo(request: HttpRequest, desk: Data<Desk>) -> HttpResponse {
    desk.asked.userinfo.fetch_add(1, Ordering::Relaxed);
    sleep(LATENCY).await;
    let bearer = request.headers().get(header::AUTHORIZATION);
    match bearer.and_then(|bearer| bearer.to_str().ok()?.strip_prefix("Bearer ")) {
        Some(person) => HttpResponse::Ok().json(claims(person)),
        None => HttpResponse::Unauthorized().finish(),
    }
}

fn claims(person: &str) -> Value {
    json!({
        "sub": format!("person-{person}"),
        "name": format!("Person {person}"),
        "given_name": "Person",
        "family_name": person,
        "email": format!("person-{person}@example.com"),
        "email_verified": true,
        "title": "Guest",
        "groups": ["staff", "berlin", "everybody"],
    })
}

/// A compact JWS by ES256 (RFC 7515, RFC 7518).
fn sign(key: &EcdsaKeyPair, claims: &Value) -> String {
    let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"1","typ":"JWT"}"#);
    let body = URL_SAFE_NO_PAD.encode(claims.to_string());
    let signed = format!("{head}.{body}");
    let signature = key
        .sign(&SystemRandom::new(), signed.as_bytes())
        .expect("a signature");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
