//! What error pages say.

use std::borrow::Cow;

use super::{Arg, Text};

/// Every reason code that a person can meet on a page; its texts are `error-<code>-title`, `-text`, `-cure`
/// with `-` for `.` and `_`.
pub const CODES: &[&str] = &[
    "bad_request",
    "params.undeclared",
    "params.missing",
    "params.repeated",
    "params.mismatch",
    "params.too_long",
    "params.control_character",
    "params.not_text",
    "params.not_json",
    "login.bad_request",
    "login.state_invalid",
    "login.expired",
    "login.logged_out",
    "login.other_browser",
    "login.refused",
    "login.temporarily_unavailable",
    "login.iss_mismatch",
    "login.loop",
    "login.wrong_provider",
    "login.step_up",
    "admin.not_allowed",
    "audit.filter",
    "audit.slow",
    "access.not_allowed",
    "access.denied",
    "access.when_not_met",
    "access.email_rebound",
    "access.auth_too_old",
    "access.auth_time_unknown",
    "access.acr_not_met",
    "access.groups_overage",
    "access.groups_unknown",
    "access.email_unverified",
    "claims.missing",
    "claims.email_unverified",
    "claims.failed",
    "claims.too_large",
    "claims.too_long",
    "room.failed",
    "room.slow",
    "window.not_open",
    "window.closed",
    "launch.no_page",
    "launch.framed",
    "launch.not_navigation",
    "launch.address_too_long",
    "launch.needs_confirm",
    "origin.not_allowed",
    "media_type.unsupported",
    "code.invalid",
    "csrf.invalid",
    "session.required",
    "not_found",
    "app.unknown",
    "method.not_allowed",
    "too_large",
    "headers.too_large",
    "host.unknown",
    "rate.limited",
    "provider.wrong_answer",
    "provider.unreachable",
    "provider.slow",
    "id_token.invalid",
    "store.down",
    "clock.unsteady",
    "key.unusable",
    "internal",
];

/// The three texts of an error page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorTexts {
    pub title: Text,
    /// What happened.
    pub text: Text,
    /// What to do.
    pub cure: Text,
}

/// The texts of a reason code; a code that is not among [`CODES`] is `internal`. Arguments: `name` (of a
/// parameter), `app`, `provider` (titles), `claim`, `seconds`; general words stand in for those not given.
pub fn error(code: &str) -> ErrorTexts {
    let code = if CODES.contains(&code) { code } else { "internal" };
    let stem = code.replace(['.', '_'], "-");
    let text = |part| Text {
        key: Cow::Owned(format!("error-{stem}-{part}")),
        args: vec![
            ("name", Arg::Key("some-parameter")),
            ("app", Arg::Key("some-app")),
            ("provider", Arg::Key("some-provider")),
            ("claim", Arg::Key("some-claim")),
            ("seconds", Arg::Number(60)),
        ],
    };
    ErrorTexts {
        title: text("title"),
        text: text("text"),
        cure: text("cure"),
    }
}

impl ErrorTexts {
    /// Sets an argument in all three.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<Arg>) -> Self {
        let value = value.into();
        Self {
            title: self.title.with(name, value.clone()),
            text: self.text.with(name, value.clone()),
            cure: self.cure.with(name, value),
        }
    }
}
