//! The picture that an authenticator app reads a seed from.

use qrcode::{Color, QrCode};

use crate::error::ApiError;
use crate::totp::Seed;

/// How many pixels a module of the code is wide.
const SCALE: usize = 4;
/// How many modules of white stand around the code.
const QUIET: usize = 4;

/// A QR code of the seed as `otpauth` address, as PNG. `holder` is what the app shows beside its codes.
pub(in crate::services) fn qr_code_png(holder: &str, seed: &Seed) -> Result<Vec<u8>, ApiError> {
    // Names and domains hold nothing that an address must not, but for the `@`, which apps take either way.
    let address = format!("otpauth://totp/Argali:{holder}?secret={}&issuer=Argali", seed.to_base32());
    let code = QrCode::new(address).map_err(ApiError::internal)?;
    let modules = code.width();
    let width = SCALE * (modules + 2 * QUIET);
    let is_dark = |x: usize, y: usize| {
        let (Some(x), Some(y)) = ((x / SCALE).checked_sub(QUIET), (y / SCALE).checked_sub(QUIET)) else {
            return false;
        };
        x < modules && y < modules && code[(x, y)] == Color::Dark
    };
    // One bit a pixel, the leftmost highest; a row begins with a byte of its own.
    let mut rows = vec![0_u8; width.div_ceil(8) * width];
    for (y, row) in rows.chunks_mut(width.div_ceil(8)).enumerate() {
        for x in (0..width).filter(|x| !is_dark(*x, y)) {
            if let Some(byte) = row.get_mut(x / 8) {
                *byte |= 0x80 >> (x % 8);
            }
        }
    }
    write_png(u32::try_from(width).map_err(ApiError::internal)?, &rows).map_err(ApiError::internal)
}

fn write_png(width: u32, rows: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut image = Vec::new();
    let mut encoder = png::Encoder::new(&mut image, width, width);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rows)?;
    writer.finish()?;
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_shows_the_address() {
        let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
        let image = qr_code_png("alice@company-b.onaliyun.com", &seed).unwrap();
        assert!(image.len() < 2_000, "{} bytes", image.len());
        let mut reader = png::Decoder::new(std::io::Cursor::new(image)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let address = "otpauth://totp/Argali:alice@company-b.onaliyun.com\
                       ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Argali";
        let code = QrCode::new(address).unwrap();
        let at = |x: usize, y: usize| {
            let (x, y) = ((x + QUIET) * SCALE + 1, (y + QUIET) * SCALE + 1);
            pixels[y * info.line_size + x / 8] & (0x80 >> (x % 8)) == 0
        };
        for y in 0..code.width() {
            for x in 0..code.width() {
                assert_eq!(at(x, y), code[(x, y)] == Color::Dark, "{x}, {y}");
            }
        }
        let is_white = |x: usize| pixels[x / 8] & (0x80 >> (x % 8)) != 0;
        assert!((0..info.width as usize).all(is_white), "white around it");
    }
}
