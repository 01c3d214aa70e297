//! The link as a picture that a phone reads from a poster or a slide.

use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder};

use super::Absent;

/// A QR code of medium error correction, with the quiet zone around it.
pub fn svg(link: &str) -> Result<String, Absent> {
    let code = QRBuilder::new(link).ecl(ECL::M).build();
    let code = code.map_err(|_| Absent::TooLong)?;
    Ok(SvgBuilder::default().to_str(&code))
}
