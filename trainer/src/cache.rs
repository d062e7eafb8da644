//! Decoded pictures in memory, up to a limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use image::RgbImage;

/// The room that there is where nothing else is asked for.
pub const DEFAULT_MEGABYTES: u64 = 1024;

/// Room for decoded pictures. Covers are drawn at random, each as often as any other of its kind, so that those which
/// came first serve as well as those used last: what is in stays in, and what finds no room is decoded each time.
#[derive(Debug)]
pub struct PictureCache {
    /// In bytes of pixels.
    limit: u64,
    taken: AtomicU64,
}

impl PictureCache {
    /// Room for so many megabytes of pixels; 0 keeps nothing.
    pub fn megabytes(limit: u64) -> Self {
        Self {
            limit: limit.saturating_mul(1_000_000),
            taken: AtomicU64::new(0),
        }
    }

    /// The picture to hold, if there is room for it. The room is taken for good.
    pub fn keep(&self, picture: RgbImage) -> Option<Arc<RgbImage>> {
        let size = picture.as_raw().len() as u64;
        let fitting = |taken: u64| Some(taken + size).filter(|taken| *taken <= self.limit);
        self.taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fitting)
            .is_ok()
            .then(|| Arc::new(picture))
    }
}

impl Default for PictureCache {
    fn default() -> Self {
        Self::megabytes(DEFAULT_MEGABYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_kept_until_the_room_is_taken() {
        let cache = PictureCache::megabytes(1);
        let picture = |side| RgbImage::new(side, side);
        // 480,000 bytes each; then smaller ones that still fit, and one that does not.
        assert!(cache.keep(picture(400)).is_some());
        assert!(cache.keep(picture(400)).is_some());
        assert!(cache.keep(picture(400)).is_none());
        assert!(cache.keep(picture(80)).is_some());
        assert!(cache.keep(picture(100)).is_none());
        assert!(PictureCache::megabytes(0).keep(picture(8)).is_none());
    }
}
