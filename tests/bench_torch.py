#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time one and the same generation in PyTorch (batched, one thread) and in the engine ref, side by side; and learning a sample:
surrogate gradients in PyTorch, mode local in ref.

    python3 -m venv /tmp/torchenv && /tmp/torchenv/bin/pip install torch
    /tmp/torchenv/bin/python tests/bench_torch.py build/tests/bench_ref

The PyTorch version does what a good one would: the base current is one matrix product a batch, shared by all members; the
projections of all pairs are one product; a pair's perturbation current is computed once for both members; the readout is one
product on spike counts; log-softmax, pair weights and the update are whole-tensor operations, written in place where that is
faster. It is run in float32 (its fastest type) over several chunk sizes, and the best one counts. All take turns, in short pieces,
and are measured in processor time of their one thread, so that other work on the machine counts little and for all alike.
"""
import argparse
import functools
import statistics
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


def surrogate_rate(seconds, x, label):
    torch.manual_seed(1)
    weight = torch.randint(-16, 17, (INPUTS, HIDDEN)).float().requires_grad_()
    readout = torch.randint(-16, 17, (CLASSES, HIDDEN)).float().requires_grad_()
    surrogate_step(weight, readout, x, label)
    start, done = time.process_time(), 0
    while time.process_time() - start < seconds or done == 0:
        surrogate_step(weight, readout, x, label)
        done += 1
    return done * BATCH / (time.process_time() - start)


def generation_rate(chunk, seconds, x, label):
    torch.manual_seed(1)
    weight = torch.randint(-16, 17, (INPUTS, HIDDEN)).float()
    readout = torch.randint(-16, 17, (CLASSES, HIDDEN)).float()
    generation(weight, readout, x, label, chunk)
    start, done = time.process_time(), 0
    while time.process_time() - start < seconds or done == 0:
        generation(weight, readout, x, label, chunk)
        done += 1
    return done * 2 * PAIRS * BATCH / (time.process_time() - start)


def ref_rate(program, seconds, *arguments):
    line = subprocess.run([program, str(seconds), *arguments], check=True, capture_output=True, text=True).stdout
    return float(line.split(": ")[1].split()[0])


def take_turns(rounds, unit, **measurements):
    """Call each measurement once a round, so that other work on the machine meets all of them alike; print medians. The first is
    what the others are compared with: by the ratio within a round, its median and its range."""
    names = [name.replace("_", " ") for name in measurements]
    rates = [[measure() for measure in measurements.values()] for _ in range(rounds)]
    for i, name in enumerate(names):
        line = f"{name}: {statistics.median(rate[i] for rate in rates):,.0f} {unit} a second"
        if i:
            ratios = sorted(rate[i] / rate[0] for rate in rates)
            line += f", {statistics.median(ratios):.1f} times {names[0]} ({ratios[0]:.1f} to {ratios[-1]:.1f} in {rounds} rounds)"
        print(line)


def beside_a_training(data_folder, preset, samples, seconds, x, label):
    """A training in mode local on real data, from its first sample on, by the Python package: after every 20,000 samples the
    training waits while PyTorch learns for a moment. What a sample costs in mode local falls while a network learns, so this is
    the comparison that counts."""
    import spikeroll

    settings = dict(line.split(None, 1) for line in open(preset) if line.strip() and not line.startswith("#"))
    batch = int(settings["batch"])
    settings["generations"] = samples // batch
    settings["step-decay"] = "none"  # a part of a longer training
    config = spikeroll.Config(**{name.replace("-", "_"): value.strip() if isinstance(value, str) else value for name, value in settings.items()})
    torch_rates, torch_time = [], 0.0
    with spikeroll.Data.open(data_folder, config) as data, spikeroll.Device("ref", threads=1) as device:
        with spikeroll.Training(config, data, device) as training:
            marks = [(0, time.process_time())]

            def after_generation(progress):
                nonlocal torch_time
                done = progress.generation * batch
                if done % 20000 == 0:
                    now = time.process_time()
                    torch_rates.append(surrogate_rate(seconds, x, label))
                    torch_time += time.process_time() - now
                if done in (100000, 300000, samples):
                    marks.append((done, time.process_time() - torch_time))

            training.run(after_generation)
    torch_rate = statistics.median(torch_rates)
    print(f"surrogate gradients in torch: {torch_rate:,.0f} samples learned a second (median of {len(torch_rates)})")
    for done, at in marks[1:]:
        rate = done / (at - marks[0][1])
        print(f"mode local, the first {done:,} samples of a training: {rate:,.0f} a second, {rate / torch_rate:.1f} times as many")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench_ref", help="the program built from tests/bench_ref.c")
    parser.add_argument("--seconds", type=float, default=0.5, help="for each measurement of a round (default: 0.5)")
    parser.add_argument("--rounds", type=int, default=9, help="in which each is measured once (default: 9)")
    parser.add_argument("--only", choices=("lowrank", "local"), help="leave the other rule out")
    parser.add_argument("--data", help="N-MNIST: compare mode local in a training on it; SPIKEROLL_LIBRARY and PYTHONPATH are set")
    parser.add_argument("--preset", default="host/presets/nmnist-local.preset", help="settings of that training (default: %(default)s)")
    parser.add_argument("--samples", type=int, default=1000000, help="how many it learns (default: %(default)s)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"torch {torch.__version__} and ref, one thread each, {INPUTS}-{HIDDEN}-{CLASSES}, {STEPS} steps, batch {BATCH}, {EVENTS} events")
    x, label = make_batch()
    ref = functools.partial(ref_rate, options.bench_ref, options.seconds)
    if options.only != "local":
        with torch.inference_mode():
            chunk = max((1, 2, 4, 16, 64), key=lambda size: generation_rate(size, options.seconds, x, label))
            print(f"lowrank: torch is fastest with {chunk} pairs at a time")
            take_turns(
                options.rounds,
                "evaluations",
                torch=lambda: generation_rate(chunk, options.seconds, x, label),
                ref=lambda: ref("lowrank", "1", "1", ""),
            )
    if options.only != "lowrank":
        take_turns(
            options.rounds,
            "samples learned",
            surrogate_gradients_in_torch=lambda: surrogate_rate(options.seconds, x, label),
            mode_local_at_the_beginning=lambda: ref("local"),
            mode_local_going_on=lambda: ref("local-on"),
        )
        if options.data:
            beside_a_training(options.data, options.preset, options.samples, options.seconds, x, label)


if __name__ == "__main__":
    main()
