//! Every key that the file may have, by section. The reader takes keys from these lists only, so
//! that they cannot drift from what is read.

/// The keys of one section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    pub name: &'static str,
    pub keys: &'static [&'static str],
}

macro_rules! sections {
    ($($id:ident $name:literal [$($key:literal)*])*) => {
        $(pub const $id: Section = Section { name: $name, keys: &[$($key),*] };)*
        /// All sections.
        pub const SECTIONS: &[Section] = &[$($id),*];
    };
}

sections! {
    FILE "" ["public_url" "server" "tls" "brand" "store" "session" "limits" "log" "audit" "admin" "otlp" "providers" "apps" "test"]
    SERVER "server" ["listen" "ops_listen" "trusted_proxies" "drain" "sealing_key_file" "secret_dirs" "outbound_proxy"]
    TLS "tls" ["cert_file" "key_file"]
    BRAND "brand" ["name" "logo_file" "accent" "support_url"]
    STORE "store" ["url" "url_file" "url_env"]
    SESSION "session" ["idle" "lifetime"]
    LIMITS "limits" ["launches_per_minute" "sign_ins_per_minute" "logouts_per_minute"]
    LOG "log" ["format" "level"]
    AUDIT "audit" ["key_file" "keep" "person" "values"]
    ADMIN "admin" ["allow" "max_auth_age" "lab"]
    OTLP "otlp" ["endpoint"]
    PROVIDER "providers.*" [
        "issuer" "title" "client_id" "client_secret" "client_secret_file" "client_secret_env" "client_key"
        "client_key_file" "client_key_env" "client_kid" "client_key_typ" "auth_method" "par" "scopes"
        "groups_claim" "groups_absent" "trust_email" "id_token_algs" "prompt" "auth_time" "end_session" "extra_params" "ca_file"
        "allow_private_network" "provider"
    ]
    APP "apps.*" [
        "vendor" "title" "description" "icon" "category" "contact" "hidden" "new_tab" "confirm" "providers" "origins"
        "params" "allow" "deny" "when" "max_auth_age" "acr_values" "roles" "url" "ttl" "iat_backdate" "key" "key_file" "key_env" "kid" "shared_key"
        "opens_at" "closes_at" "handover" "bind_email"
    ]
    FRAMEABLE "apps.* (frameable)" ["display_name" "email" "avatar_url" "user_profile"]
    COBROWSE "apps.* (cobrowse)" ["license_key" "display_name" "role" "policy" "delivery"]
    VONAGE_VIDEO "apps.* (vonage-video)" [
        "application_id" "session_id" "room" "role" "connection_data" "data_claim" "layout_classes" "archive_mode"
        "media_mode" "api_url"
    ]
    SOUL_MACHINES "apps.* (soul-machines)" [
        "key_name" "secret" "secret_file" "secret_env" "session_server" "control" "control_via_browser"
        "control_cookie_header" "claims"
    ]
    BIT6 "apps.* (bit6)" ["key_id" "secret" "secret_file" "secret_env" "audience" "identity" "grants"]
    CUSTOM "apps.* (custom)" [
        "alg" "secret" "secret_file" "secret_env" "secret_encoding" "header" "claims" "auto_claims" "iat_as" "exp_as"
        "nbf_as" "jti_as" "time_unit" "token_param" "delivery" "response" "redirect_uris"
    ]
    ROLE "apps.*.roles" ["role" "allow" "max_auth_age"]
    PARAM "apps.*.params.*" ["match" "within" "optional"]
    TEST "test" ["as" "app" "params" "expect"]
    AS "test.as" [
        "sub" "issuer" "provider" "email" "email_verified" "name" "given_name" "family_name" "preferred_username"
        "picture" "groups" "claims" "auth_time" "acr"
    ]
    EXPECT "test.expect" ["allowed" "reason" "claims"]
}
