"""One contestant in PyTorch. Reads a command a line on stdin, answers a line of JSON on stdout.

usage: peer.py attack|train eager|compile|folded THREADS DIRECTORY
commands: {"steps": n} -> {"wallMs", "cpuMs"} a step;  {"check": path} -> writes the result of one step
"""

import json
import sys
import time

import torch
from safetensors.torch import load_file, save_file

from resnet9 import fold, load_resnet9

task, variant, threads, directory = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
torch.set_num_interop_threads(1)
settings = json.load(open(f"{directory}/settings.json"))
inputs = load_file(f"{directory}/inputs.safetensors")
model = load_resnet9(load_file(f"{directory}/weights.safetensors"), settings["mean"], settings["std"])
model = model.to(memory_format=torch.channels_last)
x0 = inputs["images"].permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
y = inputs["labels"].long()
cross_entropy = torch.nn.functional.cross_entropy


def attack_step():
    """A step of targeted L2 PGD as attack libraries write it: autograd to the input, normalise, project, clip."""
    if variant == "folded":
        fold(model)
    model.eval()
    epsilon, step_size = settings["epsilon"], settings["stepSize"]
    length = lambda v: v.flatten(1).norm(dim=1).clamp_min(1e-12).view(-1, 1, 1, 1)

    def step(x):
        x = x.detach().requires_grad_(True)
        (gradient,) = torch.autograd.grad(cross_entropy(model(x), y, reduction="sum"), x)
        with torch.no_grad():
            delta = x - step_size * gradient / length(gradient) - x0
            delta = delta * (epsilon / length(delta)).clamp_max(1.0)
            return (x0 + delta).clamp(0, 1)

    return torch.compile(step) if variant == "compile" else step


def train_step():
    """SGD with Nesterov momentum on one batch, batch norm in training mode."""
    model.train()
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=settings["learningRate"],
        momentum=0.9,
        nesterov=True,
        weight_decay=settings["weightDecay"],
        fused=variant == "fused",
    )
    forward = torch.compile(model) if variant == "compile" else model

    def step(_):
        optimizer.zero_grad(set_to_none=True)
        loss = cross_entropy(forward(x0), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def result(value):
    """What is compared between the contestants: the images after one attack step, or the loss before a training step."""
    if task == "attack":
        return {"result": value.permute(0, 2, 3, 1).contiguous()}
    return {"result": value.reshape(1).contiguous()}


step = attack_step() if task == "attack" else train_step()
print(json.dumps({"ready": True, "version": torch.__version__}), flush=True)
value = x0
for line in sys.stdin:
    command = json.loads(line)
    if "check" in command:
        save_file(result(step(x0)), command["check"])
        print("{}", flush=True)
        continue
    n = command["steps"]
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(n):
        value = step(value if task == "attack" else None)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wallMs": wall * 1e3 / n, "cpuMs": cpu * 1e3 / n}), flush=True)
    value = x0
