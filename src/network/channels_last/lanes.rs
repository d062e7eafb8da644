//! Four numbers in a register of WebAssembly; an array elsewhere.

pub use inner::Lanes;

/// Numbers in a register.
pub const LANES: usize = 4;

impl Lanes {
    /// The first four numbers of a slice.
    #[inline(always)]
    pub fn load(numbers: &[f32]) -> Self {
        let (first, _) = numbers.split_first_chunk().expect("four numbers");
        Self::new(*first)
    }

    /// Into the first four places of a slice.
    #[inline(always)]
    pub fn store(self, numbers: &mut [f32]) {
        let (first, _) = numbers.split_first_chunk_mut().expect("four places");
        *first = self.numbers();
    }
}

/// Rows to columns.
#[inline(always)]
pub fn transpose(rows: [Lanes; LANES]) -> [Lanes; LANES] {
    inner::transpose(rows)
}

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, reason = "between a register and its numbers")]
mod inner {
    #[cfg(target_feature = "relaxed-simd")]
    use core::arch::wasm32::f32x4_relaxed_madd;
    #[cfg(not(target_feature = "relaxed-simd"))]
    use core::arch::wasm32::{f32x4_add, f32x4_mul};
    use core::arch::wasm32::{f32x4_pmax, f32x4_pmin, f32x4_splat, i32x4_shuffle, v128};
    use std::mem::transmute;

    use super::LANES;

    #[derive(Clone, Copy)]
    pub struct Lanes(v128);

    impl Lanes {
        #[inline(always)]
        pub fn new(numbers: [f32; LANES]) -> Self {
            // SAFETY: both are sixteen bytes, of which every pattern is valid.
            Self(unsafe { transmute::<[f32; LANES], v128>(numbers) })
        }

        #[inline(always)]
        pub fn numbers(self) -> [f32; LANES] {
            // SAFETY: both are sixteen bytes, of which every pattern is valid.
            unsafe { transmute::<v128, [f32; LANES]>(self.0) }
        }

        #[inline(always)]
        pub fn splat(number: f32) -> Self {
            Self(f32x4_splat(number))
        }

        /// `self + a · b`; rounded once where the browser has relaxed SIMD and the processor can.
        #[inline(always)]
        pub fn add_product(self, a: Self, b: Self) -> Self {
            #[cfg(target_feature = "relaxed-simd")]
            return Self(f32x4_relaxed_madd(a.0, b.0, self.0));
            #[cfg(not(target_feature = "relaxed-simd"))]
            Self(f32x4_add(self.0, f32x4_mul(a.0, b.0)))
        }

        /// Within bounds; NaN stays NaN.
        #[inline(always)]
        pub fn bound(self, (low, high): (f32, f32)) -> Self {
            // `pmax(a, b)` is `a < b ? b : a`.
            let raised = f32x4_pmax(self.0, f32x4_splat(low));
            Self(f32x4_pmin(raised, f32x4_splat(high)))
        }
    }

    #[inline(always)]
    pub fn transpose([a, b, c, d]: [Lanes; LANES]) -> [Lanes; LANES] {
        let (ab_low, ab_high) = (
            i32x4_shuffle::<0, 4, 1, 5>(a.0, b.0),
            i32x4_shuffle::<2, 6, 3, 7>(a.0, b.0),
        );
        let (cd_low, cd_high) = (
            i32x4_shuffle::<0, 4, 1, 5>(c.0, d.0),
            i32x4_shuffle::<2, 6, 3, 7>(c.0, d.0),
        );
        [
            Lanes(i32x4_shuffle::<0, 1, 4, 5>(ab_low, cd_low)),
            Lanes(i32x4_shuffle::<2, 3, 6, 7>(ab_low, cd_low)),
            Lanes(i32x4_shuffle::<0, 1, 4, 5>(ab_high, cd_high)),
            Lanes(i32x4_shuffle::<2, 3, 6, 7>(ab_high, cd_high)),
        ]
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod inner {
    use super::super::bound;
    use super::LANES;

    #[derive(Clone, Copy)]
    pub struct Lanes([f32; LANES]);

    impl Lanes {
        #[inline(always)]
        pub fn new(numbers: [f32; LANES]) -> Self {
            Self(numbers)
        }

        #[inline(always)]
        pub fn numbers(self) -> [f32; LANES] {
            self.0
        }

        #[inline(always)]
        pub fn splat(number: f32) -> Self {
            Self([number; LANES])
        }

        #[inline(always)]
        pub fn add_product(self, a: Self, b: Self) -> Self {
            Self(std::array::from_fn(|lane| {
                self.0[lane] + a.0[lane] * b.0[lane]
            }))
        }

        #[inline(always)]
        pub fn bound(self, bounds: (f32, f32)) -> Self {
            Self(self.0.map(|number| bound(number, bounds)))
        }
    }

    /// In the steps that vectors take, so that the compiler finds them.
    #[inline(always)]
    pub fn transpose([a, b, c, d]: [Lanes; LANES]) -> [Lanes; LANES] {
        let low = |a: [f32; 4], b: [f32; 4]| [a[0], b[0], a[1], b[1]];
        let high = |a: [f32; 4], b: [f32; 4]| [a[2], b[2], a[3], b[3]];
        let (ab_low, ab_high) = (low(a.0, b.0), high(a.0, b.0));
        let (cd_low, cd_high) = (low(c.0, d.0), high(c.0, d.0));
        [
            Lanes([ab_low[0], ab_low[1], cd_low[0], cd_low[1]]),
            Lanes([ab_low[2], ab_low[3], cd_low[2], cd_low[3]]),
            Lanes([ab_high[0], ab_high[1], cd_high[0], cd_high[1]]),
            Lanes([ab_high[2], ab_high[3], cd_high[2], cd_high[3]]),
        ]
    }
}
