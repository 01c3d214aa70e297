//! `[admin]`: who may see the pages for admins. Closed by default: without `allow` there are none.

use super::app::max_auth_age;
use super::keys;
use super::reader::Table;
use crate::access::{Admins, Matcher, StepUp};
use crate::types::ProviderId;
use crate::vendors::matchers;

pub(super) fn admins(file: &Table<'_>, providers: &[ProviderId]) -> Option<Admins> {
    if !file.has("admin") {
        return None;
    }
    let table = file.table("admin", keys::ADMIN.keys)?;
    let step_up = StepUp {
        max_auth_age: max_auth_age(&table),
        ..StepUp::default()
    };
    if !table.has("allow") {
        table.warn("allow", "is missing, so there are no pages for admins");
        return None;
    }
    let allow = matchers(&table, "allow", providers);
    if allow.contains(&Matcher::Everyone) {
        table.warn("allow", "makes an admin of everyone who can sign in");
    } else if allow.is_empty() && table.texts("allow").is_empty() {
        table.error(
            "allow",
            "is empty, so nobody could come; leave [admin] out for no such pages",
        );
    }
    let lab = table.flag("lab");
    if lab {
        table.warn(
            "lab",
            "is on: admins can open apps with tokens that are wrong on purpose; switch it off when you are done",
        );
    }
    Some(Admins { allow, step_up, lab })
}

#[cfg(test)]
mod tests {
    use crate::config::tests::{FRAMEABLE, file, loaded, refusal};

    fn with(admin: &str) -> String {
        file(admin, FRAMEABLE)
    }

    #[test]
    fn c_37_without_allow_nobody_is_an_admin() {
        assert!(loaded(&with("")).config.admin.is_none());
        let half = loaded(&with("[admin]\nmax_auth_age = \"15m\""));
        assert!(half.config.admin.is_none());
        let said = half.warnings[0].to_string();
        assert!(said.contains("admin.allow: is missing"), "{said}");
        let told = refusal(&with("[admin]\nallow = []"));
        assert!(told.contains("admin.allow: is empty"), "{told}");
    }

    #[test]
    fn c_37_the_rules_are_those_of_an_app() {
        let admins = loaded(&with(
            "[admin]\nallow = [\"group:it\", \"email:ada@example.com\", \"provider:work\"]\nmax_auth_age = \"15m\"",
        ));
        assert_eq!(admins.warnings, []);
        let admins = admins.config.admin.unwrap();
        let rules: Vec<String> = admins.allow.iter().map(ToString::to_string).collect();
        assert_eq!(rules, ["group:it", "email:ada@example.com", "provider:work"]);
        assert_eq!(admins.step_up.max_auth_age, Some(time::Duration::minutes(15)));
        for (admin, why) in [
            ("allow = [\"it\"]", "a rule is one of"),
            ("allow = [\"provider:wrok\"]", "did you mean work?"),
            (
                "allow = [\"group:it\"]\nmax_auth_age = \"1s\"",
                "must be from 30s to 400d",
            ),
            ("alow = [\"group:it\"]", "did you mean allow?"),
            ("allow = [\"group:it\"]\nlab = 1", "must be true or false"),
        ] {
            let told = refusal(&with(&format!("[admin]\n{admin}")));
            assert!(told.contains(why), "{admin}: {told}");
        }
    }

    #[test]
    fn c_37_the_lab_is_off_unless_it_is_switched_on_which_is_warned_of() {
        let admins = |lab: &str| loaded(&with(&format!("[admin]\nallow = [\"group:it\"]{lab}")));
        for off in ["", "\nlab = false"] {
            let off = admins(off);
            assert!(!off.config.lab());
            assert_eq!(off.warnings, []);
        }
        let on = admins("\nlab = true");
        assert!(on.config.lab());
        let said = on.warnings[0].to_string();
        assert!(said.contains("admin.lab: is on"), "{said}");
        let nobody = loaded(&with("[admin]\nlab = true"));
        assert!(!nobody.config.lab(), "without admins there is none");
    }

    #[test]
    fn c_37_everyone_is_warned_of() {
        let warnings = loaded(&with("[admin]\nallow = [\"everyone\"]")).warnings;
        let said = warnings[0].to_string();
        assert!(said.contains("admin.allow: makes an admin of everyone"), "{said}");
    }
}
