//! Checkpoints as `torch.save` writes them.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A tensor's name and shape, of at most 255 numbers.
type Tensor<'a> = (&'a str, &'a [u8]);

/// The format since PyTorch 1.6: a ZIP file of a pickle and one file for each tensor's numbers.
pub fn zip(tensors: &[Tensor]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut add = |name: &str, content: &[u8]| {
        zip.start_file(format!("archive/{name}"), stored)
            .expect("a new file");
        zip.write_all(content).expect("memory");
    };
    add("data.pkl", &pickle(tensors));
    add("byteorder", b"little");
    for (index, (_, shape)) in tensors.iter().enumerate() {
        let numbers = (0..count(shape)).flat_map(|number| f32::from(number).to_le_bytes());
        add(&format!("data/{index}"), &numbers.collect::<Vec<_>>());
    }
    add("version", b"3\n");
    zip.finish().expect("memory").into_inner()
}

/// A pickle, protocol 2, of a dictionary from names to tensors.
pub fn pickle(tensors: &[Tensor]) -> Vec<u8> {
    let mut pickle = b"\x80\x02}(".to_vec();
    for (index, (name, shape)) in tensors.iter().enumerate() {
        pickle.extend(text(name));
        pickle.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        pickle.extend(text("storage"));
        pickle.extend(b"ctorch\nFloatStorage\n");
        pickle.extend(text(&index.to_string()));
        pickle.extend(text("cpu"));
        pickle.extend([b'K', count(shape), b't', b'Q', b'K', 0]);
        pickle.extend(tuple(shape.iter().copied()));
        let strides = (1..=shape.len()).map(|from| count(&shape[from..]));
        pickle.extend(tuple(strides));
        pickle.extend(b"\x89ccollections\nOrderedDict\n)RtR");
    }
    pickle.extend(b"u.");
    pickle
}

fn count(shape: &[u8]) -> u8 {
    shape.iter().product()
}

fn text(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).expect("a short text");
    [b"X", &length.to_le_bytes()[..], text.as_bytes()].concat()
}

fn tuple(numbers: impl Iterator<Item = u8>) -> Vec<u8> {
    let numbers = numbers.flat_map(|number| [b'K', number]);
    b"(".iter().copied().chain(numbers).chain(*b"t").collect()
}
