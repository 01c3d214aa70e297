//! One private key out of a PEM text, or why not, and what to do about it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::RejectedKey;

/// The DER of a private key.
pub(super) enum PrivateDer {
    /// RFC 8017, appendix A.1.2.
    Pkcs1(Zeroizing<Vec<u8>>),
    /// RFC 5958.
    Pkcs8(Zeroizing<Vec<u8>>),
    /// RFC 5915.
    Sec1(Zeroizing<Vec<u8>>),
}

impl PrivateDer {
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Pkcs1(der) | Self::Pkcs8(der) | Self::Sec1(der) => der,
        }
    }
}

/// Reads the only block of `text`; line ends and a missing last newline do not matter. The
/// parameters that `openssl ecparam -genkey` writes in front of a key only repeat its curve.
pub(super) fn read(text: &str) -> Result<PrivateDer, RejectedKey> {
    let mut blocks = text
        .match_indices("-----BEGIN ")
        .filter(|(at, _)| !text[*at..].starts_with("-----BEGIN EC PARAMETERS-----"));
    let (start, mark) = blocks.next().ok_or(RejectedKey::NotPem)?;
    if blocks.next().is_some() {
        return Err(RejectedKey::SeveralBlocks);
    }
    let (label, rest) = text[start + mark.len()..]
        .split_once("-----")
        .ok_or(RejectedKey::NotPem)?;
    let (body, _) = rest
        .split_once(&format!("-----END {label}-----"))
        .ok_or(RejectedKey::NotPem)?;
    let form = match label {
        "RSA PRIVATE KEY" | "EC PRIVATE KEY" if body.contains("ENCRYPTED") => {
            return Err(RejectedKey::Encrypted);
        }
        "RSA PRIVATE KEY" => PrivateDer::Pkcs1,
        "EC PRIVATE KEY" => PrivateDer::Sec1,
        "PRIVATE KEY" => PrivateDer::Pkcs8,
        "ENCRYPTED PRIVATE KEY" => return Err(RejectedKey::Encrypted),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => return Err(RejectedKey::Public),
        "CERTIFICATE" | "TRUSTED CERTIFICATE" => return Err(RejectedKey::Certificate),
        "OPENSSH PRIVATE KEY" => return Err(RejectedKey::OpenSsh),
        "RSA-PSS PRIVATE KEY" => return Err(RejectedKey::PssOnly),
        _ => return Err(RejectedKey::NotPem),
    };
    let packed: Zeroizing<Vec<u8>> =
        Zeroizing::new(body.bytes().filter(|b| !b.is_ascii_whitespace()).collect());
    let der = Zeroizing::new(STANDARD.decode(&*packed).map_err(|_| RejectedKey::Corrupt)?);
    Ok(form(der))
}

/// DER as PEM, in lines of 64 characters (RFC 7468).
pub(super) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(der));
    let mut text = Zeroizing::new(String::with_capacity(body.len() + body.len() / 64 + 80));
    text.extend(["-----BEGIN ", label, "-----\n"]);
    for line in body.as_bytes().chunks(64) {
        text.extend(line.iter().copied().map(char::from));
        text.push('\n');
    }
    text.extend(["-----END ", label, "-----\n"]);
    text
}
