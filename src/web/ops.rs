//! `/healthz`, `/readyz`, `/metrics`: for operations, on a listener of their own (lesson 42).

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;

use super::figures;
use super::gateway::Live;
use crate::config::App;
use crate::identity::provider::{Provider, ProviderError};
use crate::signer::PublicKey;

pub fn routes(service: &mut web::ServiceConfig) {
    service
        .route("/healthz", web::get().to(healthz))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(show_metrics));
}

/// The process answers.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// 503 only while the store is down, the process drains or no app can be opened (C-43).
async fn readyz(live: web::Data<Live>) -> HttpResponse {
    let gateway = live.gateway();
    let store = gateway.store().is_up();
    let draining = gateway.lasting.is_draining();
    let apps = gateway.config.apps.len();
    let provider = |provider: &Arc<Provider>| {
        json!({
            "id": provider.settings.id.as_str(),
            "metadata": if provider.last_known().is_some() { "known" } else { "unknown" },
            "last_failure": provider.last_failure().map(ProviderError::code),
        })
    };
    // The hash of a secret is nobody's to see: it could be tried against guesses.
    let key = |app: &App| {
        let public = app.key.public().map(PublicKey::fingerprint);
        json!({ "app": app.id.as_str(), "fingerprint": public })
    };
    let body = json!({
        "ready": store && !draining && apps > 0,
        "store": if store { "up" } else { "down" },
        "draining": draining,
        "clock": if gateway.lasting.clock.is_steady() { "steady" } else { "unsteady" },
        "generation": gateway.generation,
        "providers": gateway.providers.iter().map(provider).collect::<Vec<_>>(),
        "keys": gateway.config.apps.iter().map(key).collect::<Vec<_>>(),
    });
    let mut answer = if body["ready"] == true {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    answer.content_type("application/json").body(body.to_string())
}

async fn show_metrics(live: web::Data<Live>, prometheus: web::Data<PrometheusHandle>) -> HttpResponse {
    figures::publish(&live.gateway());
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(prometheus.render())
}
