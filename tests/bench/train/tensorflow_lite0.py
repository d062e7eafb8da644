"""TensorFlow's side of `cargo xtask bench train`: images a second of a forward pass and of a training step.

The network is that of src/network/efficientnet_lite.rs: EfficientNet-Lite0 with its BatchNorm folded into the
convolutions, ReLU6, dropout before the classifier. Prints one JSON object.

usage: tensorflow_lite0.py SIZE BATCH SECONDS
"""

import json
import os
import statistics
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import tensorflow as tf

GENRES = 10
# Expansion, channels, blocks, stride, kernel.
STAGES = [
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
]
layers = keras.layers
INITIALIZER = "he_normal"


def pointwise(inputs, channels, activation=None):
    return layers.Conv2D(
        channels, 1, padding="same", activation=activation, kernel_initializer=INITIALIZER
    )(inputs)


def block(inputs, expansion, channels, stride, kernel):
    hidden = inputs
    if expansion > 1:
        hidden = pointwise(hidden, inputs.shape[-1] * expansion, "relu6")
    hidden = layers.DepthwiseConv2D(
        kernel, stride, padding="same", activation="relu6", depthwise_initializer=INITIALIZER
    )(hidden)
    output = pointwise(hidden, channels)
    if stride == 1 and inputs.shape[-1] == channels:
        output = layers.Add()([output, inputs])
    return output


def lite0(size):
    covers = keras.Input((size, size, 3))
    hidden = layers.Conv2D(
        32, 3, 2, padding="same", activation="relu6", kernel_initializer=INITIALIZER
    )(covers)
    for expansion, channels, blocks, stride, kernel in STAGES:
        for index in range(blocks):
            hidden = block(hidden, expansion, channels, stride if index == 0 else 1, kernel)
    hidden = layers.GlobalAveragePooling2D()(pointwise(hidden, 1280, "relu6"))
    return keras.Model(covers, layers.Dense(GENRES)(layers.Dropout(0.2)(hidden)))


def rate(work, batch, seconds):
    """Images a second: the median over the calls that fit in the time, after calls to warm up."""
    for _ in range(3):
        work()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return batch / statistics.median(times)


def main():
    size, batch, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    keras.utils.set_random_seed(1)
    network = lite0(size)
    optimizer = keras.optimizers.AdamW(learning_rate=1e-4, weight_decay=0.05)
    optimizer.build(network.trainable_variables)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    covers = tf.random.uniform((batch, size, size, 3), -1.0, 1.0)
    targets = tf.one_hot([index % GENRES for index in range(batch)], GENRES)

    @tf.function
    def forward():
        return network(covers, training=False)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            value = loss(targets, network(covers, training=True))
        gradients = tape.gradient(value, network.trainable_variables)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables))
        return value

    answer = {
        "version": tf.__version__,
        "parameters": network.count_params(),
        "forward": rate(lambda: forward().numpy(), batch, seconds),
        "step": rate(lambda: step().numpy(), batch, seconds),
    }
    print(json.dumps(answer))


main()
