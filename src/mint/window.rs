//! When an app is open (C-11).

use time::OffsetDateTime;

use super::Refusal;

/// From `opens_at` on and before `closes_at`; what is absent sets no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    pub opens_at: Option<OffsetDateTime>,
    pub closes_at: Option<OffsetDateTime>,
}

impl Window {
    /// Whether the app is open now.
    pub fn admit(self, now: OffsetDateTime) -> Result<(), Refusal> {
        match (self.opens_at, self.closes_at) {
            (Some(opens_at), _) if now < opens_at => Err(Refusal::NotOpenYet { opens_at }),
            (_, Some(closed_at)) if closed_at <= now => Err(Refusal::Closed { closed_at }),
            _ => Ok(()),
        }
    }

    /// Whether it will not open any more.
    pub fn is_over(self, now: OffsetDateTime) -> bool {
        matches!(self.admit(now), Err(Refusal::Closed { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    #[test]
    fn c_11_a_window_takes_in_its_first_moment_and_not_its_last() {
        let (from, to) = (datetime!(2026-11-21 12:00 UTC), datetime!(2026-11-21 13:00 +1));
        let window = |opens_at, closes_at| Window { opens_at, closes_at };
        let code = |window: Window, now| window.admit(now).err().map(|refusal| refusal.code());
        let (second, both) = (Duration::SECOND, window(Some(from), Some(to + Duration::HOUR)));
        assert_eq!(code(both, from - second), Some("window.not_open"));
        assert_eq!(code(both, from), None);
        assert_eq!(code(both, to + Duration::HOUR - second), None);
        assert_eq!(code(both, to + Duration::HOUR), Some("window.closed"));
        assert_eq!(code(Window::default(), from), None);
        assert!(window(None, Some(from)).is_over(from) && !both.is_over(from - second));
    }
}
