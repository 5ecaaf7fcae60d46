# SPDX-License-Identifier: Apache-2.0
"""Neurons of snnTorch, spike for spike: what docs/nir.md says of its options. `make nir-test` installs what it needs."""
import numpy as np
import pytest

import spikeroll
from frameworks import N, agree, draw, each_step
from test_nir import same

torch = pytest.importorskip("torch")
snn = pytest.importorskip("snntorch")
nir = pytest.importorskip("nir")
from snntorch.export_nir import export_to_nir  # noqa: E402


def network(weight, beta, **leaky):
    neurons = snn.Leaky(beta=torch.full((N,), beta), threshold=torch.ones(N), init_hidden=True, **leaky)
    net = torch.nn.Sequential(torch.nn.Linear(weight.shape[1], N, bias=False), neurons, torch.nn.Linear(N, N, bias=False))
    net[0].weight.data, net[2].weight.data = torch.tensor(weight), torch.eye(N)
    return net


def theirs(net, spikes):
    """Spikes [count, steps, N] as snnTorch computes them."""
    net[1].reset_mem()
    with torch.no_grad():
        return torch.stack([net[1](net[0](torch.tensor(x, dtype=torch.float32))) for x in spikes.swapaxes(0, 1)], 1).numpy()


def below_twice_the_threshold(weight):
    """snnTorch takes a threshold away a second time, in the next step, where what is left after a subtraction in the same step is still
    above it (docs/nir.md): with these weights no membrane gets there."""
    return weight * np.float32(1.05) / np.maximum(weight, 0).sum(axis=1, keepdims=True).clip(1.05)


CASES = [("zero", True, spikeroll.Rules(reset="hard", moment="next")), ("zero", True, spikeroll.Rules(reset="hard")),
         ("zero", False, spikeroll.Rules(reset="hard")), ("subtract", False, spikeroll.Rules(reset="subtract")),
         ("subtract", True, spikeroll.Rules(reset="subtract", moment="next"))]


@pytest.mark.parametrize("mechanism, delay, rules", CASES)
@pytest.mark.parametrize("beta", [0.9, 0.5, 0.0])
def test_the_graph_spikes_as_snntorch_does(mechanism, delay, rules, beta):
    generator, spikes = draw(3, 12)
    weight = generator.normal(0.1, 0.2, (N, 12)).astype(np.float32)
    if rules == spikeroll.Rules(reset="subtract"):
        weight, spikes = below_twice_the_threshold(weight), spikes | (generator.random(spikes.shape) < 0.4)
    net = network(weight, beta, reset_mechanism=mechanism, reset_delay=delay)
    graph = spikeroll.Graph.of_nir(export_to_nir(net, torch.zeros(1, 12)))
    agree(theirs(net, spikes), each_step(lambda x: graph.scores(x, rules))(spikes))


def test_a_wrong_rule_is_seen():
    generator, spikes = draw(3, 12)
    net = network(generator.normal(0.1, 0.2, (N, 12)).astype(np.float32), 0.9, reset_mechanism="subtract")
    graph = spikeroll.Graph.of_nir(export_to_nir(net, torch.zeros(1, 12)))
    wanted = theirs(net, spikes)
    for rules in (spikeroll.Rules(reset="hard"), spikeroll.Rules(reset="subtract"), spikeroll.Rules(dt=5e-5)):
        assert not np.array_equal(wanted, each_step(lambda x, r=rules: graph.scores(x, r))(spikes))
    with pytest.raises(spikeroll.SpikerollError, match="subtracted in the next step"):
        graph.quantise(12, spikeroll.Rules(reset="subtract", moment="next"))


@pytest.mark.parametrize("mechanism, delay, rules", CASES[:4])
def test_the_device_spikes_as_snntorch_does(mechanism, delay, rules):
    """Where whole membranes lose nothing: halves, of weights that are multiples of 32. Sums meet the threshold often: > counts."""
    generator, spikes = draw(4, 5)
    weight = generator.integers(-1, 2, (N, 12)).astype(np.float32) / 2
    weight[:, 0] = 0.5
    if mechanism == "subtract":
        weight[:] = np.where(np.cumsum(weight > 0, axis=1) > 2, -0.5 * (weight < 0), weight)  # two that add at most: see above
    net = network(weight, 0.5, reset_mechanism=mechanism, reset_delay=delay)
    graph = spikeroll.Graph.of_nir(export_to_nir(net, torch.zeros(1, 12)))

    def count(x):
        with spikeroll.Device("ref") as device:
            device.load(graph.quantise(x.shape[1], rules, scale=64)[0])
            return device.infer(x)[0] / 64

    wanted, got = theirs(net, spikes), each_step(count)(spikes)
    assert wanted.mean() > 0.005
    if mechanism == "zero":
        assert np.array_equal(wanted, got), f"{np.sum(wanted != got)} of {wanted.size} differ"
    else:  # a threshold of 65 is what makes > of >=, and one too much is subtracted
        assert np.mean(wanted != got) < 0.02


def test_a_network_goes_there_and_back(tmp_path):
    net = network(np.random.default_rng(1).normal(0, 0.3, (N, 12)).astype(np.float32), 0.875, reset_mechanism="zero")
    theirs_graph = export_to_nir(net, torch.zeros(1, 12))
    nir.write(tmp_path / "a.nir", theirs_graph)
    spikeroll.Graph.load(tmp_path / "a.nir").save(tmp_path / "b.nir")
    assert same(theirs_graph, nir.read(tmp_path / "b.nir")) == 5
    model, layers = spikeroll.Graph.load(tmp_path / "a.nir").quantise(10)
    assert layers[0].leak == 32 and layers[0].error < 0.02
    ours = spikeroll.Graph.of_model(model)
    assert same(ours.to_nir(), spikeroll.Graph.of_model(spikeroll.Graph.of_nir(ours.to_nir()).quantise(10)[0]).to_nir()) == 5


def synaptic(weight, alpha, **options):
    net = network(weight, 0.5)
    net[1] = snn.Synaptic(alpha=torch.full((N,), alpha), beta=torch.full((N,), 0.5), threshold=torch.ones(N), init_hidden=True, **options)
    return net


@pytest.mark.parametrize("mechanism, delay, rules", [("zero", False, spikeroll.Rules(reset="hard")),
                                                     ("subtract", True, spikeroll.Rules(reset="subtract", moment="next"))])
def test_synaptic_with_a_synapse_of_one_step(mechanism, delay, rules):
    generator, spikes = draw(3, 12)
    net = synaptic(generator.normal(0.1, 0.2, (N, 12)).astype(np.float32), 0.0, reset_mechanism=mechanism, reset_delay=delay)
    graph = spikeroll.Graph.of_nir(export_to_nir(net, torch.zeros(1, 12)))
    agree(theirs(net, spikes), each_step(lambda x: graph.scores(x, rules))(spikes))


def test_synaptic_that_is_not_ours():
    """A longer synapse is refused. A delayed reset to zero throws away the current of the step after the spike, which no rule has."""
    generator, spikes = draw(3, 12)
    weight = generator.normal(0.1, 0.2, (N, 12)).astype(np.float32)
    longer = spikeroll.Graph.of_nir(export_to_nir(synaptic(weight, 0.5, reset_mechanism="zero"), torch.zeros(1, 12)))
    with pytest.raises(spikeroll.SpikerollError, match="synap"):
        longer.quantise(12)
    net = synaptic(weight, 0.0, reset_mechanism="zero")
    graph, wanted = spikeroll.Graph.of_nir(export_to_nir(net, torch.zeros(1, 12))), theirs(net, spikes)
    for moment in "same", "next":
        assert not np.array_equal(wanted, each_step(lambda x, m=moment: graph.scores(x, spikeroll.Rules(moment=m)))(spikes))
