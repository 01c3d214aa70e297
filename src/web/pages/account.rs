use askama::Template;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::formatting::Formattable;
use time::macros::format_description;

use super::{Shell, Tile};
use crate::identity::{Groups, GroupsUnknown};
use crate::web::text::{Markup, Text};

/// `GET /account`.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct Account {
    pub shell: Shell,
    pub email_verified: bool,
    pub groups: Groups,
    pub signed_in_at: OffsetDateTime,
    /// The person's sessions, this one among them.
    pub sessions: Vec<Device>,
    /// By the apps that are open to the person.
    pub learning: Vec<Learning>,
    /// Newest first; `None` where they could not be read.
    pub launches: Option<Vec<Opened>>,
    pub csrf: String,
    pub switch_href: String,
    pub now: OffsetDateTime,
}

/// A launch that was.
#[derive(Debug)]
pub struct Opened {
    /// The app's title; its id, where it is not configured any more.
    pub app: String,
    pub at: OffsetDateTime,
}

/// What an app would learn of the person at the next launch.
#[derive(Debug)]
pub struct Learning {
    pub tile: Tile,
    pub learned: Learned,
}

#[derive(Debug)]
pub enum Learned {
    /// Names and values, in the vendor's order.
    Claims(Vec<(String, String)>),
    /// Names only: what the link says decides with.
    Names(Vec<String>),
    /// There would be no launch; why.
    Nothing(Text),
}

/// One of the person's sessions.
#[derive(Debug, Clone)]
pub struct Device {
    /// What `POST /account/sessions/{id}/end` takes.
    pub id: String,
    /// The browser that asks.
    pub this: bool,
    pub started: OffsetDateTime,
    pub last_seen: OffsetDateTime,
}

impl Account {
    fn ago(&self, then: &OffsetDateTime) -> String {
        self.shell.plain(&ago((self.now - *then).whole_minutes()))
    }

    fn count(&self, claims: usize) -> String {
        let n = u64::try_from(claims).unwrap_or(u64::MAX);
        self.shell
            .plain(&Text::new("account-learning-count").with("n", n))
    }

    fn end_label(&self, device: &Device) -> String {
        self.shell
            .plain(&Text::new("account-end-of").with("ago", self.ago(&device.started)))
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "askama passes by reference")]
    fn unknown_groups(&self, why: &GroupsUnknown, provider: &str) -> Markup {
        let key = match why {
            GroupsUnknown::Absent => "account-groups-absent",
            GroupsUnknown::WrongType => "account-groups-wrong",
            GroupsUnknown::Overage => "account-groups-overage",
        };
        self.shell.t1(key, "provider", provider)
    }
}

/// For machines.
pub(super) fn stamp(then: &OffsetDateTime) -> String {
    in_utc(then, &Rfc3339)
}

/// For people who compare it with a log.
pub(in crate::web) fn exact(then: &OffsetDateTime) -> String {
    in_utc(
        then,
        format_description!("[year]-[month]-[day] [hour]:[minute] UTC"),
    )
}

fn in_utc(then: &OffsetDateTime, form: &(impl Formattable + ?Sized)) -> String {
    then.to_offset(time::UtcOffset::UTC)
        .format(form)
        .unwrap_or_default()
}

/// How long ago, in the largest unit that fits.
pub(super) fn ago(minutes: i64) -> Text {
    let minutes = u64::try_from(minutes).unwrap_or(0);
    match minutes {
        0 => Text::new("ago-now"),
        1..60 => Text::new("ago-minutes").with("n", minutes),
        60..1440 => Text::new("ago-hours").with("n", minutes / 60),
        _ => Text::new("ago-days").with("n", minutes / 1440),
    }
}
