//! QR codes as pictures in the page: squares by attributes alone, because the policy of pages allows no inline styles.

use std::fmt::Write as _;

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// The white border that readers need, in squares.
const QUIET: usize = 4;

/// A text as a QR code with a name; nothing where it is too long for one.
pub(super) fn picture(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return html! {} };
    let side = code.width() + 2 * QUIET;
    html! {
        svg.qr viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(label) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(squares(&code.to_colors(), code.width())) fill="#000" {}
        }
    }
}

/// The dark squares as one path; neighbours in a row are one stretch.
fn squares(colors: &[Color], width: usize) -> String {
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for stretch in row.chunk_by(|one, next| one == next) {
            if stretch.first() == Some(&Color::Dark) {
                let (left, top, length) = (x + QUIET, y + QUIET, stretch.len());
                // A string takes everything that is written into it.
                let _ = write!(path, "M{left} {top}h{length}v1h-{length}z");
            }
            x += stretch.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_square_is_drawn_once() {
        let text = "http://localhost:8080/fill?key=7KQM2X9DAB0CTEHPY301";
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let path = squares(&code.to_colors(), code.width());
        let length = |stretch: &str| stretch.split(['h', 'v']).nth(1).unwrap().parse::<usize>().unwrap();
        let drawn: usize = path.split('M').skip(1).map(length).sum();
        assert_eq!(drawn, code.to_colors().iter().filter(|color| **color == Color::Dark).count());
        let picture = picture(text, "Код").into_string();
        assert!(picture.starts_with("<svg class=\"qr\" viewBox=\"0 0 ") && !picture.contains("style"), "{picture}");
    }
}
