# SPDX-License-Identifier: Apache-2.0
"""NIR files as the package nir writes them."""
import numpy as np
import pytest

import spikeroll
from conftest import toy

nir = pytest.importorskip("nir")


def lif(n, tau=8e-4, threshold=1.0, **other):
    full = lambda x: np.full(n, x, np.float32)  # noqa: E731
    return nir.LIF(tau=full(tau), r=full(tau / 1e-4), v_leak=full(0), v_threshold=full(threshold), **other)


def chain(*nodes):
    return nir.NIRGraph.from_list(*nodes)


def weights(seed, *shape):
    return np.random.default_rng(seed).normal(0, 0.2, shape).astype(np.float32)


def same(a, b):
    """Two graphs have the same chain of nodes with the same parameters, names aside."""
    def line(graph):
        follow, name = dict(graph.edges), next(k for k, n in graph.nodes.items() if isinstance(n, nir.Input))
        while name:
            yield graph.nodes[name].to_dict()
            name = follow.get(name)

    pairs = list(zip(line(a), line(b), strict=True))
    for x, y in pairs:
        assert x.keys() == y.keys()
        for key in x.keys() - {"metadata"}:
            if key == "shape":  # snnTorch leaves its batch of 1 in
                assert np.prod(x[key]) == np.prod(y[key])
            else:
                assert np.array_equal(x[key], y[key]), key
    return len(pairs)


@pytest.mark.parametrize("compression", ["gzip", None])
def test_a_file_of_the_package_comes_back_as_the_same_graph(tmp_path, compression):
    graph = chain(nir.Linear(weights(1, 8, 70)), lif(8), nir.Linear(weights(2, 3, 8)), lif(3, threshold=2.0))
    nir.write(tmp_path / "a.nir", graph, compression=compression)
    with spikeroll.Graph.load(tmp_path / "a.nir") as loaded:
        assert loaded.shape == (70, 3, 1)
        loaded.save(tmp_path / "b.nir")
    assert same(graph, nir.read(tmp_path / "b.nir")) == 6


def test_an_exported_model_comes_back_as_the_same_graph():
    graph = chain(nir.Linear(weights(1, 8, 70)), lif(8), nir.Affine(weights(2, 3, 8), np.zeros(3)))
    model, layers = spikeroll.Graph.of_nir(graph).quantise(6)
    assert all(layer.error < 0.02 for layer in layers) and layers[0].leak == 32
    first = spikeroll.Graph.of_model(model)
    second, again = spikeroll.Graph.of_nir(first.to_nir()).quantise(6)
    assert all(layer.exact and layer.scale == 1 for layer in again)
    assert same(first.to_nir(), spikeroll.Graph.of_model(second).to_nir()) == 5


def test_scalars_are_broadcast():
    scalar = nir.LIF(tau=np.array(8e-4), r=np.array(8.0), v_leak=np.array(0.0), v_threshold=np.array(1.0))
    graph = nir.NIRGraph({"i": nir.Input([70]), "w": nir.Linear(weights(1, 8, 70)), "n": scalar,
                          "r": nir.Linear(weights(2, 3, 8)), "o": nir.Output([3])},
                         [("i", "w"), ("w", "n"), ("n", "r"), ("r", "o")], type_check=False)
    full = chain(nir.Linear(weights(1, 8, 70)), lif(8), nir.Linear(weights(2, 3, 8)))
    spikes, _ = toy(1, 20)
    assert (spikeroll.Graph.of_nir(graph).scores(spikes) == pytest.approx(spikeroll.Graph.of_nir(full).scores(spikes)))


def test_the_model_agrees_with_the_graph():
    graph = spikeroll.Graph.of_nir(chain(nir.Linear(weights(1, 32, 70)), lif(32), nir.Linear(weights(2, 3, 32))))
    spikes, _ = toy(3, 200)
    with spikeroll.Device("ref") as device:
        device.load(graph.quantise(6)[0])
        predicted = device.infer(spikes)[1]
    assert (predicted == graph.scores(spikes).argmax(axis=1)).mean() > 0.93


@pytest.mark.parametrize("nodes, what", [
    ((nir.Linear(weights(1, 8, 70)), lif(8), nir.Scale(np.ones(8)), nir.Linear(weights(2, 3, 8))), r"node scale \(Scale\)"),
    ((nir.Linear(weights(1, 8, 70)), nir.Linear(weights(2, 3, 8))), "second linear map"),
    ((lif(70), nir.Linear(weights(2, 3, 70))), r"node lif \(LIF\): neurons without"),
])
def test_other_nodes_are_refused_by_name(nodes, what):
    with pytest.raises(spikeroll.SpikerollError, match=what) as failure:
        spikeroll.Graph.of_nir(chain(*nodes))
    assert failure.value.status == "UNSUPPORTED"


def test_a_bias_is_refused_or_dropped():
    graph = spikeroll.Graph.of_nir(chain(nir.Affine(weights(1, 8, 70), np.full(8, 0.25)), lif(8), nir.Linear(weights(2, 3, 8))))
    with pytest.raises(spikeroll.SpikerollError, match="node affine .* 0.25 of the threshold"):
        graph.quantise(6)
    assert graph.quantise(6, spikeroll.Rules(drop_bias=True))[1][0].bias == pytest.approx(0.25, rel=1e-5)


def test_links_out_of_the_file_are_not_followed(tmp_path):
    import h5py

    graph = chain(nir.Linear(weights(1, 8, 70)), lif(8), nir.Linear(weights(2, 3, 8)))
    nir.write(tmp_path / "a.nir", graph)
    nir.write(tmp_path / "b.nir", graph)
    with h5py.File(tmp_path / "b.nir", "a") as file:
        del file["node/nodes/linear/weight"]
        file["node/nodes/linear/weight"] = h5py.ExternalLink(str(tmp_path / "a.nir"), "node/nodes/linear/weight")
    with pytest.raises(spikeroll.SpikerollError, match="weight is not a matrix of this file"):
        spikeroll.Graph.load(tmp_path / "b.nir")


def test_nmnist_before_and_after(nmnist, capsys):
    """A network of the package's, its readout fitted to what its neurons do, keeps its accuracy in 8 bits."""
    with spikeroll.Data.open(nmnist, spikeroll.Config(limit_train=400, limit_test=100)) as data:
        (x, labels), (y, truth) = data["train"], data["test"]
    w = np.random.default_rng(5).normal(0, 0.06, (15, 578)).astype(np.float32)
    hidden = spikeroll.Graph.of_nir(chain(nir.Linear(w), lif(15), nir.Linear(np.eye(15, dtype=np.float32))))
    counts = hidden.scores(x)
    readout = np.linalg.solve(counts.T @ counts + 10 * np.eye(15), counts.T @ np.eye(10)[labels]).T
    graph = spikeroll.Graph.of_nir(chain(nir.Linear(w), lif(15), nir.Linear(readout.astype(np.float32))))
    before = (graph.scores(y).argmax(axis=1) == truth).mean()
    model, _ = graph.quantise(10)
    with spikeroll.Device("ref") as device:
        device.load(model)
        after = (device.infer(y)[1] == truth).mean()
    with capsys.disabled():
        print(f"\n# N-MNIST: {before:.3f} before, {after:.3f} after quantisation")
    assert before > 0.3 and abs(before - after) <= 0.06
