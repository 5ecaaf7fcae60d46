#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time one and the same generation in PyTorch (batched, one thread) and in the engine ref, side by side; and learning a sample:
surrogate gradients in PyTorch, mode local in ref.

    python3 -m venv /tmp/torchenv && /tmp/torchenv/bin/pip install torch
    /tmp/torchenv/bin/python tests/bench_torch.py build/tests/bench_ref

The PyTorch version does what a good one would: the base current is one matrix product a batch, shared by all members; the
projections of all pairs are one product; a pair's perturbation current is computed once for both members; the readout is one
product on spike counts; log-softmax, pair weights and the update are whole-tensor operations, written in place where that is
faster. It is run in float32 (its fastest type) over several chunk sizes, and the best one counts. Both are measured in processor
time of their one thread, so that other work on the machine does not count.
"""
import argparse
import subprocess
import time

import torch

INPUTS, HIDDEN, CLASSES, STEPS, PAIRS, BATCH, EVENTS = 578, 128, 10, 10, 256, 128, 844
THETA, LEAK, SIGMA = 256.0, 0.125, 1.0


def make_batch():
    cells = torch.rand(BATCH, STEPS * INPUTS).argsort(1)[:, :EVENTS]
    x = torch.zeros(BATCH, STEPS * INPUTS).scatter_(1, cells, 1.0)
    return x.view(BATCH, STEPS, INPUTS), torch.arange(BATCH) % CLASSES


def signs(*shape):
    return torch.randint(0, 2, shape, dtype=torch.float32).mul_(2).sub_(1)


def generation(weight, readout, x, label, chunk):
    """One generation at rank 1: 2 * PAIRS members, update included; weights change in place."""
    col, row = signs(PAIRS, HIDDEN), signs(PAIRS, INPUTS)
    col3, row3 = signs(PAIRS, HIDDEN), signs(PAIRS, CLASSES)
    base = (x.reshape(-1, INPUTS) @ weight).view(BATCH, STEPS, HIDDEN).transpose(0, 1).contiguous()  # [t][b][n]
    projection = (x.reshape(-1, INPUTS) @ row.t()).view(BATCH, STEPS, PAIRS).permute(1, 2, 0).contiguous()  # [t][p][b]
    fitness = torch.empty(2, PAIRS)
    for first in range(0, PAIRS, chunk):
        pairs = slice(first, first + chunk)
        c = col[pairs, None, :] * SIGMA
        v = torch.zeros(2, chunk, BATCH, HIDDEN)
        count = torch.zeros_like(v)
        for t in range(STEPS):
            delta = projection[t, pairs, :, None] * c  # [p][b][n]
            v.mul_(1 - LEAK)
            v.add_(base[t])
            v[0].add_(delta)
            v[1].sub_(delta)
            spike = v.ge(THETA)
            count.add_(spike)
            v.masked_fill_(spike, 0.0)
        score = count @ readout.t()  # [2][p][b][o]
        g = torch.einsum("spbn,pn->spb", count, col3[pairs])
        moved = g[..., None] * (row3[pairs, None, :] * SIGMA)
        score[0].add_(moved[0])
        score[1].sub_(moved[1])
        log_p = torch.log_softmax(score / 100, dim=-1)
        fitness[:, pairs] = log_p.gather(-1, label.expand(2, chunk, BATCH)[..., None]).sum((-1, -2))
    credit = torch.sign(fitness[0] - fitness[1])
    weight.addmm_((row * credit[:, None]).t(), col, alpha=0.01).clamp_(-128, 127)
    readout.addmm_((row3 * credit[:, None]).t(), col3, alpha=0.01).clamp_(-128, 127)


class Spike(torch.autograd.Function):
    """A threshold; backward, the slope of a fast sigmoid."""

    @staticmethod
    def forward(context, u):
        context.save_for_backward(u)
        return u.ge(0).to(u.dtype)

    @staticmethod
    def backward(context, gradient):
        (u,) = context.saved_tensors
        return gradient / (1 + u.abs() / (THETA / 4)).square() / (THETA / 2)


def surrogate_step(weight, readout, x, label):
    """Backpropagation through time over one batch, and plain gradient descent."""
    base = (x.reshape(-1, INPUTS) @ weight).view(BATCH, STEPS, HIDDEN).unbind(1)
    v = torch.zeros(BATCH, HIDDEN)
    count = torch.zeros(BATCH, HIDDEN)
    for t in range(STEPS):
        u = v * (1 - LEAK) + base[t]
        spike = Spike.apply(u - THETA)
        count = count + spike
        v = u * (1 - spike.detach())
    loss = torch.nn.functional.cross_entropy(count @ readout.t() / 100, label)
    gradients = torch.autograd.grad(loss, (weight, readout))
    with torch.no_grad():
        weight.sub_(gradients[0], alpha=1.0).clamp_(-128, 127)
        readout.sub_(gradients[1], alpha=1.0).clamp_(-128, 127)


def measure_surrogate(seconds, x, label):
    torch.manual_seed(1)
    weight = torch.randint(-16, 17, (INPUTS, HIDDEN)).float().requires_grad_()
    readout = torch.randint(-16, 17, (CLASSES, HIDDEN)).float().requires_grad_()
    surrogate_step(weight, readout, x, label)
    start, done = time.process_time(), 0
    while time.process_time() - start < seconds or done == 0:
        surrogate_step(weight, readout, x, label)
        done += 1
    return done * BATCH / (time.process_time() - start)


def measure(chunk, seconds, x, label):
    torch.manual_seed(1)
    weight = torch.randint(-16, 17, (INPUTS, HIDDEN)).float()
    readout = torch.randint(-16, 17, (CLASSES, HIDDEN)).float()
    generation(weight, readout, x, label, chunk)
    start, done = time.process_time(), 0
    while time.process_time() - start < seconds or done == 0:
        generation(weight, readout, x, label, chunk)
        done += 1
    return done * 2 * PAIRS * BATCH / (time.process_time() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench_ref", help="the program built from tests/bench_ref.c")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each measurement (default: 3)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with torch.inference_mode():
        x, label = make_batch()
        rates = {chunk: measure(chunk, options.seconds, x, label) for chunk in (1, 2, 4, 16, 64)}
    chunk = max(rates, key=rates.get)
    for size, rate in rates.items():
        print(f"torch {torch.__version__}, 1 thread, {size:3d} pairs at a time: {rate:12,.0f} evaluations a second")
    line = subprocess.run([options.bench_ref, str(options.seconds), "lowrank", "1", "1", ""], check=True, capture_output=True, text=True).stdout
    print(line.strip())
    ref = float(line.split(":")[1].split()[0])
    print(f"ratio {ref / rates[chunk]:.1f} (ref against the best of torch, {chunk} pairs at a time)")
    with torch.enable_grad():
        rate = measure_surrogate(options.seconds, *make_batch())
    print(f"torch {torch.__version__}, 1 thread, surrogate gradients: {rate:,.0f} samples learned a second")
    for mode in ("local", "local-on"):
        line = subprocess.run([options.bench_ref, str(options.seconds), mode], check=True, capture_output=True, text=True).stdout
        print(line.strip())
        print(f"ratio {float(line.split(':')[1].split()[0]) / rate:.1f} (mode local against surrogate gradients)")


if __name__ == "__main__":
    main()
