//! How much memory a picture takes: bounded by its pixels and its file, and nothing where it is refused by its header.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use image::ImageEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder};
use undercover::cover::Cover;

use crate::files::{self, Outcome, exif, rows};
use crate::pictures::{self, busy, encode};

thread_local! {
    /// Bytes held by this thread, and the most it has held.
    static HELD: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// The system's allocator, counting per thread.
struct Counting;

#[allow(unsafe_code, reason = "an allocator is unsafe to implement")]
// SAFETY: every call is passed on unchanged to `System`, which keeps the contract; counting touches only a
// thread-local number that needs no allocation and no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.with(|held| {
            let now = held.get().0 + layout.size();
            held.set((now, held.get().1.max(now)));
        });
        // SAFETY: the caller's promises on `layout` are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // Memory may have been taken by another thread.
        HELD.with(|held| held.set((held.get().0.saturating_sub(layout.size()), held.get().1)));
        // SAFETY: the caller's promises on `pointer` and `layout` are handed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes held above what is held now, while `work` runs.
fn most_bytes_held(work: impl FnOnce()) -> usize {
    let before = HELD.get().0;
    HELD.set((before, before));
    work();
    HELD.get().1 - before
}

#[test]
fn the_count_counts() {
    let most = most_bytes_held(|| drop(std::hint::black_box(vec![1_u8; 3 << 20])));
    assert!((3 << 20..4 << 20).contains(&most), "{most}");
}

#[test]
fn an_immense_header_takes_no_memory() {
    for (format, bytes) in pictures::immense() {
        let most = most_bytes_held(|| {
            assert!(Cover::decode(&bytes, 192).is_err());
        });
        // A row of 20,000 pixels is 60 kB; the picture would be 1.2 GB.
        assert!(most < 1 << 20, "{format:?}: {most} bytes");
    }
}

/// The most bytes that decoding holds for each pixel, the picture's own included: docs/formats.md states it.
const BYTES_PER_PIXEL: usize = 13;
/// What else it may hold, beside two copies of the file: metadata of a PNG, inflated.
const METADATA: usize = 128 << 20;

#[test]
fn memory_is_bounded_by_the_pixels_and_the_file() {
    const SIDE: u32 = 1000;
    for (name, bytes) in large_pictures(SIDE) {
        let most = most_bytes_held(|| {
            assert!(Cover::decode(&bytes, 192).is_ok(), "{name}");
        });
        let pixels = (SIDE * SIDE) as usize;
        let per_pixel = most as f64 / pixels as f64;
        println!(
            "{name}: {per_pixel:.1} bytes a pixel, with a file of {} bytes",
            bytes.len()
        );
        assert!(
            most < BYTES_PER_PIXEL * pixels + bytes.len(),
            "{name}: {per_pixel} bytes a pixel"
        );
    }
}

fn large_pictures(side: u32) -> Vec<(&'static str, Vec<u8>)> {
    let image = busy(side, side);
    let clear = RgbaImage::from_fn(side, side, |x, y| {
        let [red, green, blue] = image.get_pixel(x, y).0;
        Rgba([red, green, blue, (x % 256) as u8])
    });
    let deep = DynamicImage::ImageRgba8(clear.clone()).into_rgba16();
    let jpeg = |samples: &[u8], colours, progressive| {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 90);
        encoder.set_progressive(progressive);
        encoder
            .encode(samples, side as u16, side as u16, colours)
            .unwrap();
        bytes
    };
    let mut turned = Vec::new();
    let mut encoder = PngEncoder::new(&mut turned);
    encoder.set_exif_metadata(exif::exif(6)).unwrap();
    encoder
        .write_image(&clear, side, side, image::ExtendedColorType::Rgba8)
        .unwrap();
    vec![
        ("baseline JPEG", jpeg(&image, ColorType::Rgb, false)),
        ("progressive JPEG", jpeg(&image, ColorType::Rgb, true)),
        ("progressive CMYK JPEG", jpeg(&clear, ColorType::Cmyk, true)),
        ("PNG", encode(image.clone(), ImageFormat::Png)),
        ("PNG with alpha, turned", turned),
        (
            "PNG of 16 bits with alpha",
            encode(DynamicImage::ImageRgba16(deep), ImageFormat::Png),
        ),
        (
            "lossless WebP with alpha",
            encode(clear.clone(), ImageFormat::WebP),
        ),
        ("GIF", encode(image.clone(), ImageFormat::Gif)),
        ("BMP", encode(image, ImageFormat::Bmp)),
    ]
}

/// Of bombs above all: what they inflate to is a gigabyte.
#[test]
fn no_oddity_takes_more_than_its_pixels() {
    for file in rows().into_iter().flat_map(|row| row.files) {
        let pixels = match file.outcome {
            Outcome::Cover(width, height, _) => (width * height) as usize,
            Outcome::Refused(_) => (files::WIDTH * files::HEIGHT) as usize,
        };
        let most = most_bytes_held(|| {
            _ = std::hint::black_box(Cover::decode(&file.bytes, 192));
        });
        let allowed = BYTES_PER_PIXEL * pixels + 2 * file.bytes.len() + METADATA;
        assert!(most < allowed, "{}: {most} bytes, not {allowed}", file.name);
    }
}
