//! `[providers.*]`.

use jsonwebtoken::Algorithm;
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::client_auth::{self, ClientKey};
use super::file::Tolerance;
use super::keys;
use super::preset::{Preset, preset};
use super::reader::{Item, Table};
use super::secret::plain_file;
use super::server::short;
use super::{AuthTime, Provider};
use crate::expression::meant;
use crate::identity::jwt;
use crate::identity::settings::Dialect;
use crate::types::{Issuer, ProviderId};

/// What Usher says itself in an authorization request.
const OWN_PARAMS: [&str; 20] = [
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "response_type",
    "response_mode",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "request",
    "request_uri",
    "max_age",
    "acr_values",
    "login_hint",
    "id_token_hint",
    "ui_locales",
];

/// What to ask for where nothing else is said.
pub(super) const SCOPES: [&str; 3] = ["openid", "profile", "email"];

/// The names of all providers of the file, also of those with a fault.
pub(super) fn ids(file: &Table<'_>) -> Vec<ProviderId> {
    let entries = file
        .get("providers")
        .filter(Item::is_table)
        .and_then(|item| item.entries());
    let ids = entries.unwrap_or_default();
    ids.iter()
        .filter_map(|(id, _)| ProviderId::parse(id).ok())
        .collect()
}

/// The provider that the file names `text`.
pub(crate) fn provider_among(text: &str, known: &[ProviderId]) -> Result<ProviderId, String> {
    let names: Vec<&str> = known.iter().map(ProviderId::as_str).collect();
    let found = known.iter().find(|id| id.as_str() == text).cloned();
    found.ok_or_else(|| format!("names a provider that is not there{}", meant(text, &names)))
}

/// The providers, and the keys by which some of them know us.
pub(super) fn providers(file: &Table<'_>, tolerance: &Tolerance) -> (Vec<Provider>, Vec<ClientKey>) {
    let entries = file
        .get("providers")
        .and_then(|item| item.entries())
        .unwrap_or_default();
    if entries.is_empty() {
        file.error(
            "providers",
            "is missing: nobody could sign in without a [providers.NAME]",
        );
    }
    let mut providers: Vec<Provider> = Vec::new();
    let mut keys = Vec::new();
    for (id, item) in entries {
        let Some((found, key)) = provider(id, &item, tolerance) else {
            continue;
        };
        if providers
            .iter()
            .any(|p| p.issuer == found.issuer && p.client_id == found.client_id)
        {
            item.error("has the issuer and client_id of another provider");
        }
        providers.push(found);
        keys.extend(key);
    }
    (providers, keys)
}

fn provider(id: &str, item: &Item<'_>, tolerance: &Tolerance) -> Option<(Provider, Option<ClientKey>)> {
    let table = item.table(keys::PROVIDER.keys)?;
    let id = ProviderId::parse(id).map_err(|e| item.error(e.to_string())).ok();
    let preset = preset(&table);
    let issuer = issuer(&table, preset);
    let client_id = table
        .require("client_id")
        .and_then(|item| item.parsed(|text| short(text, 255)));
    let client = client_auth::read(&table, tolerance);
    let title = preset.map_or(id.as_ref()?.as_str(), |preset| preset.title);
    let title = table.parsed("title", title.to_owned(), |text| short(text, 60));
    let groups_claim = preset.map_or("groups", |preset| preset.groups_claim);
    let ca_pem = table
        .get("ca_file")
        .and_then(|item| plain_file(&item).map(|bytes| (item, bytes)));
    if let Some((item, bytes)) = &ca_pem
        && let Err(message) = trust_anchors(bytes)
    {
        item.error(message);
    }
    let issuer = issuer?;
    let (auth, key) = client?;
    let id = id?;
    let key = key.map(|key| ClientKey {
        provider: id.clone(),
        key,
    });
    let provider = Provider {
        id,
        title,
        client_id: client_id?,
        auth,
        par: table.flag("par"),
        scopes: scopes(&table, preset.map_or(&SCOPES, |preset| preset.scopes(&issuer))),
        groups_claim: table.parsed("groups_claim", groups_claim.to_owned(), |text| short(text, 255)),
        groups_absent_means_empty: table.parsed("groups_absent", false, |text| match text {
            "empty" => Ok(true),
            "unknown" => Ok(false),
            _ => Err("is \"unknown\" or \"empty\"".into()),
        }),
        trust_email: table.flag("trust_email"),
        dialect: preset.map_or(Dialect::Standard, |preset| preset.dialect(&issuer)),
        id_token_algs: algorithms(&table),
        prompt: table.parsed("prompt", None, |text| match text {
            "login" | "consent" | "select_account" => Ok(Some(text.to_owned())),
            _ => Err("is login, consent or select_account".into()),
        }),
        auth_time: table.parsed("auth_time", AuthTime::Provider, |text| match text {
            "provider" => Ok(AuthTime::Provider),
            "callback" => Ok(AuthTime::Callback),
            _ => Err("is \"provider\" or \"callback\"".into()),
        }),
        ends_by_form: table.parsed("end_session", false, |text| match text {
            "redirect" => Ok(false),
            "form_post" => Ok(true),
            _ => Err("is \"redirect\" or \"form_post\"".into()),
        }),
        extra_params: extra_params(&table),
        ca_pem: ca_pem.map(|(_, bytes)| bytes),
        allow_private_network: table.flag("allow_private_network"),
        issuer,
    };
    Some((provider, key))
}

/// The issuer, which a preset may know and has an eye on.
fn issuer(table: &Table<'_>, preset: Option<&Preset>) -> Option<Issuer> {
    if !table.has("issuer")
        && let Some(known) = preset.and_then(Preset::issuer)
    {
        return Some(known);
    }
    let item = table.require("issuer")?;
    let issuer = item.parsed(|text| Issuer::parse(text).map_err(|e| e.to_string()))?;
    if let Some(preset) = preset {
        preset.check(&item, &issuer);
    }
    Some(issuer)
}

/// Whether all of a PEM bundle can be trust anchors; the provider's client takes all or none.
fn trust_anchors(pem: &[u8]) -> Result<(), String> {
    let mut anchors = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let number = anchors.len() + 1;
        certificate
            .ok()
            .and_then(|certificate| anchors.add(certificate).ok())
            .ok_or_else(|| format!("names a file with a certificate that cannot be read: number {number}"))?;
    }
    if anchors.is_empty() {
        return Err("names a file without a PEM certificate".into());
    }
    Ok(())
}

fn scopes(table: &Table<'_>, unsaid: &[&str]) -> Vec<String> {
    if !table.has("scopes") {
        return unsaid.iter().map(|scope| (*scope).to_owned()).collect();
    }
    let token = |text: &str| {
        let fits = !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
        if fits {
            Ok(text.to_owned())
        } else {
            Err("is not a scope: printable ASCII without spaces".into())
        }
    };
    let mut scopes: Vec<String> = table
        .texts("scopes")
        .iter()
        .filter_map(|(item, _)| item.parsed(token))
        .collect();
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    scopes
}

fn algorithms(table: &Table<'_>) -> Vec<Algorithm> {
    let algorithm = |text: &str| {
        let wrong =
            "is RS256 to RS512, PS256 to PS512, ES256, ES384, Ed25519 or EdDSA; never none and never HMAC";
        jwt::algorithm(text).ok_or_else(|| wrong.to_owned())
    };
    if !table.has("id_token_algs") {
        return vec![Algorithm::RS256];
    }
    let listed = table.texts("id_token_algs");
    if listed.is_empty() {
        table.error("id_token_algs", "is empty");
    }
    listed
        .iter()
        .filter_map(|(item, _)| item.parsed(algorithm))
        .collect()
}

fn extra_params(table: &Table<'_>) -> Vec<(String, String)> {
    let entries = table
        .get("extra_params")
        .and_then(|item| item.entries())
        .unwrap_or_default();
    let mut params = Vec::new();
    for (name, item) in entries {
        if OWN_PARAMS.contains(&name) {
            item.error("is said by Usher itself");
        } else if let Some(value) = item.text() {
            params.push((name.to_owned(), value.to_owned()));
        }
    }
    params
}
