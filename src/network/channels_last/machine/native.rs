//! The widest vectors that the processor turns out to have: AVX-512, or AVX2 with fused multiply-add.

use pulp::{Simd, WithSimd};

use super::{Four, Kernel, Machine};

#[derive(Clone, Copy)]
struct Native<S>(S);

impl<S: Simd> Machine for Native<S> {
    const LANES: usize = S::F32_LANES;

    type Lanes = S::f32s;

    #[inline(always)]
    fn splat(self, number: f32) -> Self::Lanes {
        self.0.splat_f32s(number)
    }

    #[inline(always)]
    fn load(self, numbers: &[f32]) -> Self::Lanes {
        S::as_simd_f32s(&numbers[..Self::LANES]).0[0]
    }

    #[inline(always)]
    fn store(self, lanes: Self::Lanes, places: &mut [f32]) {
        S::as_mut_simd_f32s(&mut places[..Self::LANES]).0[0] = lanes;
    }

    #[inline(always)]
    fn add_product(self, sum: Self::Lanes, a: Self::Lanes, b: Self::Lanes) -> Self::Lanes {
        self.0.mul_add_f32s(a, b, sum)
    }

    #[inline(always)]
    fn bound(self, lanes: Self::Lanes, (low, high): (f32, f32)) -> Self::Lanes {
        // `min` and `max` would drop NaN on some processors.
        let (simd, low, high) = (self.0, self.splat(low), self.splat(high));
        let raised = simd.select_f32s(simd.less_than_f32s(lanes, low), low, lanes);
        simd.select_f32s(simd.greater_than_f32s(raised, high), high, raised)
    }
}

struct With<K>(K);

impl<K: Kernel> WithSimd for With<K> {
    type Output = K::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> K::Output {
        // Processors whose vectors pulp does not know.
        if S::F32_LANES == 1 {
            return self.0.compute(Four);
        }
        self.0.compute(Native(simd))
    }
}

/// Computes with the widest vectors of this processor.
pub fn run<K: Kernel>(kernel: K) -> K::Output {
    pulp::Arch::new().dispatch(With(kernel))
}

/// What the vectors of this processor compute, all of them, and registers of four numbers.
#[cfg(test)]
pub fn on_every_machine<K: Kernel + Copy>(kernel: K) -> Vec<K::Output> {
    let mut outputs = vec![run(kernel), kernel.compute(Four)];
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V3::try_new() {
        outputs.push(Simd::vectorize(simd, With(kernel)));
    }
    outputs
}
