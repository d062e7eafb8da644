use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
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
    let from = ImageRef::new(width, height, image.as_raw(), PixelType::U8x3).map_err(broken)?;
    let mut to = Image::new(size, size, PixelType::U8x3);
    Resizer::new()
        .resize(&from, &mut to, &options)
        .map_err(broken)?;
    Ok(to.into_vec())
}

/// The crop box lies within the picture and both have the same pixel type, so this is not met in practice.
fn broken(error: impl std::error::Error) -> CoverError {
    CoverError::Broken {
        reason: error.to_string(),
    }
}
