#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a report of runs says, against the runs' own files.

report_check.py PAGE.html RUN...      the folders of runs, as the page has them; SPIKEROLL in the environment tells their settings

The page must be well formed (every tag closed, attributes quoted, identifiers unique), fetch nothing and run nothing; each row of its
figures must be a row of the run's history.csv, digit for digit; its best validation that of the history. Prints what it found; an
assertion ends it."""
import csv
import html.parser
import json
import os
import subprocess
import sys

VOID = {"meta", "link", "img", "input"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.tags, self.figures, self.row, self.table = [], set(), {}, {}, None, None
        self.text, self.confusion, self.shares, self.numbers, self.number, self.missing = [], {}, {}, {}, None, []
        self.is_missing = False

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), (tag, names)
        self.tags[tag] = self.tags.get(tag, 0) + 1
        given = dict(attributes)
        for name, value in attributes:
            assert not name.startswith("on"), (tag, name)  # no handler: nothing from outside may become one
            if name in ("src", "href", "xlink:href", "action", "srcset", "poster", "data"):
                assert value.startswith("data:"), (tag, name, value[:60])
        if "id" in given:
            assert given["id"] not in self.ids, given["id"]
            self.ids.add(given["id"])
        if tag == "details" and given.get("id", "").startswith("figures-"):
            self.table = self.figures.setdefault(int(given["id"][8:]), [])
        if tag == "tr" and self.table is not None:
            self.row = []
        if tag == "td" and self.row is not None:
            self.row.append("")
        if "data-label" in given:
            self.confusion.setdefault(int(given["data-label"]), {})[int(given["data-answer"])] = int(given["data-count"])
        if "data-figure" in given:
            self.number = given["data-figure"]
        if "missing" in given.get("class", "").split():
            self.missing.append("")
            self.is_missing = True
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open[-5:])
        self.open.pop()
        self.is_missing = self.is_missing and tag != "p"
        if tag == "tr" and self.row is not None:
            if self.row:
                self.table.append(self.row)
            self.row = None
        if tag == "details":
            self.table = None

    def handle_data(self, data):
        self.text.append(data)
        if self.row and self.open[-1] == "td":
            self.row[-1] += data
        if self.number:
            self.numbers.setdefault(self.number, []).append(data)
            self.number = None
        if self.is_missing:
            self.missing[-1] += data


def check_figures(rows, folder, settings):
    with open(folder + "/history.csv", newline="") as file:
        history = {row["generation"]: row for row in csv.DictReader(file)}
    cycles, total = {}, 0
    for generation, row in history.items():
        total += int(row["cycles"])
        cycles[generation] = total
    assert rows and rows[-1][0] == list(history)[-1], (rows[-1:], list(history)[-1])
    for generation, samples, evaluations, counted, seconds, fitness, batch, validation in rows:
        row = history[generation]
        assert (fitness, batch, validation, seconds) == (row["fitness_mean"], row["correct"], row["validation"], row["seconds"])
        assert int(samples) == int(generation) * int(settings["batch"])
        if settings["mode"] in ("lowrank", "full"):
            assert int(evaluations) == int(samples) * int(settings["population"])
        else:
            assert evaluations == ""
        assert counted == (str(cycles[generation]) if cycles[generation] else "")
    validated = [row["validation"] for row in history.values() if row["validation"]]
    best = max(validated, key=float) if validated else None
    if best:
        assert any(row[7] == best for row in rows), best
    return best


def read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == [], page.open
    assert "script" not in page.tags and "iframe" not in page.tags and "object" not in page.tags, page.tags
    for word in ("http://", "https://", "url(", "@import"):
        assert word not in text, word
    assert "default-src 'none'" in text
    return page


def settings_of(folder):
    text = subprocess.run([os.environ["SPIKEROLL"], "info", "--json", "--model", folder], check=True, capture_output=True).stdout
    return json.loads(text)["model"]["config"]


def main():
    page = read(sys.argv[1])
    found = []
    for number, folder in enumerate(sys.argv[2:]):
        best = check_figures(page.figures[number], folder, settings_of(folder))
        found.append(best)
    shown = page.numbers.get("validation", [])
    assert [f"{100 * float(best):.2f} %" for best in found if best] == shown, (found, shown)
    print(f"{len(found)} runs, {sum(map(len, page.figures.values()))} rows of figures, {page.tags.get('svg', 0)} pictures")
    if page.confusion:
        print("confusion", sum(sum(row.values()) for row in page.confusion.values()),
              sum(row.get(label, 0) for label, row in page.confusion.items()))
    for line in page.missing:
        print("missing:", line)


main()
