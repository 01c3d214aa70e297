//! The little of DER that tells one kind of key from another.

use super::pem::PrivateDer;

/// What a private key is, as far as its object identifiers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa,
    RsaPss,
    P256,
    P384,
    Ed25519,
    /// A key of none of these kinds.
    Other,
    Unknown,
}

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
const EDWARDS: &[u8] = &[0x2b, 0x65];

/// The kind of a well-formed PEM's key, which need not be sound.
pub(super) fn kind(key: &PrivateDer) -> Kind {
    let der = match key {
        PrivateDer::Pkcs1(_) => return Kind::Rsa,
        // The curve stands behind the private number.
        PrivateDer::Sec1(der) => return curve(der),
        PrivateDer::Pkcs8(der) => der,
    };
    let head = &der[..der.len().min(40)];
    if holds(head, RSA_ENCRYPTION) {
        Kind::Rsa
    } else if holds(head, RSASSA_PSS) {
        Kind::RsaPss
    } else if holds(head, EC) {
        curve(head)
    } else if holds(head, ED25519) {
        Kind::Ed25519
    } else if holds(head, EDWARDS) {
        Kind::Other
    } else {
        Kind::Unknown
    }
}

fn curve(der: &[u8]) -> Kind {
    if holds(der, P256) {
        Kind::P256
    } else if holds(der, P384) {
        Kind::P384
    } else {
        Kind::Other
    }
}

fn holds(der: &[u8], oid: &[u8]) -> bool {
    der.windows(oid.len()).any(|window| window == oid)
}

/// What follows a DER element of this tag, and its content.
pub(super) fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if bytes.len() > 3 {
            return None;
        }
        (bytes.iter().fold(0, |sum, b| sum << 8 | usize::from(*b)), rest)
    };
    let (content, after) = rest.split_at_checked(length)?;
    (found == tag).then_some((after, content))
}
