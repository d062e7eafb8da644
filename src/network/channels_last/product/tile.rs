//! Sums that stay in registers: `R` registers of output channels for each of `P` pixels.
//!
//! Loops over numbers, not iterators with closures: those would be compiled without the processor's own vectors.

use super::super::machine::Machine;

/// Numbers in the widest row of a tile: four registers of sixteen.
const WIDEST: usize = 64;

/// Adds pixels `[P][in]` times weights `[in][W]`.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "see the head of the file")]
pub fn add<M: Machine, const R: usize, const W: usize, const P: usize>(
    machine: M,
    pixels: [&[f32]; P],
    weights: &[[f32; W]],
    start: [[M::Lanes; R]; P],
) -> [[M::Lanes; R]; P] {
    // The compiler sees that none is read beyond its end.
    let mut pixels = pixels;
    for place in 0..P {
        pixels[place] = &pixels[place][..weights.len()];
    }
    let mut sums = start;
    for channel in 0..weights.len() {
        let row = &weights[channel];
        let mut weights = [machine.splat(0.0); R];
        for register in 0..R {
            weights[register] = machine.load(&row[register * M::LANES..]);
        }
        for place in 0..P {
            let number = machine.splat(pixels[place][channel]);
            for register in 0..R {
                sums[place][register] =
                    machine.add_product(sums[place][register], number, weights[register]);
            }
        }
    }
    sums
}

/// Numbers into registers, and zeros where there are fewer.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "see the head of the file")]
pub fn load<M: Machine, const R: usize>(machine: M, numbers: &[f32]) -> [M::Lanes; R] {
    let mut padded = [0.0; WIDEST];
    let numbers = if numbers.len() == R * M::LANES {
        numbers
    } else {
        padded[..numbers.len()].copy_from_slice(numbers);
        &padded
    };
    let mut registers = [machine.splat(0.0); R];
    for register in 0..R {
        registers[register] = machine.load(&numbers[register * M::LANES..]);
    }
    registers
}

/// As many numbers as there are places, within bounds.
#[inline(always)]
pub fn store<M: Machine, const R: usize>(
    machine: M,
    registers: [M::Lanes; R],
    bounds: (f32, f32),
    places: &mut [f32],
) {
    let mut padded = [0.0; WIDEST];
    let all = places.len() == R * M::LANES;
    let target = if all { &mut *places } else { &mut padded };
    for (register, lanes) in registers.into_iter().enumerate() {
        machine.store(
            machine.bound(lanes, bounds),
            &mut target[register * M::LANES..],
        );
    }
    if !all {
        places.copy_from_slice(&padded[..places.len()]);
    }
}
