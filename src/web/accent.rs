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

/// White where it can be read on `ground`, else black; one of them always can.
fn on(ground: Rgb) -> Rgb {
    if contrast(WHITE, ground) >= ENOUGH {
        WHITE
    } else {
        BLACK
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The first and the second value of a custom property in the stylesheet: light and dark.
    fn in_style(name: &str) -> [Rgb; 2] {
        let style = include_str!("../../static/style.css");
        let before = format!("--{name}: ");
        let mut values = style
            .split(&before)
            .skip(1)
            .map(|rest| Rgb::parse(rest.split(';').next().unwrap()).unwrap());
        [values.next().unwrap(), values.next().unwrap()]
    }

    #[test]
    fn the_stylesheet_has_the_same_grounds() {
        assert_eq!(in_style("paper"), [LIGHT.paper, DARK.paper]);
        assert_eq!(in_style("card"), [LIGHT.card, DARK.card]);
    }

    #[test]
    fn black_on_white_is_21_to_1() {
        assert!((contrast(BLACK, WHITE) - 21.0).abs() < 0.001);
    }

    #[test]
    fn what_is_no_colour_is_black() {
        assert_eq!(stylesheet("red;}"), stylesheet("#000000"));
        assert!(stylesheet("#1D5c4d").contains("--accent:#1d5c4d"));
    }

    proptest! {
        #[test]
        fn any_accent_can_be_read_in_both_themes(r: u8, g: u8, b: u8) {
            let accent = Rgb([r, g, b]);
            prop_assert!(contrast(on(accent), accent) >= 4.5);
            for (i, theme) in [LIGHT, DARK].iter().enumerate() {
                let washed = wash(accent, theme.paper);
                for ground in [theme.paper, theme.card, washed] {
                    prop_assert!(contrast(ink(accent, theme), ground) >= 4.5);
                    prop_assert!(contrast(in_style("ink")[i], ground) >= 4.5);
                    prop_assert!(contrast(in_style("muted")[i], ground) >= 4.5);
                }
                // WCAG 2.2, 1.4.11: the outline of fields and buttons.
                prop_assert!(contrast(in_style("edge")[i], theme.card) >= 3.0);
            }
        }
    }
}
