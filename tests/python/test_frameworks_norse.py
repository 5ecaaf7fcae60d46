# SPDX-License-Identifier: Apache-2.0
"""Neurons of Norse, spike for spike: what docs/nir.md says of them. `make nir-test` installs what it needs."""
import numpy as np
import pytest

import spikeroll
from frameworks import N, agree, draw, each_step

torch = pytest.importorskip("torch")
norse = pytest.importorskip("norse.torch")
nir = pytest.importorskip("nir")
from norse.torch.utils.export_nir import to_nir  # noqa: E402


def network(cell, weight):
    net = norse.SequentialState(torch.nn.Linear(weight.shape[1], N, bias=False), cell, torch.nn.Linear(N, N, bias=False))
    net[0].weight.data, net[2].weight.data = torch.tensor(weight), torch.eye(N)
    return net


def theirs(net, spikes):
    """Spikes [count, steps, N] as Norse computes them."""
    state, steps = None, []
    with torch.no_grad():
        for x in spikes.swapaxes(0, 1):
            z, state = net[1](net[0](torch.tensor(x, dtype=torch.float32)), state)
            steps.append(z)
    return torch.stack(steps, 1).numpy()


def box(tau_mem_inv, v_th=1.0):
    return norse.LIFBoxCell(norse.LIFBoxParameters(tau_mem_inv=torch.tensor(tau_mem_inv), v_th=torch.tensor(v_th)))


def compare(cell, rules, steps=12, scale=1.0, **export):
    generator, spikes = draw(3, steps)
    net = network(cell, (scale * generator.normal(0.1, 0.3, (N, 12))).astype(np.float32))
    graph = spikeroll.Graph.of_nir(to_nir(net, torch.zeros(1, 12), **export))
    agree(theirs(net, spikes), each_step(lambda x: graph.scores(x, rules))(spikes))
    return graph, net, spikes


@pytest.mark.parametrize("tau_mem_inv", [100.0, 250.0, 1000.0])
@pytest.mark.parametrize("written, dt", [({}, 1e-6), ({"dt": 1.0}, 1e-3)])
def test_lif_box(tau_mem_inv, written, dt):
    """to_nir writes a time constant of its own dt times Norse's: --dt is the product of the cell's dt and that (1e-3 by default)."""
    compare(box(tau_mem_inv), spikeroll.Rules(dt=dt), scale=1000 / tau_mem_inv, **written)


def test_another_dt_is_not_norse():
    with pytest.raises(AssertionError, match="differ"):
        compare(box(100.0), spikeroll.Rules(dt=5e-7), scale=10)
    with pytest.raises(spikeroll.SpikerollError, match="not at least the step"):  # the cell's own dt
        compare(box(100.0), spikeroll.Rules(dt=1e-3), scale=10)


def test_iaf_counts_whole_currents():
    """The file says that a current counts for its time: a step of a second makes it whole."""
    compare(norse.IAFCell(), spikeroll.Rules(dt=1.0), scale=0.5)


def test_lif_with_a_synapse_of_one_step():
    cell = norse.LIFCell(norse.LIFParameters(tau_syn_inv=torch.tensor(1000.0), tau_mem_inv=torch.tensor(250.0)))
    compare(cell, spikeroll.Rules(dt=1e-3), scale=4, dt=1.0)


def test_lif_with_a_longer_synapse_is_refused():
    net = network(norse.LIFCell(), np.zeros((N, 12), np.float32))
    graph = spikeroll.Graph.of_nir(to_nir(net, torch.zeros(1, 12), dt=1.0))
    with pytest.raises(spikeroll.SpikerollError, match="synap"):
        graph.quantise(12, spikeroll.Rules(dt=1e-3))


def test_the_device_spikes_as_norse_does():
    """Where whole membranes lose nothing: a leak of a half, weights of halves. Sums meet the threshold often: > counts."""
    generator, spikes = draw(4, 5)
    weight = generator.integers(-1, 3, (N, 12)).astype(np.float32) / 2
    net = network(box(500.0), weight)
    graph = spikeroll.Graph.of_nir(to_nir(net, torch.zeros(1, 12), dt=1.0))

    def count(x):
        with spikeroll.Device("ref") as device:
            device.load(graph.quantise(x.shape[1], spikeroll.Rules(dt=1e-3), scale=64)[0])
            return device.infer(x)[0] / 64

    agree(theirs(net, spikes), each_step(count)(spikes))
