"""Logits of the architectures in PyTorch, in evaluation mode, for weights, statistics and images that follow from a rule.

usage: python generate.py   (needs torch and numpy; writes logits.json beside itself)

The rule, which golden-logits.test.ts follows too: value i of tensor t is made of noise(t, i) in [0,1), a hash.
Tensor 0 is the images; then come the parameters in the engine's order and its layouts (kernels [h, w, in, out]).
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from networks import networks
from noise import noise

WIDTH = 1 / 8
MEAN, STD = [0.5, 0.45, 0.4], [0.25, 0.2, 0.3]


def channels(published):
    return max(4, int(published * WIDTH / 4 + 0.5) * 4)


class Rule:
    def __init__(self, gain):
        self.gain, self.tensor = gain, 0

    def kernel(self, shape):
        """Variance gain / fan-in."""
        return (2 * self.next(shape) - 1) * np.sqrt(3 * self.gain / np.prod(shape[:-1]))

    def around(self, center, n):
        return center - 0.5 + self.next((n,))

    def next(self, shape):
        self.tensor += 1
        return noise(self.tensor, shape)


@torch.no_grad()
def fill(model, gain):
    rule = Rule(gain)
    put = lambda parameter, values: parameter.copy_(torch.from_numpy(values))
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            outputs, inputs, height, width = module.weight.shape
            put(module.weight, rule.kernel((height, width, inputs, outputs)).transpose(3, 2, 0, 1))
        elif isinstance(module, nn.Linear):
            put(module.weight, rule.kernel((module.in_features, module.out_features)).T)
        elif isinstance(module, nn.BatchNorm2d):
            put(module.weight, rule.around(1, module.num_features))
            put(module.bias, rule.around(0, module.num_features))
            put(module.running_mean, rule.around(0, module.num_features))
            put(module.running_var, rule.around(1, module.num_features))
            continue
        if getattr(module, "bias", None) is not None:
            put(module.bias, rule.around(0, module.bias.numel()))


@torch.no_grad()
def logits(network, gain):
    model = network(channels).eval()
    fill(model, gain)
    x = torch.from_numpy(noise(0, (2, 32, 32, 3)).astype(np.float32))
    x = (x - torch.tensor(MEAN)) / torch.tensor(STD)
    return [[round(value, 6) for value in row] for row in model(x.permute(0, 3, 1, 2)).tolist()]


def golden(name):
    """The gain is such that the logits depend on the image, and stay small where blocks add to each other."""
    gain = 1 if "resnet" in name else 2
    return {"gain": gain, "logits": logits(networks[name], gain)}


results = {name: golden(name) for name in networks}
Path(__file__).with_name("logits.json").write_text(json.dumps(results, indent=2) + "\n")
