//! Redirect loops: three rounds of launch → provider → launch within a minute, and still no
//! session, end on a page that says why (C-56, lesson 1).

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::attempt::{Destination, decode, encode};
use super::cookie::{Cookie, Cookies, Jar};
use super::seal::{Purpose, Sealer};

const MOST: u8 = 3;
const WINDOW: Duration = Duration::seconds(60);

/// The rounds that one browser made towards one destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    destination: [u8; 8],
    count: u8,
    since: i64,
    /// A sign-in has just ended and sent the browser on; its launch must come with a session.
    returning: bool,
}

impl Rounds {
    pub fn read(cookies: &Cookies, jar: Jar, sealer: &Sealer) -> Option<Self> {
        let name = jar.name(Cookie::Rounds);
        decode(&sealer.open(Purpose::Rounds, &name, cookies.get(&name).one()?)?)
    }

    pub fn cookie(&self, jar: Jar, sealer: &Sealer) -> String {
        let text = sealer.seal(Purpose::Rounds, &jar.name(Cookie::Rounds), &encode(self));
        jar.set(Cookie::Rounds, &text, Some(WINDOW.whole_seconds()))
    }

    /// A sign-in for `destination` has succeeded; what to remember until the launch that follows.
    pub fn returning(before: Option<Self>, destination: &Destination, now: OffsetDateTime) -> Self {
        let destination = short_hash(destination);
        match before {
            Some(rounds) if rounds.destination == destination && rounds.is_recent(now) => Self {
                returning: true,
                ..rounds
            },
            _ => Self {
                destination,
                count: 0,
                since: now.unix_timestamp(),
                returning: true,
            },
        }
    }

    /// `destination` is asked for without a session: one more round where a sign-in for it has
    /// just ended, so that parallel tabs are not taken for rounds.
    pub fn without_session(
        before: Option<Self>,
        destination: &Destination,
        now: OffsetDateTime,
    ) -> Option<Self> {
        let rounds = before?;
        let same = rounds.destination == short_hash(destination) && rounds.is_recent(now);
        (same && rounds.returning).then(|| Self {
            count: rounds.count + 1,
            returning: false,
            ..rounds
        })
    }

    pub fn is_loop(&self) -> bool {
        self.count >= MOST
    }

    fn is_recent(&self, now: OffsetDateTime) -> bool {
        now.unix_timestamp() - self.since < WINDOW.whole_seconds()
    }
}

fn short_hash(destination: &Destination) -> [u8; 8] {
    let hash = digest::digest(&digest::SHA256, destination.path().as_bytes());
    hash.as_ref()[..8].try_into().expect("eight bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::attempt::Page;

    const THERE: Destination = Destination::Page(Page::Account);

    #[test]
    fn c_56_three_rounds_in_a_minute_are_a_loop() {
        let now = time::macros::datetime!(2026-11-21 12:00 UTC);
        let mut rounds = None;
        for round in 1..=3 {
            rounds = Rounds::without_session(Some(Rounds::returning(rounds, &THERE, now)), &THERE, now);
            assert_eq!(rounds.as_ref().unwrap().is_loop(), round == 3);
        }
        let later = now + Duration::seconds(61);
        let again = Rounds::without_session(Some(Rounds::returning(rounds, &THERE, later)), &THERE, later);
        assert!(!again.unwrap().is_loop(), "a minute later the count starts anew");
    }

    #[test]
    fn c_56_parallel_tabs_are_not_rounds() {
        let now = time::macros::datetime!(2026-11-21 12:00 UTC);
        assert_eq!(Rounds::without_session(None, &THERE, now), None);
        let once = Rounds::without_session(Some(Rounds::returning(None, &THERE, now)), &THERE, now);
        assert_eq!(
            Rounds::without_session(once, &THERE, now),
            None,
            "the second tab comes from no sign-in"
        );
    }
}
