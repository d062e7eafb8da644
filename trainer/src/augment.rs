//! Random changes to training covers.
//!
//! Genre is confounded with the collection that a cover came from, and collections differ in size,
//! sharpness and compression. Rescaling and recompressing at random hides those traits.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ImageFormat, Rgb, RgbImage};
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

use crate::experiment::Augmentation;

impl Augmentation {
    /// One random variation of a picture; the caller makes it square and resizes it.
    pub fn apply(&self, picture: &RgbImage, random: &mut Xoshiro256PlusPlus) -> RgbImage {
        let mut picture = self.crop(picture, random);
        if self.mirror && random.random_bool(0.5) {
            imageops::flip_horizontal_in_place(&mut picture);
        }
        if self.colour > 0.0 {
            change_colour(&mut picture, self.colour, random);
        }
        if random.random_bool(self.rescale) {
            picture = shrink_and_enlarge(&picture, random);
        }
        // Without it nothing is drawn, as in recipes from before there was it.
        if self.sharpness > 0.0 && random.random_bool(self.sharpness) {
            let radius = random.random_range(0.5..2.0);
            picture = sharpen(&picture, radius, random.random_range(-1.0..=1.0));
        }
        if random.random_bool(self.jpeg) {
            picture = recompress(picture, random.random_range(30..=95));
        }
        picture
    }

    /// A random part of the picture, stretched to a square by at most `max_aspect`.
    fn crop(&self, picture: &RgbImage, random: &mut Xoshiro256PlusPlus) -> RgbImage {
        if self.min_area >= 1.0 && self.max_aspect <= 1.0 {
            return picture.clone();
        }
        let side = picture.width().min(picture.height()) as f32;
        let scale = random.random_range(self.min_area..=1.0).sqrt();
        let limit = self.max_aspect.ln();
        let stretch = random.random_range(-limit..=limit).exp().sqrt();
        let width = (side * scale * stretch).clamp(1.0, side) as u32;
        let height = (side * scale / stretch).clamp(1.0, side) as u32;
        let x = random.random_range(0..=picture.width() - width);
        let y = random.random_range(0..=picture.height() - height);
        let part = imageops::crop_imm(picture, x, y, width, height).to_image();
        if width == height {
            return part;
        }
        let square = width.max(height);
        imageops::resize(&part, square, square, FilterType::Triangle)
    }
}

/// Brightness, contrast and saturation, each by a factor in `1 ± amount`.
fn change_colour(picture: &mut RgbImage, amount: f32, random: &mut Xoshiro256PlusPlus) {
    let mut factor = || random.random_range(1.0 - amount..=1.0 + amount);
    let (brightness, contrast, saturation) = (factor(), factor(), factor());
    for Rgb(pixel) in picture.pixels_mut() {
        let lit = pixel.map(|value| (f32::from(value) * brightness - 128.0) * contrast + 128.0);
        let grey = 0.299 * lit[0] + 0.587 * lit[1] + 0.114 * lit[2];
        *pixel = lit.map(|value| (grey + (value - grey) * saturation).clamp(0.0, 255.0) as u8);
    }
}

/// Loses detail as a small scan does.
fn shrink_and_enlarge(picture: &RgbImage, random: &mut Xoshiro256PlusPlus) -> RgbImage {
    const FILTERS: [FilterType; 3] = [
        FilterType::Triangle,
        FilterType::CatmullRom,
        FilterType::Lanczos3,
    ];
    let scale = random.random_range(0.35..0.95_f32);
    let (width, height) = picture.dimensions();
    let small = |side: u32| ((side as f32 * scale) as u32).max(1);
    let mut filter = || FILTERS[random.random_range(0..FILTERS.len())];
    let (down, up) = (filter(), filter());
    let shrunk = imageops::resize(picture, small(width), small(height), down);
    imageops::resize(&shrunk, width, height, up)
}

/// Unsharp masking: what a blur of this radius takes away is added `amount` times. -1 leaves the blurred picture, 0 the
/// picture as it is, 1 one that is as much sharper.
fn sharpen(picture: &RgbImage, radius: f32, amount: f32) -> RgbImage {
    let mut result = imageops::fast_blur(picture, radius);
    for (result, &value) in result.iter_mut().zip(picture.iter()) {
        let detail = f32::from(value) - f32::from(*result);
        *result = (f32::from(value) + amount * detail).round() as u8;
    }
    result
}

/// Leaves the traces of JPEG at a quality of 1 to 100.
fn recompress(picture: RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&picture);
    if encoded.is_err() {
        // Only pictures beyond JPEG's 65,535 pixels a side; those stay as they are.
        return picture;
    }
    match image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg) {
        Ok(decoded) => decoded.into_rgb8(),
        Err(_) => picture,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn picture() -> RgbImage {
        RgbImage::from_fn(60, 40, |x, y| Rgb([x as u8 * 4, y as u8 * 6, 90]))
    }

    fn strong() -> Augmentation {
        Augmentation {
            min_area: 0.3,
            max_aspect: 1.3,
            mirror: true,
            colour: 0.3,
            rescale: 1.0,
            sharpness: 1.0,
            jpeg: 1.0,
        }
    }

    #[test]
    fn the_default_changes_nothing() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        let changed = Augmentation::default().apply(&picture(), &mut random);
        assert_eq!(changed, picture());
    }

    #[test]
    fn the_same_seed_gives_the_same_variation_and_another_seed_another() {
        let vary = |seed| strong().apply(&picture(), &mut Xoshiro256PlusPlus::seed_from_u64(seed));
        assert_eq!(vary(7), vary(7));
        assert_ne!(vary(7), vary(8));
    }

    #[test]
    fn crops_stay_within_the_picture_and_their_area() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let crop = Augmentation {
            min_area: 0.25,
            ..Augmentation::default()
        };
        for _ in 0..200 {
            let part = crop.apply(&picture(), &mut random);
            assert_eq!(part.width(), part.height());
            assert!((19..=40).contains(&part.width()), "{}", part.width());
        }
    }

    #[test]
    fn blurring_takes_detail_and_sharpening_gives_it() {
        let picture = RgbImage::from_fn(32, 8, |x, _| Rgb([if x < 16 { 60 } else { 180 }; 3]));
        // The steepest step between neighbours.
        let edge = |amount| {
            let changed = sharpen(&picture, 1.0, amount);
            let value = |x: u32| i32::from(changed.get_pixel(x, 4).0[0]);
            (1..32).map(|x| value(x) - value(x - 1)).max().unwrap()
        };
        assert_eq!(sharpen(&picture, 1.0, 0.0), picture);
        assert_eq!(edge(0.0), 120);
        assert!(edge(-1.0) < 80, "{}", edge(-1.0));
        assert!(edge(1.0) > 160, "{}", edge(1.0));
        let even = RgbImage::from_pixel(16, 16, Rgb([1, 128, 255]));
        assert_eq!(sharpen(&even, 1.5, 1.0), even);
    }
}
