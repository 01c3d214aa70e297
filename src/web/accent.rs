//! The brand's colour made readable: whatever `accent` says, text in it, on it and beside it keeps the
//! contrast of WCAG 2.2 (1.4.3) in both themes.

/// An sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb([u8; 3]);

/// What the accent must be read on: a theme's page and card, kept equal to those of `style.css` by a test.
struct Theme {
    paper: Rgb,
    card: Rgb,
    /// Where text in the accent's colour goes to gain contrast.
    towards: Rgb,
}

const BLACK: Rgb = Rgb([0, 0, 0]);
const WHITE: Rgb = Rgb([255, 255, 255]);
/// Text on a light accent.
const NIGHT: Rgb = Rgb([0x14, 0x13, 0x11]);
const LIGHT: Theme = Theme {
    paper: Rgb([0xf5, 0xf4, 0xf1]),
    card: WHITE,
    towards: BLACK,
};
const DARK: Theme = Theme {
    paper: Rgb([0x16, 0x15, 0x13]),
    card: Rgb([0x20, 0x1e, 0x1b]),
    towards: WHITE,
};

/// How much of the accent colours the ground that text may stand on.
const WASH: f64 = 0.08;

/// WCAG 2.2's 4.5 for text, and a little for rounding.
const ENOUGH: f64 = 4.6;

/// The stylesheet of a brand: custom properties for both themes. `accent` is `#rrggbb`; anything else is
/// as good as black.
pub fn stylesheet(accent: &str) -> String {
    let accent = Rgb::parse(accent).unwrap_or(BLACK);
    format!(
        ":root{{{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n",
        properties(accent, &LIGHT),
        properties(accent, &DARK)
    )
}

fn properties(accent: Rgb, theme: &Theme) -> String {
    format!(
        "--accent:{};--on-accent:{};--accent-ink:{};--wash:{}",
        accent.hex(),
        on(accent).hex(),
        ink(accent, theme).hex(),
        wash(accent, theme.paper).hex()
    )
}

/// White where it can be read on `ground`, else the darkest ink; one of them always can.
fn on(ground: Rgb) -> Rgb {
    if contrast(WHITE, ground) >= ENOUGH || contrast(WHITE, ground) >= contrast(NIGHT, ground) {
        WHITE
    } else {
        NIGHT
    }
}

/// The accent as a colour of text and lines: itself, or the nearest that can be read on every ground.
fn ink(accent: Rgb, theme: &Theme) -> Rgb {
    let grounds = [
        theme.paper,
        theme.card,
        wash(accent, theme.paper),
        wash(accent, theme.card),
    ];
    (0..=100_u8)
        .map(|percent| accent.mix(theme.towards, f64::from(percent) / 100.0))
        .find(|ink| grounds.iter().all(|ground| contrast(*ink, *ground) >= ENOUGH))
        .unwrap_or(theme.towards)
}

fn wash(accent: Rgb, ground: Rgb) -> Rgb {
    ground.mix(accent, WASH)
}

/// The contrast ratio of WCAG 2.2, 1 to 21.
fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

impl Rgb {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii())?;
        let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([byte(0)?, byte(2)?, byte(4)?]))
    }

    fn hex(self) -> String {
        let Self([r, g, b]) = self;
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    fn mix(self, other: Self, part: f64) -> Self {
        let mut mixed = self.0;
        for (channel, towards) in mixed.iter_mut().zip(other.0) {
            let value = f64::from(*channel) * (1.0 - part) + f64::from(towards) * part;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and 255"
            )]
            {
                *channel = value.round() as u8;
            }
        }
        Self(mixed)
    }

    /// Relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}
