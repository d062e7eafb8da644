//! Layers as nodes of an ONNX graph (operators as of opset 13,
//! <https://github.com/onnx/onnx/blob/v1.8.0/docs/Operators.md>).

use std::collections::HashMap;

use anyhow::{Context, bail};
use burn::module::{Param, ParamId};
use burn::nn::conv::Conv2d;
use burn::nn::{Linear, PaddingConfig2d};
use burn::tensor::Tensor;
use undercover::bundle::Parameter;
use undercover::network::Activation;

use super::schema::{AttributeProto, AttributeType, DataType, NodeProto, TensorProto};
use crate::convert::little_endian;

/// The name of what a node answers, or of the graph's input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value(pub String);

/// A graph under construction: each layer adds its nodes after those of the layers below.
pub struct Graph {
    /// What is computed.
    pub nodes: Vec<NodeProto>,
    /// What is known beforehand.
    pub initializers: Vec<TensorProto>,
    names: HashMap<ParamId, String>,
}

impl Graph {
    /// A graph of these parameters and no layers.
    pub fn new(parameters: &[Parameter]) -> Self {
        let mut graph = Self {
            nodes: Vec::new(),
            initializers: Vec::new(),
            names: HashMap::new(),
        };
        for Parameter {
            id,
            name,
            shape,
            values,
        } in parameters
        {
            graph.constant(name, shape, values);
            graph.names.insert(*id, name.clone());
        }
        graph
    }

    /// A convolution with its bias, and its activation.
    pub fn convolve(
        &mut self,
        input: &Value,
        convolution: &Conv2d,
        activation: Activation,
    ) -> anyhow::Result<Value> {
        let PaddingConfig2d::Explicit(top, left, bottom, right) = convolution.padding else {
            bail!(
                "a convolution is padded by {:?}, not by numbers",
                convolution.padding
            );
        };
        let attributes = vec![
            ints("kernel_shape", &convolution.kernel_size),
            ints("strides", &convolution.stride),
            ints("dilations", &convolution.dilation),
            ints("pads", &[top, left, bottom, right]),
            int("group", convolution.groups),
        ];
        let mut inputs = vec![input.0.clone(), self.name(&convolution.weight)?];
        if let Some(bias) = &convolution.bias {
            inputs.push(self.name(bias)?);
        }
        let sums = self.node("Conv", inputs, attributes);
        Ok(self.activate(sums, activation))
    }

    /// A dense layer on `[batch, in]`, and its activation.
    pub fn dense(
        &mut self,
        input: &Value,
        layer: &Linear,
        activation: Activation,
    ) -> anyhow::Result<Value> {
        let mut inputs = vec![input.0.clone(), self.name(&layer.weight)?];
        if let Some(bias) = &layer.bias {
            inputs.push(self.name(bias)?);
        }
        let sums = self.node("Gemm", inputs, vec![int("transB", 1)]);
        Ok(self.activate(sums, activation))
    }

    /// The sum of two maps of one shape.
    pub fn add(&mut self, left: &Value, right: &Value) -> Value {
        self.node("Add", vec![left.0.clone(), right.0.clone()], Vec::new())
    }

    /// The largest number of each 2×2 pixels.
    pub fn halve(&mut self, input: &Value) -> Value {
        let attributes = vec![ints("kernel_shape", &[2, 2]), ints("strides", &[2, 2])];
        self.node("MaxPool", vec![input.0.clone()], attributes)
    }

    /// The mean over height and width: `[batch, channels]`.
    pub fn global_average(&mut self, input: &Value) -> Value {
        let mean = self.node("GlobalAveragePool", vec![input.0.clone()], Vec::new());
        self.flatten(&mean)
    }

    /// `[batch, channels, height, width]` to `[batch, channels · height · width]`.
    pub fn flatten(&mut self, input: &Value) -> Value {
        self.node("Flatten", vec![input.0.clone()], vec![int("axis", 1)])
    }

    /// `(pixels − mean) / std` by channel.
    pub fn normalise(&mut self, pixels: &Value, mean: &[f32; 3], std: &[f32; 3]) -> Value {
        let mean = self.constant("normalisation.mean", &[1, 3, 1, 1], mean);
        let std = self.constant("normalisation.std", &[1, 3, 1, 1], std);
        let centred = self.node("Sub", vec![pixels.0.clone(), mean], Vec::new());
        self.node("Div", vec![centred.0, std], Vec::new())
    }

    /// Names the last node's answer.
    pub fn finish(&mut self, name: &str) {
        if let Some(node) = self.nodes.last_mut() {
            node.output = vec![name.to_owned()];
        }
    }

    fn activate(&mut self, sums: Value, activation: Activation) -> Value {
        match activation {
            Activation::Identity => sums,
            Activation::Relu => self.node("Relu", vec![sums.0], Vec::new()),
            Activation::Relu6 => {
                let low = self.constant("relu6.low", &[], &[0.0]);
                let high = self.constant("relu6.high", &[], &[6.0]);
                self.node("Clip", vec![sums.0, low, high], Vec::new())
            }
        }
    }

    /// Adds a constant, unless there is one of this name; answers the name.
    fn constant(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        if !self.initializers.iter().any(|known| known.name == name) {
            self.initializers.push(TensorProto {
                dims: shape.iter().map(|&length| length as i64).collect(),
                data_type: DataType::Float.into(),
                name: name.to_owned(),
                raw_data: little_endian(values),
            });
        }
        name.to_owned()
    }

    fn node(
        &mut self,
        operator: &str,
        input: Vec<String>,
        attribute: Vec<AttributeProto>,
    ) -> Value {
        let name = format!("{}_{}", operator.to_lowercase(), self.nodes.len());
        self.nodes.push(NodeProto {
            input,
            output: vec![name.clone()],
            name: name.clone(),
            op_type: operator.to_owned(),
            attribute,
        });
        Value(name)
    }

    fn name<const D: usize>(&self, parameter: &Param<Tensor<D>>) -> anyhow::Result<String> {
        let name = self.names.get(&parameter.id);
        name.cloned().context("a layer has weights of no name")
    }
}

fn int(name: &str, value: usize) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        i: Some(value as i64),
        ints: Vec::new(),
        r#type: AttributeType::Int.into(),
    }
}

fn ints(name: &str, values: &[usize]) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        i: None,
        ints: values.iter().map(|&value| value as i64).collect(),
        r#type: AttributeType::Ints.into(),
    }
}
