"""The engine's architectures as PyTorch modules, for the golden outputs of generate.py.

Channel counts are the published ones, scaled by `channels`. Modules are registered in the order in which the engine
declares its parameters, each batch norm after its convolution.
"""

import torch
from torch import nn
from torch.nn import functional as F


class Convolution(nn.Module):
    """Convolution, batch norm, ReLU (unless told otherwise)."""

    def __init__(self, inputs, filters, size=3, stride=1, bias=False, relu=True):
        super().__init__()
        size = size if isinstance(size, tuple) else (size, size)
        padding = tuple((side - 1) // 2 for side in size)
        self.conv = nn.Conv2d(inputs, filters, size, stride, padding, bias=bias)
        self.norm = nn.BatchNorm2d(filters)
        self.relu = relu

    def forward(self, x):
        y = self.norm(self.conv(x))
        return F.relu(y) if self.relu else y


def chain(inputs, *convolutions):
    """Convolutions given as (filters, size, stride), the last two optional."""
    layers = []
    for convolution in convolutions:
        layers.append(Convolution(inputs, *convolution))
        inputs = convolution[0]
    return nn.Sequential(*layers)


class Residual(nn.Module):
    def __init__(self, body, shortcut, relu):
        super().__init__()
        self.body, self.shortcut, self.relu = body, shortcut, relu

    def forward(self, x):
        y = self.body(x) + self.shortcut(x)
        return F.relu(y) if self.relu else y


class GlobalPool(nn.Module):
    def __init__(self, reduce):
        super().__init__()
        self.reduce = reduce

    def forward(self, x):
        return self.reduce(x, dim=(2, 3))


class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor


def resnet9(channels):
    a, b, c, d = (channels(n) for n in (64, 128, 256, 512))
    twice = lambda n: Residual(chain(n, (n,), (n,)), nn.Identity(), relu=False)
    pool = lambda: nn.MaxPool2d(2)
    return nn.Sequential(
        chain(3, (a,), (b,)), pool(), twice(b), chain(b, (c,)), pool(), chain(c, (d,)), pool(), twice(d),
        GlobalPool(torch.amax), nn.Linear(d, 10, bias=False), Scale(0.125),
    )  # fmt: skip


def resnet(channels, counts, expansion, body):
    inputs = channels(64)
    layers = [Convolution(3, inputs)]
    for stage, count in enumerate(counts):
        filters = channels(64 * 2**stage)
        for index in range(count):
            stride = 2 if stage > 0 and index == 0 else 1
            outputs = expansion * filters
            same = stride == 1 and inputs == outputs
            shortcut = nn.Identity() if same else Convolution(inputs, outputs, 1, stride, relu=False)
            layers.append(Residual(body(inputs, filters, stride), shortcut, relu=True))
            inputs = outputs
    return nn.Sequential(*layers, GlobalPool(torch.mean), nn.Linear(inputs, 10))


def resnet18(channels):
    return resnet(
        channels, [2, 2, 2, 2], 1,
        lambda inputs, filters, stride: nn.Sequential(
            Convolution(inputs, filters, 3, stride), Convolution(filters, filters, relu=False)
        ),
    )  # fmt: skip


def resnet50(channels):
    return resnet(
        channels, [3, 4, 6, 3], 4,
        lambda inputs, filters, stride: nn.Sequential(
            Convolution(inputs, filters, 1),
            Convolution(filters, filters, 3, stride),
            Convolution(filters, 4 * filters, 1, relu=False),
        ),
    )  # fmt: skip


class PreActivation(nn.Module):
    """He et al. 2016b: batch norm and ReLU before each convolution, and before the shortcut where it is one."""

    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.norm = nn.BatchNorm2d(inputs)
        self.conv1 = Convolution(inputs, filters, 3, stride)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.shortcut = None if stride == 1 else nn.Conv2d(inputs, filters, 1, stride, bias=False)

    def forward(self, x):
        y = F.relu(self.norm(x))
        kept = x if self.shortcut is None else self.shortcut(y)
        return self.conv2(self.conv1(y)) + kept


def preactresnet18(channels):
    inputs = channels(64)
    layers = [nn.Conv2d(3, inputs, 3, padding=1, bias=False)]
    for stage in range(4):
        for index in range(2):
            filters = channels(64 * 2**stage)
            layers.append(PreActivation(inputs, filters, 2 if stage > 0 and index == 0 else 1))
            inputs = filters
    return nn.Sequential(*layers, nn.BatchNorm2d(inputs), nn.ReLU(), GlobalPool(torch.mean), nn.Linear(inputs, 10))


def vgg16(channels):
    layers, inputs = [], 3
    for count, published in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(count):
            layers.append(Convolution(inputs, channels(published), bias=True))
            inputs = channels(published)
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(inputs, 10))


class Branches(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class Inception(nn.Module):
    """torchvision's Inception-v3 with the stem of the CIFAR form, everything padded."""

    def __init__(self, channels):
        super().__init__()
        self.channels, self.inputs = channels, 3
        self.layers = nn.ModuleList()
        self.add(self.path((32, 3), (32, 3), (64, 3), (80, 1), (192, 3)))
        for pooled in (32, 64, 64):
            self.join((64, 1)), self.join((48, 1), (64, 5)), self.join((64, 1), (96, 3), (96, 3))
            self.join((pooled, 1), pool=nn.AvgPool2d(3, 1, 1))
            self.close()
        self.join((384, 3, 2)), self.join((64, 1), (96, 3), (96, 3, 2)), self.join(pool=nn.MaxPool2d(3, 2, 1))
        self.close()
        row, column = (1, 7), (7, 1)
        for inner in (128, 160, 160, 192):
            self.join((192, 1)), self.join((inner, 1), (inner, row), (192, column))
            self.join((inner, 1), (inner, column), (inner, row), (inner, column), (192, row))
            self.join((192, 1), pool=nn.AvgPool2d(3, 1, 1))
            self.close()
        self.join((192, 1), (320, 3, 2)), self.join((192, 1), (192, row), (192, column), (192, 3, 2))
        self.join(pool=nn.MaxPool2d(3, 2, 1))
        self.close()
        for _ in range(2):
            self.join((320, 1)), self.join((384, 1), spread=384), self.join((448, 1), (384, 3), spread=384)
            self.join((192, 1), pool=nn.AvgPool2d(3, 1, 1))
            self.close()
        self.classifier = nn.Linear(self.inputs, 10)

    def path(self, *convolutions):
        return chain(self.inputs, *((self.channels(n), *rest) for n, *rest in convolutions))

    def add(self, layer):
        self.layers.append(layer)
        self.inputs = layer(torch.zeros(1, self.inputs, 9, 9)).shape[1]

    def join(self, *convolutions, pool=None, spread=None):
        """One more branch of the module that `close` ends."""
        layers = [*([pool] if pool else []), *self.path(*convolutions)]
        if spread:
            n, inputs = self.channels(spread), self.channels(convolutions[-1][0])
            layers.append(Branches(Convolution(inputs, n, (1, 3)), Convolution(inputs, n, (3, 1))))
        self.open = [*getattr(self, "open", []), nn.Sequential(*layers)]

    def close(self):
        branches, self.open = self.open, []
        self.add(Branches(*branches))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.classifier(x.mean(dim=(2, 3)))


class DenseLayer(nn.Module):
    def __init__(self, inputs, growth):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x):
        y = self.conv1(F.relu(self.norm1(x)))
        return torch.cat([x, self.conv2(F.relu(self.norm2(y)))], dim=1)


def densenet(growth, blocks):
    inputs = 2 * growth
    layers = [nn.Conv2d(3, inputs, 3, padding=1, bias=False)]
    for index, count in enumerate(blocks):
        if index > 0:
            conv = nn.Conv2d(inputs, inputs // 2, 1, bias=False)
            layers += [nn.BatchNorm2d(inputs), nn.ReLU(), conv, nn.AvgPool2d(2)]
            inputs //= 2
        for _ in range(count):
            layers.append(DenseLayer(inputs, growth))
            inputs += growth
    return nn.Sequential(
        *layers, nn.BatchNorm2d(inputs), nn.ReLU(), GlobalPool(torch.mean), nn.Linear(inputs, 10)
    )


networks = {
    "resnet9": resnet9,
    "resnet18": resnet18,
    "resnet50": resnet50,
    "preactresnet18": preactresnet18,
    "vgg16": vgg16,
    "inceptionv3": Inception,
    "densenet121": lambda channels: densenet(channels(32), [6, 12, 24, 16]),
    "densenet-bc": lambda channels: densenet(channels(12), [16, 16, 16]),
}
