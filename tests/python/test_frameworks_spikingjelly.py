# SPDX-License-Identifier: Apache-2.0
"""Neurons of SpikingJelly, spike for spike: what docs/nir.md says of them. `make nir-test` installs what it needs."""
import numpy as np
import pytest

import spikeroll
from frameworks import N, agree, draw, each_step

torch = pytest.importorskip("torch")
pytest.importorskip("spikingjelly")
nir = pytest.importorskip("nir")
from spikingjelly.activation_based import functional, neuron  # noqa: E402
from spikingjelly.activation_based.nir_exchange import export_to_nir  # noqa: E402

RULES = spikeroll.Rules(comparison="at-least")


def network(node, weight):
    net = torch.nn.Sequential(torch.nn.Linear(weight.shape[1], N, bias=False), node, torch.nn.Linear(N, N, bias=False))
    net[0].weight.data, net[2].weight.data = torch.tensor(weight), torch.eye(N)
    return net


def theirs(net, spikes):
    """Spikes [count, steps, N] as SpikingJelly computes them."""
    functional.reset_net(net)
    with torch.no_grad():
        steps = [net[1](net[0](torch.tensor(x, dtype=torch.float32))) for x in spikes.swapaxes(0, 1)]
    functional.reset_net(net)
    return torch.stack(steps, 1).numpy()


def exported(net):
    return spikeroll.Graph.of_nir(export_to_nir(net, torch.zeros(1, 12)))


NODES = {"LIFNode": (lambda **v: neuron.LIFNode(tau=4.0, **v), 4), "LIFNode, decay_input=False": (lambda **v: neuron.LIFNode(
    tau=4.0, decay_input=False, **v), 1), "ParametricLIFNode": (lambda **v: neuron.ParametricLIFNode(init_tau=2.0, **v), 2),
    "IFNode": (lambda **v: neuron.IFNode(**v), 1), "CUBALIFNode": (lambda **v: neuron.CUBALIFNode(c_decay=0.0, v_decay=0.5, **v), 1)}


@pytest.mark.parametrize("name", NODES)
def test_the_graph_spikes_as_spikingjelly_does(name):
    make, scale = NODES[name]
    generator, spikes = draw(3, 12)
    net = network(make(v_reset=0.0), (scale * generator.normal(0.1, 0.2, (N, 12))).astype(np.float32))
    agree(theirs(net, spikes), each_step(lambda x: exported(net).scores(x, RULES))(spikes))


@pytest.mark.parametrize("name", NODES)
def test_the_device_spikes_as_spikingjelly_does(name):
    """Where whole membranes lose nothing: sums meet the threshold often, and an equal one counts."""
    make, scale = {**NODES, "LIFNode": (lambda **v: neuron.LIFNode(tau=2.0, **v), 2),
                   "LIFNode, decay_input=False": (lambda **v: neuron.LIFNode(tau=2.0, decay_input=False, **v), 1)}[name]
    generator, spikes = draw(4, 5)
    net = network(make(v_reset=0.0), scale * generator.integers(-1, 2, (N, 12)).astype(np.float32) / 2)
    graph = exported(net)

    def count(x):
        with spikeroll.Device("ref") as device:
            device.load(graph.quantise(x.shape[1], RULES, scale=64 / scale)[0])
            return device.infer(x)[0] / (64 / scale)

    wanted = theirs(net, spikes)
    agree(wanted, each_step(count)(spikes))
    strict = each_step(lambda x: graph.scores(x))(spikes)
    assert not np.array_equal(wanted, strict)  # the comparison is seen


def test_a_reset_by_subtraction_is_not_exported_but_is_known():
    """SpikingJelly refuses to write v_reset=None, which NIR has no word for. The file of the same network with v_reset=0 does."""
    generator, spikes = draw(3, 12)
    weight = generator.normal(0.1, 0.2, (N, 12)).astype(np.float32)
    soft, hard = network(neuron.IFNode(v_reset=None), weight), network(neuron.IFNode(v_reset=0.0), weight)
    with pytest.raises(NotImplementedError, match="soft reset"):
        export_to_nir(soft, torch.zeros(1, 12))
    graph, rules = exported(hard), spikeroll.Rules(comparison="at-least", reset="subtract")
    agree(theirs(soft, spikes), each_step(lambda x: graph.scores(x, rules))(spikes))
    assert not np.array_equal(theirs(soft, spikes), theirs(hard, spikes))


def test_a_synapse_that_outlasts_a_step_is_refused():
    net = network(neuron.CUBALIFNode(c_decay=0.5, v_decay=0.5, v_reset=0.0), np.ones((N, 12), np.float32))
    with pytest.raises(spikeroll.SpikerollError, match="synap"):
        exported(net).quantise(12, RULES)
