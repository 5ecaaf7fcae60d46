#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a generation, a training and a member cost on each board: tables on standard output.

report_boards.py SPIKEROLL DATA BOARD...     SPIKEROLL finds the boards' own simulation builds; DATA is simulated N-MNIST

Cycles and bytes are counted in cycle-accurate simulation of the board's own build, while it trains on DATA as constraints/BOARD.mk
says (DEMO, and DEMO_LOCAL for mode local; a board may have one of them). Generations are counted with engine ref, which gives the same
weights bit for bit, in the same configuration."""
import csv, json, os, re, subprocess, sys

from board_file import board_file

TARGET = 0.7921
LENGTHS = [500, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 12000, 16000, 24000, 32000]
SAMPLES = [4000, 5000, 6000, 7000, 8000, 9000, 10000, 12000, 14000, 16000, 18000, 20000, 24000, 28000, 32000, 40000, 50000, 60000, 80000, 100000]
SEEDS = ["1", "2", "3"]
PARTS = 4  # of a run in mode local, in the middle of each of which cycles are counted
BITS_A_BYTE = 10  # on a UART: start, eight, stop
build = os.environ.get("B", "build")
program, data = sys.argv[1:3]
scratch = os.path.join(build, "report", "runs")
os.makedirs(scratch, exist_ok=True)


def spikeroll(*arguments):
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout)


def history(run):
    with open(os.path.join(run, "history.csv")) as file:
        return list(csv.DictReader(file))


def option(words, name, default=None):
    return words[words.index(name) + 1] if name in words else default


def without(words, *names):
    """`words` without these options and their values."""
    gone = {at for name in names if name in words for at in (words.index(name), words.index(name) + 1)}
    return [word for at, word in enumerate(words) if at not in gone]


def routed(board):
    """Fmax of the routed bitstream in MHz and whether it meets the board's clock."""
    try:
        with open(os.path.join(build, "synth", board, "summary.txt")) as file:
            return float(re.search(r"^fmax (\S+)", file.read(), re.M).group(1))
    except (OSError, AttributeError, ValueError):
        return None


def beginning(board, said):
    return {"board": board, "hz": said["hz"], "baud": said["baud"], "sim": ["--engine", "sim", "--build", board]}


def measure_local(board, said):
    """Mode local, likewise: samples to the target on ref, cycles and bytes of a sample on the board's build."""
    demo = said["DEMO_LOCAL"]
    m = beginning(board, said)
    batch = int(option(demo, "--batch"))
    frac_bits = spikeroll("info", *m["sim"], "--json")["device"]["frac_w"]
    m["demo"] = ["--frac-bits", str(frac_bits), *demo, "--validation", "0"]
    run = os.path.join(scratch, board + "-local-ref")

    def train(seed, generations, *more):
        return spikeroll("train", "--engine", "ref", *m["demo"], "--seed", seed, "--generations", str(generations), "--data", data,
                         "--out", run, "--force", "--json", *more)

    m["runs"] = []  # (samples, accuracy, seed), of the shortest run of each seed that has the target
    for seed in SEEDS:
        for samples in SAMPLES:
            generations = -(-samples // batch)
            accuracy = train(seed, generations)["accuracy"]
            if accuracy >= TARGET:
                break
        m["runs"].append((generations * batch, accuracy, seed))
    m["reached"] = all(accuracy >= TARGET for _, accuracy, _ in m["runs"])
    m["samples"], _, seed = sorted(m["runs"])[len(SEEDS) // 2]
    m["cycles"] = []  # of a sample, at the weights of runs that end in the middle of each part of that one
    for part in range(PARTS):
        train(seed, max(1, m["samples"] * (2 * part + 1) // (2 * PARTS * batch)), "--no-test")
        short = os.path.join(scratch, board + "-local-sim")
        spikeroll("train", *m["sim"], *demo, "--seed", seed, "--init", run, "--data", data, "--limit-train", "1000", "--validation", "0",
                  "--no-test", "--generations", "2", "--out", short, "--force", "--json")
        rows = history(short)
        assert all(int(r["link_retries"]) == 0 for r in rows)
        m["cycles"].append(sum(int(r["cycles"]) for r in rows) / (2 * batch))
        m["bytes"] = (int(rows[1]["link_tx"]) + int(rows[1]["link_rx"])) / batch
    model = spikeroll("info", "--model", run, "--json")["model"]
    m["network"], m["steps"] = model["network"], model["steps"]
    return m


def measure(board, said):
    """A dictionary of numbers, or raises RuntimeError with why not."""
    demo = said["DEMO"]
    m = beginning(board, said)
    sim = m["sim"]
    every, population = int(option(demo, "--batch-every", "1")), int(option(demo, "--population"))
    m.update({"demo": demo, "every": every, "population": population, "batch": int(option(demo, "--batch"))})
    info = spikeroll("info", *sim, "--json")["device"]
    # five generations on the board's build, a new batch in the first, third and fifth
    run = os.path.join(scratch, board + "-sim")
    short = without(demo, "--batch-every", "--generations", "--eval-every")
    json_of = spikeroll("train", *sim, *short, "--data", data, "--limit-train", "1000", "--validation", "0", "--no-test",
                        "--batch-every", "2", "--generations", "4", "--out", run, "--force", "--json")
    rows = [{k: int(r[k]) for k in ("cycles", "update", "link_tx", "link_rx", "link_retries")} for r in history(run)]
    stay, load = rows[3], rows[2]
    assert all(r["link_retries"] == 0 for r in rows)
    m["cycles"] = sum(r["cycles"] for r in rows[1:]) / 3
    m["update"] = sum(r["update"] for r in rows[1:]) / 3
    m["stay"], m["load"] = stay["link_tx"] + stay["link_rx"], load["link_tx"] + load["link_rx"]
    m["requests"] = json_of["link_requests"]
    # the same configuration on ref: the shortest of these lengths at whose end the test set is at the target
    run = os.path.join(scratch, board + "-ref")
    most = int(option(demo, "--generations"))
    m["seed"] = option(demo, "--seed", "1")
    m["demo"] = ["--frac-bits", str(info["frac_w"]), *without(demo, "--generations")]
    for length in [g for g in LENGTHS if g < most] + [most]:
        result = spikeroll("train", "--engine", "ref", "--threads", "2", *m["demo"], "--generations", str(length), "--data", data,
                           "--out", run, "--force", "--json")
        m["generations"], m["accuracy"], m["validation"] = length, result["accuracy"], result["validation_accuracy"]
        m["reached"] = m["accuracy"] >= TARGET
        if m["reached"]:
            break
    model = spikeroll("info", "--model", run, "--json")["model"]
    m["network"], m["steps"] = model["network"], model["steps"]
    # a member whose weights are sent
    inputs, *_, classes = m["network"].split("-")
    lines = spikeroll("bench", "--engine", "sim", "--build", board, "--hidden", option(demo, "--hidden"), "--inputs", inputs,
                      "--classes", classes, "--steps", str(m["steps"]), "--population", str(population), "--batch", str(m["batch"]),
                      "--mode", "lowrank", "--rank", "1", "--generations", "1", "--sent-weights", "--json")
    m["here"], m["sent"] = lines[0], lines[1]
    return m


def wire(m, count):
    """Milliseconds that so many bytes take on the board's UART."""
    return 1000 * count * BITS_A_BYTE / m["baud"]


def generation(m, every, hz):
    """Milliseconds of a generation with a new batch every so many."""
    return 1000 * m["cycles"] / hz + wire(m, m["stay"] + (m["load"] - m["stay"]) / every)


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


boards, learning, failed = [], [], []
for name in sys.argv[3:]:
    print("measuring", name, "...", file=sys.stderr)
    said = board_file(name)
    for key, work, done in (("DEMO", measure, boards), ("DEMO_LOCAL", measure_local, learning)):
        try:
            if said[key]:
                done.append(work(name, said))
                print(json.dumps(done[-1]), file=sys.stderr)
        except RuntimeError as why:
            failed.append((name, str(why)))

print("**A generation**, rank 1, `sign` entries, resident batch, update on the device:\n")
table(["board", "network, steps", "population, batch", "cycles", "at its clock", "bytes on the link, requests", "at its baud rate",
       "a generation, batch resident", "new batch in each", "new batch every K (`--batch-every`)"],
      [["`%s`" % m["board"], "%s, %d" % (m["network"], m["steps"]), "%d, %d" % (m["population"], m["batch"]), "%d" % m["cycles"],
        "%.2f ms at %.4g MHz" % (1000 * m["cycles"] / m["hz"], m["hz"] / 1e6), "%d in %d" % (m["stay"], m["requests"]),
        "%.2f ms at %d" % (wire(m, m["stay"]), m["baud"]), "%.2f ms" % generation(m, float("inf"), m["hz"]),
        "%.2f ms (%d bytes)" % (generation(m, 1, m["hz"]), m["load"]),
        "%.2f ms, K = %d" % (generation(m, m["every"], m["hz"]), m["every"])] for m in boards])
print("Cycles and bytes are those of the board's own build in simulation, training on simulated N-MNIST; cycles are means of three. A")
print("generation is computing and then the wire, without overlap; what the USB bridge adds to each request and answer is not known")
print("until there is a board, and is not in it. The clock is that of the bitstream, whether or not it was met in routing (above).\n")

print("**Seconds of training to 79.21 %** of the test set, generations times milliseconds with a new batch every K generations:\n")
rows = []
for m in boards:
    fmax = routed(m["board"])

    def seconds(hz):
        return "%.1f s" % (m["generations"] * generation(m, m["every"], hz) / 1000)

    rows.append(["`%s`" % m["board"], "%d" % m["generations"] if m["reached"] else "not reached in %d" % m["generations"],
                 "%.4f (%.4f)" % (m["accuracy"], m["validation"]), seconds(m["hz"]) + ("" if m["reached"] else " to what it reached"),
                 "%s at %.1f MHz" % (seconds(1e6 * fmax), fmax) if fmax else "not routed", m["seed"], "`%s`" % " ".join(m["demo"])])
table(["board", "generations", "test set (validation)", "at its clock", "at the routed Fmax", "seed",
       "options of `train --engine ref --data DATA --out RUN`"], rows)
print("The data are **simulated** N-MNIST (`tools/nmnist-sim`, 10,000 + 2,000 recordings): no figure here can be compared with published")
print("N-MNIST figures, nor 79.21 % of the one with 79.21 % of the other. Generations are the planned length, of", end=" ")
print(", ".join(map(str, LENGTHS[:3])) + " and so on, of the")
print("shortest run whose best model by validation (a tenth of the training recordings, not trained on) has 79.21 % of the test set right. `ref`")
print("counted them, with which the board's build agrees bit for bit. The test set so chose the length, and time for")
print("validation is not in the seconds.\n")

print("**Seconds of training to 79.21 % in mode `local`**, from random weights; every sample is sent and learned once:\n")
rows = []
for m in learning:
    mean = sum(m["cycles"]) / len(m["cycles"])
    computing, sending = m["samples"] * mean / m["hz"], m["samples"] * wire(m, m["bytes"]) / 1000
    rows.append(["`%s`" % m["board"], "%s, %d" % (m["network"], m["steps"]),
                 ", ".join("%d (%.2f %%)" % (samples, 100 * accuracy) for samples, accuracy, _ in m["runs"]),
                 "%.0f (%.0f to %.0f)" % (mean, m["cycles"][0], m["cycles"][-1]), "%.0f" % m["bytes"],
                 "%.1f s + %.1f s" % (computing, sending),
                 "%s%.1f s" % ("" if m["reached"] else "not reached; ", computing + sending), "`%s`" % " ".join(m["demo"])])
table(["board", "network, steps", "samples (test set), seeds " + ", ".join(SEEDS), "cycles a sample, mean (first, last quarter)", "bytes a sample",
       "computing + wire", "median", "options of `train --engine ref --data DATA --out RUN`"], rows)
print("The same data. Samples are the planned length, of %s and so on, rounded up to whole batches, of the shortest run" % ", ".join(map(str, SAMPLES[:3])))
print("at whose end the test set is at the target; seconds are of the median of the seeds. Cycles are those of the board's own build in simulation,")
print("in two batches from the weights of `ref` in the middle of each quarter of the median run; bytes are all that goes either way. Testing is not in it.\n")

print("**A member**: loading and evaluating one, on this device and on a device that must be sent every member's weights:\n")
rows = []
for m in boards:
    here, sent, members = m["here"], m["sent"], m["population"]
    cycles_a_byte = BITS_A_BYTE * m["hz"] / m["baud"]
    evaluate, own = (here["cycles"] - here["phases"]["update"]) / members, here["link_bytes"] / members
    other = sent["weight_bytes_of_8_bits"] + sent["command_bytes"]
    here_all, sent_all = evaluate + own * cycles_a_byte, sent["evaluate_cycles"] + other * cycles_a_byte
    rows.append(["`%s`" % m["board"], "%d + %d" % (evaluate, own * cycles_a_byte), "%.1f" % own,
                 "%d + %d" % (sent["evaluate_cycles"], other * cycles_a_byte), "%d" % other, "%.0f to 1" % (sent_all / here_all),
                 "%.0f to 1" % (other / own)])
table(["board", "here: cycles, evaluating + on the wire", "bytes", "weights sent: cycles, evaluating + on the wire", "bytes", "cycles", "bytes"],
      rows)
print("Here a member is drawn from a counter and shares the base current and the generation's few packets with all others; the other device is")
print("this one, sent 8-bit weights in packets of the same protocol at the same baud rate and evaluating one member on the resident batch (both on")
print("random spikes of N-MNIST's density, `bench --sent-weights`; our cycles are without the update, which the other would do on its host).")
for name, why in failed:
    print("\n`%s` is missing from these tables: %s" % (name, why))
