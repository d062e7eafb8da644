//! Weights for the products of matrices: the rows of a matrix side by side.

use super::lanes::{LANES, Lanes, transpose};

/// Rows of a matrix to columns of another: four by four numbers, and what is left over one by one.
#[inline(never)] // Apart from the loops of the product, whose registers it would take.
pub fn columns<const W: usize>(rows: &[f32], target: &mut [[f32; W]]) {
    let length = target.len();
    for (index, rows) in rows.chunks(LANES * length).enumerate() {
        let first = LANES * index;
        let done = four_columns(rows, target, first);
        for (row, numbers) in rows.chunks_exact(length).enumerate() {
            for (target, number) in target.iter_mut().zip(numbers).skip(done) {
                target[first + row] = *number;
            }
        }
    }
}

/// Four rows, if there are as many, to columns from the `first` on; answers how many of their numbers are done.
fn four_columns<const W: usize>(rows: &[f32], target: &mut [[f32; W]], first: usize) -> usize {
    let length = target.len();
    if rows.len() < LANES * length {
        return 0;
    }
    let (blocks, rest) = target.as_chunks_mut::<LANES>();
    for (index, block) in blocks.iter_mut().enumerate() {
        let rows = std::array::from_fn(|row| Lanes::load(&rows[row * length + LANES * index..]));
        let columns = transpose(rows);
        for column in 0..LANES {
            columns[column].store(&mut block[column][first..]);
        }
    }
    length - rest.len()
}
