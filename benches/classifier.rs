//! What the parts of an answer cost natively, by the size of the input and of the batch.
//!
//! `cargo bench --bench classifier`; with `--features webgpu` on a graphics card as well, emulated or not.
//! divan, as criterion would switch on features of crates that burn shares, and burn be built twice.

use std::hint::black_box;

use divan::{Bencher, counter::ItemsCount};
use image::codecs::jpeg::JpegEncoder;
use image::{RgbImage, imageops};
use undercover::cover::{Cover, Normalisation, decode_rgb};

/// Side of the covers that are decoded, in pixels: what shops show.
const SIDE: u32 = 600;

/// Sides of the network's input, in pixels.
const SIZES: [u32; 6] = [64, 96, 128, 192, 256, 320];

/// Covers at once, at the shipped size.
const BATCHES: [usize; 5] = [1, 2, 4, 8, 16];

/// The side of the shipped network's input.
const SHIPPED: u32 = 192;

fn main() {
    divan::main();
}

fn picture() -> RgbImage {
    let pattern = Cover::test_pattern(256);
    let small = RgbImage::from_raw(256, 256, pattern.pixels().to_vec()).expect("256 × 256 pixels");
    imageops::resize(&small, SIDE, SIDE, imageops::FilterType::Triangle)
}

#[divan::bench]
fn decode_jpeg(bencher: Bencher) {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 90)
        .encode_image(&picture())
        .expect("a picture that can be encoded");
    bencher.bench(|| decode_rgb(black_box(&file)));
}

#[divan::bench(args = SIZES)]
fn resize(bencher: Bencher, size: u32) {
    let picture = picture();
    bencher
        .with_inputs(|| picture.clone())
        .bench_values(|picture| Cover::from_rgb(picture, size));
}

#[divan::bench(args = SIZES)]
fn normalise(bencher: Bencher, size: u32) {
    let cover = Cover::test_pattern(size);
    bencher.bench(|| Normalisation::EFFICIENTNET_LITE.planar(black_box(&cover)));
}

#[divan::bench_group(max_time = 5, min_time = 1)]
mod forward {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::thread;

    use burn::tensor::Tensor;
    use undercover::classifier::batch;
    use undercover::device::{Backend, OpenDevice};
    use undercover::network::{Architecture, Network};

    use super::*;

    #[divan::bench(args = SIZES)]
    fn cpu_by_size(bencher: Bencher, size: u32) {
        forward(bencher, Backend::Cpu, size, 1);
    }

    #[divan::bench(args = BATCHES)]
    fn cpu_by_batch(bencher: Bencher, covers: usize) {
        forward(bencher, Backend::Cpu, SHIPPED, covers);
    }

    #[divan::bench(args = SIZES)]
    fn webgpu_by_size(bencher: Bencher, size: u32) {
        forward(bencher, Backend::WebGpu, size, 1);
    }

    #[divan::bench(args = BATCHES)]
    fn webgpu_by_batch(bencher: Bencher, covers: usize) {
        forward(bencher, Backend::WebGpu, SHIPPED, covers);
    }

    /// The shipped architecture with random weights, from normalised covers to logits on the host.
    fn forward(bencher: Bencher, backend: Backend, size: u32, covers: usize) {
        let device = match block_on(OpenDevice::open(backend)) {
            Ok(device) => device,
            Err(reason) => {
                println!("SKIPPED: {reason}");
                return;
            }
        };
        let network = Network::init(
            Architecture::EfficientNetLite0,
            size as usize,
            10,
            device.device(),
        );
        let covers = vec![Cover::test_pattern(size); covers];
        let input = batch(&covers, &Normalisation::EFFICIENTNET_LITE, device.device());
        let logits = |input: Tensor<4>| block_on(network.forward(input).into_data_async());
        // The first run compiles shaders.
        logits(input.clone()).expect("logits");
        bencher
            .counter(ItemsCount::new(covers.len()))
            .with_inputs(|| input.clone())
            .bench_local_values(logits);
    }

    /// The result of a future; a graphics card is waited for by asking again.
    fn block_on<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::yield_now(),
            }
        }
    }
}
