//! References: to everybody else 80 random bits (C-34), to whoever has the audit key also the time.
//!
//! Records are found by their time, beside which the next one is written too. An index of references would
//! have every record change a page of its own somewhere in the file. Under another key a reference leads nowhere.

use std::ops::Range;

use aws_lc_rs::hmac;
use time::{Duration, OffsetDateTime};

use super::chain::ChainKey;
use crate::types::{Reference, random_bytes};

/// The time's share of a reference; it lasts until the year 2318.
const BITS: u32 = 40;
const MASK: u64 = (1 << BITS) - 1;
/// How exactly it says when.
const STEP_MS: i64 = 10;

impl ChainKey {
    /// A new reference for what happens at `now`.
    pub fn reference(&self, now: OffsetDateTime) -> Reference {
        let steps = (now - OffsetDateTime::UNIX_EPOCH).whole_milliseconds() / i128::from(STEP_MS);
        let steps = u64::try_from(steps).unwrap_or(0) & MASK;
        let salt = u64::from_be_bytes(random_bytes()) & MASK;
        Reference::of(u128::from(salt) << BITS | u128::from(steps ^ self.veil(salt)))
    }

    /// When that was for which a reference was made.
    pub fn moment(&self, reference: &Reference) -> Range<OffsetDateTime> {
        let bits = reference.bits();
        let part = |bits: u128| u64::try_from(bits & u128::from(MASK)).unwrap_or(0);
        let steps = part(bits) ^ self.veil(part(bits >> BITS));
        let start = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(steps.cast_signed() * STEP_MS);
        start..start + Duration::milliseconds(STEP_MS)
    }

    /// What hides the time beside this salt.
    fn veil(&self, salt: u64) -> u64 {
        let hash = hmac::sign(&self.references, &salt.to_be_bytes());
        let bytes = hash.as_ref().first_chunk().copied().unwrap_or_default();
        u64::from_be_bytes(bytes) & MASK
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::SecretBox;
    use time::macros::datetime;

    use super::*;

    fn key(byte: u8) -> ChainKey {
        ChainKey::new(&SecretBox::new(Box::new([byte; 32])))
    }

    proptest! {
        #[test]
        fn c_34_whoever_has_the_key_reads_from_a_reference_when_that_was(ms in 0_i64..10_995_116_277_760) {
            let now = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(ms);
            let reference = key(7).reference(now);
            prop_assert!(key(7).moment(&reference).contains(&now));
            prop_assert!(key(7).moment(&Reference::parse(reference.as_str()).unwrap()).contains(&now));
        }
    }

    #[test]
    fn c_34_to_anybody_else_all_80_bits_are_random() {
        const MANY: usize = 4000;
        let now = datetime!(2026-11-22 09:00 UTC);
        let made: Vec<u128> = (0..MANY).map(|_| key(7).reference(now).bits()).collect();
        for bit in 0..80 {
            let ones = made.iter().filter(|bits| *bits >> bit & 1 == 1).count();
            // Seven standard deviations of 31.6 from the middle.
            assert!(
                ones.abs_diff(MANY / 2) < 222,
                "bit {bit} is set in {ones} of {MANY}"
            );
        }
        let read = made
            .iter()
            .filter(|bits| key(8).moment(&Reference::of(**bits)).contains(&now));
        assert_eq!(read.count(), 0, "another key says when that was");
    }
}
