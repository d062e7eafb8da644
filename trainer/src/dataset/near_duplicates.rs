//! Near-duplicates: the same artwork at another size, compression or colour.

use image::imageops::{self, FilterType};
use image::{GrayImage, RgbImage};

/// Covers are near-duplicates if at most this many of the 128 bits of their hashes differ.
pub const MAX_DISTANCE: u32 = 8;

const BAND_BITS: u32 = u128::BITS / (MAX_DISTANCE + 1);
const BAND_MASK: u128 = (1 << BAND_BITS) - 1;

/// A difference hash: of the picture in grey at 9×9 pixels, for each of the first 8×8 whether its right neighbour
/// is lighter (64 bits), and whether the one below is (64 bits). It hardly changes with size, compression,
/// brightness and contrast.
pub fn difference_hash(image: &RgbImage) -> u128 {
    let small: GrayImage =
        imageops::resize(&imageops::grayscale(image), 9, 9, FilterType::Triangle);
    let at = |x: u32, y: u32| small.get_pixel(x, y).0[0];
    let bits = (0..8).flat_map(|y| (0..8).map(move |x| (x, y)));
    bits.fold(0, |hash, (x, y)| {
        let (right, below) = (at(x + 1, y) > at(x, y), at(x, y + 1) > at(x, y));
        hash << 2 | u128::from(right) << 1 | u128::from(below)
    })
}

/// Sets of items that belong together, joined pair by pair (union–find).
#[derive(Clone, Debug)]
pub struct Groups {
    parents: Vec<usize>,
}

impl Groups {
    /// `count` items, each on its own.
    pub fn new(count: usize) -> Self {
        Self {
            parents: (0..count).collect(),
        }
    }

    /// Puts the groups of two items together.
    pub fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        // The smaller index leads, so that the result does not depend on the order of the pairs.
        self.parents[one.max(other)] = one.min(other);
    }

    /// Joins all near-duplicates. `hashes` has one entry per item, `None` where there is no picture.
    ///
    /// Not every pair is compared, which would take minutes for 100,000 covers: cut into one band more than bits may
    /// differ, two near-duplicates agree in at least one band, so that only those that do are compared.
    pub fn join_near_duplicates(&mut self, hashes: &[Option<u128>]) {
        self.join_near_duplicates_if(hashes, |_, _| true);
    }

    /// Joins the near-duplicates of which this is true as well, of two items.
    pub fn join_near_duplicates_if(
        &mut self,
        hashes: &[Option<u128>],
        alike: impl Fn(usize, usize) -> bool,
    ) {
        let mut known: Vec<(u128, usize)> = hashes
            .iter()
            .enumerate()
            .filter_map(|(index, hash)| Some(((*hash)?, index)))
            .collect();
        known.sort_unstable();
        // Of equal hashes the first stands for all that are like it.
        known.dedup_by(|later, first| {
            let equal = later.0 == first.0 && alike(first.1, later.1);
            if equal {
                self.join(first.1, later.1);
            }
            equal
        });
        for band in 0..=MAX_DISTANCE {
            let of_band = |&(hash, _): &(u128, usize)| hash >> (band * BAND_BITS) & BAND_MASK;
            known.sort_unstable_by_key(of_band);
            for candidates in known.chunk_by(|one, other| of_band(one) == of_band(other)) {
                self.join_pairs(candidates, &alike);
            }
        }
    }

    /// Compares every pair.
    fn join_pairs(&mut self, known: &[(u128, usize)], alike: impl Fn(usize, usize) -> bool) {
        for (position, &(hash, one)) in known.iter().enumerate() {
            for &(other_hash, other) in &known[position + 1..] {
                if (hash ^ other_hash).count_ones() <= MAX_DISTANCE && alike(one, other) {
                    self.join(one, other);
                }
            }
        }
    }

    /// The first item of an item's group, which stands for the group.
    pub fn find(&mut self, item: usize) -> usize {
        let mut item = item;
        while self.parents[item] != item {
            // Halving the path keeps later searches short.
            self.parents[item] = self.parents[self.parents[item]];
            item = self.parents[item];
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;
    use image::codecs::jpeg::JpegEncoder;

    use super::*;

    /// Blots whose place and colour follow from the seed.
    fn artwork(seed: u32, size: u32) -> RgbImage {
        RgbImage::from_fn(size, size, |x, y| {
            let (x, y) = (x as f32 / size as f32, y as f32 / size as f32);
            let wave = |k: u32| {
                let phase = (seed * (k + 3)) as f32;
                let (fx, fy) = (
                    ((seed * 7 + k * 5) % 3) as f32 + 1.0,
                    ((seed * 11 + k * 3) % 3) as f32 + 1.0,
                );
                127.0 + 120.0 * (fx * x * 6.0 + fy * y * 5.0 + phase).sin()
            };
            Rgb([wave(0) as u8, wave(1) as u8, wave(2) as u8])
        })
    }

    fn distance(one: &RgbImage, other: &RgbImage) -> u32 {
        (difference_hash(one) ^ difference_hash(other)).count_ones()
    }

    #[test]
    fn the_bits_are_those_of_the_definition() {
        // Lighter to the right everywhere, equal downwards: of each pair of bits the first.
        let ramp = RgbImage::from_fn(90, 90, |x, _| Rgb([2 * x as u8; 3]));
        assert_eq!(difference_hash(&ramp), u128::MAX / 3 * 2);
        let down = RgbImage::from_fn(90, 90, |_, y| Rgb([2 * y as u8; 3]));
        assert_eq!(difference_hash(&down), u128::MAX / 3);
    }

    #[test]
    fn size_compression_and_brightness_hardly_change_it() {
        for seed in 1..20 {
            let original = artwork(seed, 224);
            let small = imageops::resize(&original, 110, 110, FilterType::CatmullRom);
            let mut bytes = Vec::new();
            JpegEncoder::new_with_quality(&mut bytes, 40)
                .encode_image(&original)
                .unwrap();
            let compressed = image::load_from_memory(&bytes).unwrap().into_rgb8();
            let darker = imageops::colorops::brighten(&original, -20);
            for other in [small, compressed, darker] {
                assert!(distance(&original, &other) <= MAX_DISTANCE, "seed {seed}");
            }
        }
    }

    #[test]
    fn different_artwork_is_far_apart() {
        for seed in 1..20 {
            let found = distance(&artwork(seed, 128), &artwork(seed + 1, 128));
            assert!(
                found > 3 * MAX_DISTANCE,
                "seeds {seed} and {}: {found}",
                seed + 1
            );
        }
    }

    #[test]
    fn near_duplicates_are_joined_and_chains_too() {
        // 0 and 2 differ in 8 bits, 2 and 3 in 8 others, so 3 is with 0 too; 1 differs from 0 in 9; 4 has no picture.
        let hashes = [Some(0), Some(0x1ff << 64), Some(0xff), Some(0xffff), None];
        let mut groups = Groups::new(5);
        groups.join_near_duplicates(&hashes);
        let found: Vec<_> = (0..5).map(|item| groups.find(item)).collect();
        assert_eq!(found, [0, 1, 0, 0, 4]);
    }

    #[test]
    fn the_bands_find_what_comparing_every_pair_finds() {
        // Hashes around 40 centres, up to 12 bits away.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let centres: Vec<u128> = (0..40)
            .map(|_| u128::from(random()) << 64 | u128::from(random()))
            .collect();
        let hashes: Vec<_> = (0..2000)
            .map(|index| {
                let flips = random() % 13;
                let hash =
                    (0..flips).fold(centres[index % 40], |hash, _| hash ^ 1 << (random() % 128));
                (index % 50 != 0).then_some(hash)
            })
            .collect();
        let (mut banded, mut compared) = (Groups::new(2000), Groups::new(2000));
        banded.join_near_duplicates(&hashes);
        let known: Vec<_> = (0..2000)
            .filter_map(|index| Some((hashes[index]?, index)))
            .collect();
        compared.join_pairs(&known, |_, _| true);
        let heads =
            |groups: &mut Groups| (0..2000).map(|item| groups.find(item)).collect::<Vec<_>>();
        let heads = (heads(&mut banded), heads(&mut compared));
        assert_eq!(heads.0, heads.1);
        let alone = (0..2000).filter(|&item| heads.0[item] == item).count();
        assert!((60..1000).contains(&alone), "{alone} groups");
    }
}
