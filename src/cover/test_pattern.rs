use super::Cover;

impl Cover {
    /// A colourful picture drawn by a formula in integers, and therefore the same on every device: the input
    /// of a bundle's known-answer self-test.
    ///
    /// It has what a cover has, smooth gradients, edges at several scales, a disc and fine texture, so that
    /// a fault in any layer shows in the logits.
    pub fn test_pattern(size: u32) -> Self {
        let mut pixels = Vec::with_capacity(3 * size as usize * size as usize);
        for y in 0..size {
            for x in 0..size {
                // On a grid of 256×256 whatever the size is.
                pixels.extend(colour(scaled(x, size), scaled(y, size)));
            }
        }
        Self { size, pixels }
    }
}

fn scaled(at: u32, size: u32) -> u32 {
    (u64::from(at) * 256 / u64::from(size)) as u32
}

/// The colour at `x`, `y` in 0..256.
fn colour(x: u32, y: u32) -> [u8; 3] {
    let from_centre = x.abs_diff(128).pow(2) + y.abs_diff(112).pow(2);
    let texture = ((x * 7) ^ (y * 13)) & 31;
    let band = if ((x + 2 * y) / 48).is_multiple_of(2) {
        40
    } else {
        0
    };
    let rgb = if from_centre < 64 * 64 {
        [250 - from_centre / 32, 60 + x / 4 + texture, 30 + band]
    } else if y > 208 {
        let bar = if (x / 12).is_multiple_of(3) { 230 } else { 20 };
        [bar, bar, 24 + texture]
    } else {
        [x / 2 + band, (x * y) >> 9, 200 - y / 2 + texture]
    };
    rgb.map(|value| value.min(255) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 64-bit FNV-1a.
    fn hash(bytes: &[u8]) -> u64 {
        bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    /// Shipped bundles hold the logits of exactly these pixels: a change here refuses every one of them.
    #[test]
    fn the_pattern_never_changes() {
        assert_eq!(
            hash(Cover::test_pattern(192).pixels()),
            0x0361_6baa_b86c_8e8b
        );
        assert_eq!(
            hash(Cover::test_pattern(224).pixels()),
            0x14ba_30c8_3ee4_8820
        );
    }

    #[test]
    fn the_pattern_is_colourful() {
        let cover = Cover::test_pattern(64);
        for channel in 0..3 {
            let values: Vec<u8> = cover
                .pixels()
                .iter()
                .skip(channel)
                .step_by(3)
                .copied()
                .collect();
            let (low, high) = (values.iter().min().unwrap(), values.iter().max().unwrap());
            assert!(high - low > 150, "channel {channel}: {low} to {high}");
        }
    }
}
