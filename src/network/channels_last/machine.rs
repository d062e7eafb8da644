//! The vector registers that kernels compute in: the widest of the processor, or WebAssembly's four numbers.

#[cfg(not(target_arch = "wasm32"))]
mod native;

use super::lanes::{LANES, Lanes};
#[cfg(test)]
pub use native::on_every_machine;
#[cfg(not(target_arch = "wasm32"))]
pub use native::run;

/// The vectors of a processor.
pub trait Machine: Copy {
    /// Numbers in a register.
    const LANES: usize;

    /// A register of numbers.
    type Lanes: Copy;

    /// The same number in all lanes.
    #[cfg(not(target_arch = "wasm32"))]
    fn splat(self, number: f32) -> Self::Lanes;

    /// The first numbers of a slice.
    fn load(self, numbers: &[f32]) -> Self::Lanes;

    /// Into the first places of a slice.
    fn store(self, lanes: Self::Lanes, places: &mut [f32]);

    /// `sum + a · b`; rounded once where the processor can.
    fn add_product(self, sum: Self::Lanes, a: Self::Lanes, b: Self::Lanes) -> Self::Lanes;

    /// Within bounds; NaN stays NaN, so that a training run that diverges is noticed.
    fn bound(self, lanes: Self::Lanes, bounds: (f32, f32)) -> Self::Lanes;
}

/// What is computed in registers, whichever they are.
pub trait Kernel {
    type Output;

    /// To be inlined: only then is it compiled for the processor's own vectors.
    fn compute<M: Machine>(self, machine: M) -> Self::Output;
}

/// Registers of four numbers: WebAssembly's, or what the compiler makes of an array elsewhere.
#[derive(Clone, Copy)]
struct Four;

impl Machine for Four {
    const LANES: usize = LANES;

    type Lanes = Lanes;

    #[cfg(not(target_arch = "wasm32"))]
    #[inline(always)]
    fn splat(self, number: f32) -> Lanes {
        Lanes::splat(number)
    }

    #[inline(always)]
    fn load(self, numbers: &[f32]) -> Lanes {
        Lanes::load(numbers)
    }

    #[inline(always)]
    fn store(self, lanes: Lanes, places: &mut [f32]) {
        lanes.store(places);
    }

    #[inline(always)]
    fn add_product(self, sum: Lanes, a: Lanes, b: Lanes) -> Lanes {
        sum.add_product(a, b)
    }

    #[inline(always)]
    fn bound(self, lanes: Lanes, bounds: (f32, f32)) -> Lanes {
        lanes.bound(bounds)
    }
}

/// Computes with the registers of WebAssembly.
#[cfg(target_arch = "wasm32")]
pub fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.compute(Four)
}
