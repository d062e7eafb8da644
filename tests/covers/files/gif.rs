//! GIF.

use gif::{Encoder, Frame};

use super::{COLOURS, HEIGHT, Outcome, Row, USUAL, WHITE, WIDTH, file, row};

pub(super) fn rows() -> Vec<Row> {
    let [red, ..] = COLOURS;
    let part = Outcome::Cover(WIDTH, HEIGHT, Some([red, WHITE, WHITE, WHITE]));
    vec![
        row(
            "GIF, animated",
            "the first frame",
            vec![
                file("animated.gif", gif(&[whole(), one_colour(1)]), USUAL),
                file("long.gif", gif(&vec![whole(); 300]), USUAL),
            ],
        ),
        row(
            "GIF, interlaced",
            "read",
            vec![file("interlaced.gif", gif(&[interlaced()]), USUAL)],
        ),
        row(
            "GIF whose first frame is smaller than its screen",
            "the rest is clear, and so white",
            vec![file(
                "part.gif",
                gif(&[Frame {
                    width: WIDTH as u16 / 2,
                    height: HEIGHT as u16 / 2,
                    ..one_colour(0)
                }]),
                part,
            )],
        ),
    ]
}

pub(super) fn gif(frames: &[Frame]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let palette = COLOURS.map(|colour| colour.0).concat();
    let mut encoder = Encoder::new(&mut bytes, WIDTH as u16, HEIGHT as u16, &palette).unwrap();
    for frame in frames {
        let mut frame = frame.clone();
        let pixels = usize::from(frame.width) * usize::from(frame.height);
        frame.buffer.to_mut().truncate(pixels);
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}

pub(super) fn whole() -> Frame<'static> {
    of((0..HEIGHT).flat_map(row_of).collect())
}

/// In four passes: of eight rows the first, the fifth, the third and seventh, and the others.
fn interlaced() -> Frame<'static> {
    let passes = [(0, 8), (4, 8), (2, 4), (1, 2)];
    let rows = passes
        .into_iter()
        .flat_map(|(first, step)| (first..HEIGHT).step_by(step));
    Frame {
        interlaced: true,
        ..of(rows.flat_map(row_of).collect())
    }
}

fn one_colour(index: u8) -> Frame<'static> {
    of(vec![index; (WIDTH * HEIGHT) as usize])
}

fn of(indices: Vec<u8>) -> Frame<'static> {
    Frame {
        width: WIDTH as u16,
        height: HEIGHT as u16,
        buffer: indices.into(),
        ..Frame::default()
    }
}

fn row_of(y: u32) -> impl Iterator<Item = u8> {
    (0..WIDTH).map(move |x| u8::from(2 * x >= WIDTH) + 2 * u8::from(2 * y >= HEIGHT))
}
