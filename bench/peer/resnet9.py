"""The network of packages/engine/src/models (resnet9) in PyTorch, with our weights carried over."""

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


class Convolution(nn.Module):
    """3x3 convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, filters: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, filters, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(filters, eps=1e-5, momentum=0.1)

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x)))


class ResNet9(nn.Module):
    def __init__(self, channels: list[int], mean, std):
        super().__init__()
        a, b, c, d = channels
        self.layers = nn.ModuleDict(
            {
                "0": Convolution(3, a),
                "1": Convolution(a, b),
                "3-0": Convolution(b, b),
                "3-1": Convolution(b, b),
                "4": Convolution(b, c),
                "6": Convolution(c, d),
                "8-0": Convolution(d, d),
                "8-1": Convolution(d, d),
            }
        )
        self.classifier = nn.Linear(d, 10, bias=False)
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def forward(self, x):
        layer, pool = self.layers, nn.functional.max_pool2d
        h = pool(layer["1"](layer["0"]((x - self.mean) / self.std)), 2)
        h = h + layer["3-1"](layer["3-0"](h))
        h = pool(layer["4"](h), 2)
        h = pool(layer["6"](h), 2)
        h = h + layer["8-1"](layer["8-0"](h))
        return self.classifier(h.amax(dim=(2, 3))) * 0.125


def load_resnet9(weights: dict[str, torch.Tensor], mean, std) -> ResNet9:
    """weights: by our names; kernels [h, w, in, out]."""
    name = lambda key: "layers." + key.replace("-", ".body.")
    channels = [weights[name(key) + ".kernel"].shape[3] for key in ("0", "1", "4", "6")]
    model = ResNet9(channels, mean, std)
    with torch.no_grad():
        for key, layer in model.layers.items():
            layer.conv.weight.copy_(weights[name(key) + ".kernel"].permute(3, 2, 0, 1))
            layer.norm.weight.copy_(weights[name(key) + ".scale"])
            layer.norm.bias.copy_(weights[name(key) + ".offset"])
            layer.norm.running_mean.copy_(weights[name(key) + ".mean"])
            layer.norm.running_var.copy_(weights[name(key) + ".variance"])
        model.classifier.weight.copy_(weights["classifier.kernel"].T)
    return model


def fold(model: ResNet9) -> ResNet9:
    """Batch norm folded into the convolutions, parameters frozen: PyTorch at its best for an attack."""
    model.eval()
    for layer in model.layers.values():
        layer.conv = fuse_conv_bn_eval(layer.conv, layer.norm)
        layer.norm = nn.Identity()
    return model.requires_grad_(False)
