"""Adversarial examples of torchattacks 3.5.1 for a small network whose weights and images follow from a rule.

usage: python attacks.py   (needs torch, torchattacks and numpy; writes attacks.json beside itself)

The rule is that of generate.py. Tensors are float32 [n,h,w,c], base64, little-endian.
"""

import base64
import json
from pathlib import Path

import numpy as np
import torch
import torchattacks
from torch import nn

from noise import noise

N, SIDE, CHANNELS, HIDDEN, CLASSES = 12, 4, 3, 16, 5
PIXELS = SIDE * SIDE * CHANNELS
EPSILON = {"Linf": 6 / 255, "L2": 0.12}


def ruled(tensor, shape):
    return torch.from_numpy(noise(tensor, shape).astype(np.float32))


class Network(nn.Module):
    """logits = 4 · tanh((x − 1/2) A) B, without a kink anywhere."""

    def __init__(self):
        super().__init__()
        a = 2 * ruled(1, (SIDE, SIDE, CHANNELS, HIDDEN)) - 1
        self.a = a.permute(2, 0, 1, 3).reshape(PIXELS, HIDDEN)
        self.b = 2 * ruled(2, (HIDDEN, CLASSES)) - 1
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return 4 * torch.tanh((x.reshape(-1, PIXELS) - 0.5) @ self.a) @ self.b


def encoded(x):
    values = x.detach().permute(0, 2, 3, 1).contiguous().numpy().astype("<f4")
    return base64.b64encode(values.tobytes()).decode()


network = Network().eval()
images = ruled(0, (N, SIDE, SIDE, CHANNELS)).permute(0, 3, 1, 2).contiguous()
labels = network(images).argmax(1)
targets = (labels + 1) % CLASSES


def run(attack, targeted):
    if targeted:
        attack.set_mode_targeted_by_label(quiet=True)
    return encoded(attack(images, targets if targeted else labels))


def steps(method, norm, own, attack, targeted=False):
    """An attack of ten steps from the image itself."""
    step = EPSILON[norm] / 4
    params = {"norm": norm.lower(), "epsilon": EPSILON[norm], "stepSize": step, "steps": 10, **own}
    return {"method": method, "params": params, "targeted": targeted, "images": run(attack(EPSILON[norm], step), targeted)}


ta = torchattacks

cases = [
    *[
        steps("pgd", norm, {}, lambda eps, a, cls=cls: cls(network, eps=eps, alpha=a, steps=10, random_start=False), targeted)
        for norm, cls in [("Linf", ta.PGD), ("L2", ta.PGDL2)]
        for targeted in [False, True]
    ],
    steps("bim", "Linf", {}, lambda eps, a: ta.BIM(network, eps=eps, alpha=a, steps=10)),
    steps("mifgsm", "Linf", {"decay": 1}, lambda eps, a: ta.MIFGSM(network, eps=eps, alpha=a, steps=10, decay=1.0)),
    steps("mifgsm", "Linf", {"decay": 0.5}, lambda eps, a: ta.MIFGSM(network, eps=eps, alpha=a, steps=10, decay=0.5), True),
    steps("nifgsm", "Linf", {"decay": 1}, lambda eps, a: ta.NIFGSM(network, eps=eps, alpha=a, steps=10, decay=1.0)),
    steps("nifgsm", "Linf", {"decay": 0.5}, lambda eps, a: ta.NIFGSM(network, eps=eps, alpha=a, steps=10, decay=0.5), True),
    steps(
        "tifgsm",
        "Linf",
        {"decay": 0.5, "kernelSize": 3},
        lambda eps, a: ta.TIFGSM(network, eps=eps, alpha=a, steps=10, decay=0.5, len_kernel=3, diversity_prob=0.0),
    ),
]
fgsm = ta.FGSM(network, eps=EPSILON["Linf"])
cases.append(
    {
        "method": "fgsm",
        "params": {"norm": "linf", "epsilon": EPSILON["Linf"], "stepSize": EPSILON["Linf"], "steps": 1},
        "targeted": False,
        "images": run(fgsm, False),
    }
)


def apgd(norm, loss, count=10):
    """One run from a start that is kept; where it succeeded its last success, else the point of the highest loss."""
    attack = ta.APGD(network, norm=norm, eps=EPSILON[norm], steps=count, loss=loss, n_restarts=1)
    starts = []
    forward = attack.get_logits
    attack.get_logits = lambda x, *rest: (starts.append(x.detach().clone()), forward(x, *rest))[1]
    torch.manual_seed(3)
    best, correct, _, successes = attack.attack_single_run(images, labels)
    found = torch.where(correct.reshape(-1, 1, 1, 1), best, successes)
    params = {"norm": norm.lower(), "epsilon": EPSILON[norm], "stepSize": 2 * EPSILON[norm], "steps": count, "loss": loss}
    return {
        "method": "apgd",
        "params": params,
        "targeted": False,
        "start": encoded(starts[0]),
        "succeeded": [int(not c) for c in correct.tolist()],
        "images": encoded(found),
    }


cases += [apgd(norm, loss) for norm in ["Linf", "L2"] for loss in ["ce", "dlr"]]
RUNS, QUERIES = 64, 60


def square():
    """How many images RUNS runs fool in all, by QUERIES queries each: the draws of two implementations differ."""
    fooled = 0
    for seed in range(RUNS):
        attack = ta.Square(network, norm="Linf", eps=EPSILON["Linf"], n_queries=QUERIES, seed=seed, p_init=0.8)
        fooled += int((network(attack(images, labels)).argmax(1) != labels).sum())
    return {"runs": RUNS, "queries": QUERIES, "epsilon": EPSILON["Linf"], "fooled": fooled}


results = {
    "square": square(),
    "shape": [N, SIDE, SIDE, CHANNELS],
    "hidden": HIDDEN,
    "classes": CLASSES,
    "labels": labels.tolist(),
    "targets": targets.tolist(),
    "cases": cases,
}
Path(__file__).with_name("attacks.json").write_text(json.dumps(results, indent=1) + "\n")
