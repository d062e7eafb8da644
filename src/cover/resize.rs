use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

use super::CoverError;

/// The filter of every resize: a triangle ("bilinear") convolution whose support grows with the factor when
/// a picture shrinks, so that nothing aliases. It works in fixed point: the pixels are the same on all devices.
const FILTER: ResizeAlg = ResizeAlg::Convolution(FilterType::Bilinear);

/// The centre square of a picture as `size`×`size` RGB bytes. Of an odd margin, the odd pixel is cut off
/// on the right or at the bottom.
pub(super) fn centre_square(image: RgbImage, size: u32) -> Result<Vec<u8>, CoverError> {
    let (width, height) = image.dimensions();
    if (width, height) == (size, size) {
        return Ok(image.into_raw());
    }
    let side = width.min(height);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    let options = ResizeOptions::new()
        .resize_alg(FILTER)
        .use_alpha(false)
        .crop(left.into(), top.into(), side.into(), side.into());
    let from = TypedImageRef::<U8x3>::from_buffer(width, height, image.as_raw()).map_err(broken)?;
    let mut pixels = vec![0; 3 * size as usize * size as usize];
    let mut to = TypedImage::<U8x3>::from_buffer(size, size, &mut pixels).map_err(broken)?;
    // Typed: the code for other kinds of pixels stays out of the browser's modules.
    Resizer::new()
        .resize_typed(&from, &mut to, &options)
        .map_err(broken)?;
    Ok(pixels)
}

/// The crop box lies within the picture and both have the same pixel type, so this is not met in practice.
fn broken(error: impl std::error::Error) -> CoverError {
    CoverError::Broken {
        reason: error.to_string(),
    }
}
