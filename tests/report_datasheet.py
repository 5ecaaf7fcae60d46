#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/datasheet.md on standard output: what a board's build has, and what each parameter costs and brings.

report_datasheet.py boards       from the tables of docs/boards.md, a line a board
report_datasheet.py parameters   Yosys' cells of the core alone for an ECP5, with one parameter at a time other than in BASE (10 min), and
                                 cycles as `make params` estimates them (constraints/params)"""
import importlib.util, os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor
from glob import glob
from importlib.machinery import SourceFileLoader

loader = SourceFileLoader("params", "constraints/params")
params = importlib.util.module_from_spec(importlib.util.spec_from_loader("params", loader))
loader.exec_module(params)

NET = {"INPUTS": 578, "HIDDEN": 64, "CLASSES": 10, "STEPS": 10, "RANK": 1, "EVENTS": 844}
PAIRS, BATCH = 64, 22
BASE = {"LANES": 8, "RANK_LANES": 1, "PROJ_UNITS": 8, "FRAC_W": 4, "BUFFERS": 1, "INPUTS_MAX": 592, "HIDDEN_MAX": 64, "CLASSES_MAX": 10, "STEPS_MAX": 10,
        "RANK_MAX": 2, "PAIRS_MAX": 64, "SAMPLE_WORDS": 8192, "RWEIGHT_WORDS": 256, "BATCH_MAX": 64, "SCORE_WORDS": 64, "PACKET_MAX": 512, "FACTORS": 64,
        "LUT_RAM": 1, "LEAK_MUL": 0, "SUBTRACT": 0, "MEMBERS": 2}
LINES = [("the base", {}), ("LANES 4", {"LANES": 4}), ("LANES 16", {"LANES": 16}), ("MEMBERS 1", {"MEMBERS": 1}), ("BUFFERS 2", {"BUFFERS": 2}),
         ("FIT_UNITS 2", {"FIT_UNITS": 2}), ("LOCAL 1, LOWRANK 0", {"LOCAL": 1, "LOWRANK": 0})]
KINDS = [("LUT4", "LUT4"), ("carry", "CCU2C"), ("flip-flops", "TRELLIS_FF"), ("LUT RAM", "TRELLIS_DPR16X4"), ("DP16KD", "DP16KD"), ("MULT18X18D", "MULT18X18D")]


def cells(number):
    """Yosys' count of the core's cells, by kind."""
    folder = os.path.join(os.environ.get("B", "build"), "datasheet")
    os.makedirs(folder, exist_ok=True)
    log = os.path.join(folder, f"{number}.txt")
    given = " ".join(f"-chparam {name} {value}" for name, value in {**BASE, **LINES[number][1]}.items())
    sources = " ".join(path for path in sorted(glob("rtl/*.v")) if not path.endswith("sr_board.v"))
    subprocess.run([os.environ.get("YOSYS", "yosys"), "-q", "-p", f"read_verilog -defer -Irtl {sources}; hierarchy -top sr_core {given}; "
                    f"synth_ecp5 -top sr_core; tee -o {log} stat"], check=True)
    with open(log, encoding="utf-8") as text:
        found = {word[0]: int(word[1]) for word in (line.split() for line in text) if len(word) == 2 and word[1].isdigit()}
    return [found.get(kind, 0) for _, kind in KINDS]


def cycles(given):
    p = {**BASE, **given}
    count = params.Cycles(p, NET)
    low = f"{count.generation(PAIRS, BATCH)[0]:,}" if p.get("LOWRANK", 1) else "-"
    learned = "{1:,} to {0:,}".format(*count.learned()) if p.get("LOCAL") else "-"
    return low, learned


def by_parameter():
    with ThreadPoolExecutor(int(os.environ.get("SR_JOBS", "2"))) as pool:
        counts = list(pool.map(cells, range(len(LINES))))
    print("| build | " + " | ".join(name for name, _ in KINDS) + f" | cycles, a generation of {2 * PAIRS} members on {BATCH} samples | cycles, a learned sample |")
    print("|---" * (3 + len(KINDS)) + "|")
    for (name, given), count in zip(LINES, counts):
        print(f"| {name} | " + " | ".join(f"{number:,}" for number in count) + " | {} | {} |".format(*cycles(given)))


def table(text, *heads):
    """Rows of the tables of docs/boards.md whose head begins with these cells, by board, as dictionaries by head."""
    rows = {}
    names = None
    for line in text.splitlines():
        words = [word.strip() for word in line.strip().strip("|").split("|")] if line.startswith("|") else None
        if words and words[:len(heads)] == list(heads):
            names = words
        elif not words:
            names = None
        elif names and not words[0].startswith("-"):
            rows[words[0]] = dict(zip(names, words))
    return rows


def by_board():
    with open("docs/boards.md", encoding="utf-8") as page:
        text = page.read()
    routes = table(text, "board", "clock met, MHz")
    low = table(text, "board", "network, steps", "population, batch")
    local = table(text, "board", "network, steps", "samples (test set), seeds 1, 2, 3")
    print("| board | network, steps | rule | used of the device | clock, MHz (routed) | cycles | at the clock | bytes on the link |")
    print("|---|---|---|---|---|---|---|---|")
    for board, route in sorted(routes.items()):
        clock = float(route["clock met, MHz"]) if re.match(r"[\d.]+$", route["clock met, MHz"]) else 0
        at = f"{clock:g} ({route['routed Fmax, MHz']})" if clock else "not routed"
        if board in low:
            row = low[board]
            print(f"| {board} | {row['network, steps']} | low rank, {row['population, batch'].replace(', ', ' members on ')} samples | {route['used of the device']} | {at} "
                  f"| {int(row['cycles']):,} | {row['at its clock'].split(' at ')[0]} | {row['bytes on the link, requests'].split(' in ')[0]} |")
        elif board in local:
            row = local[board]
            count = int(row["cycles a sample, mean (first, last quarter)"].split()[0])
            print(f"| {board} | {row['network, steps']} | `local`, a sample | {route['used of the device']} | {at} | {count:,} "
                  f"| {f'{count / clock / 1000:.2f} ms' if clock else '-'} | {row['bytes a sample']} |")


{"boards": by_board, "parameters": by_parameter}[sys.argv[1]]()
