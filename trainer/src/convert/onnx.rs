//! The whole network, from pixels to logits, as ONNX (<https://onnx.ai>), opset 13.

mod graph;
mod layers;
mod schema;

use std::collections::HashMap;

use prost::Message;
use undercover::bundle::{Manifest, Parameter};
use undercover::network::Network;

use self::graph::{Graph, Value};
use self::schema::{
    DataType, Dimension, DimensionProto, GraphProto, ModelProto, OperatorSetIdProto,
    StringStringEntryProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};

/// The version of the file format that came with [`OPSET`], ONNX 1.8: what all runtimes of today read.
const IR_VERSION: i64 = 7;
/// The version of the operators.
const OPSET: i64 = 13;

const INPUT: &str = "pixels";
const OUTPUT: &str = "logits";

/// An ONNX file that takes `pixels` `[batch, 3, size, size]` from 0 to 255 and answers `logits`
/// `[batch, genres]`; the normalisation is its first two nodes.
pub fn model(
    network: &Network,
    parameters: &[Parameter],
    manifest: &Manifest,
    metadata: HashMap<String, String>,
) -> anyhow::Result<Vec<u8>> {
    let mut graph = Graph::new(parameters);
    let normalisation = &manifest.input.normalisation;
    let pixels = Value(INPUT.to_owned());
    let covers = graph.normalise(&pixels, &normalisation.mean, &normalisation.std);
    layers::logits(&mut graph, network, &covers)?;
    graph.finish(OUTPUT);
    let model = ModelProto {
        ir_version: IR_VERSION,
        producer_name: "undercover".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        graph: Some(GraphProto {
            node: graph.nodes,
            name: manifest.name.clone(),
            initializer: graph.initializers,
            input: vec![pixels_info(manifest.input.size)],
            output: vec![logits_info(&manifest.genres)],
        }),
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: OPSET,
        }],
        metadata_props: entries(metadata),
    };
    Ok(model.encode_to_vec())
}

fn pixels_info(size: u32) -> ValueInfoProto {
    let side = i64::from(size);
    let about = format!(
        "Covers in sRGB, values from 0 to 255, planes of red, green and blue, row by row: the centre \
         square, resized to {size}×{size} with a triangle filter."
    );
    value_info(INPUT, &[3, side, side], about)
}

fn logits_info(genres: &[String]) -> ValueInfoProto {
    let about = format!("A number for each of {}.", genres.join(", "));
    value_info(OUTPUT, &[genres.len() as i64], about)
}

/// Numbers of the shape `[batch, …]` for any batch.
fn value_info(name: &str, shape: &[i64], doc_string: String) -> ValueInfoProto {
    let batch = Dimension::DimParam("batch".to_owned());
    let dimensions = shape.iter().map(|&length| Dimension::DimValue(length));
    let dim = std::iter::once(batch)
        .chain(dimensions)
        .map(|dimension| DimensionProto {
            value: Some(dimension),
        })
        .collect();
    ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: DataType::Float.into(),
                shape: Some(TensorShapeProto { dim }),
            }),
        }),
        doc_string,
    }
}

fn entries(metadata: HashMap<String, String>) -> Vec<StringStringEntryProto> {
    let mut entries: Vec<_> = metadata
        .into_iter()
        .map(|(key, value)| StringStringEntryProto { key, value })
        .collect();
    entries.sort_by(|left, right| left.key.cmp(&right.key));
    entries
}
