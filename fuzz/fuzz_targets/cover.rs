//! The bytes of a picture, as a visitor drops them: decoded, made square, resized and normalised.

#![no_main]

use libfuzzer_sys::fuzz_target;
use undercover::cover::{Cover, Normalisation};

const SIZE: u32 = 64;

fuzz_target!(|bytes: &[u8]| {
    let Ok(cover) = Cover::decode(bytes, SIZE) else {
        return;
    };
    assert_eq!(cover.pixels().len(), 3 * (SIZE * SIZE) as usize);
    let planar = Normalisation::EFFICIENTNET_LITE.planar(&cover);
    assert!(planar.iter().all(|value| value.is_finite()));
});
