#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the pages say is there, is there: files and folders that they name, targets of make, links and the headings that they lead
# to, options of the program. docs.sh path/to/spikeroll. One TAP line a check; exit code 0 if all passed.
X=${1:?usage: docs.sh SPIKEROLL}
cd "$(dirname "$0")/.." || exit 1
python3 - "$X" <<'END'
import glob
import os
import re
import subprocess
import sys

pages = ["README.md", "CHANGELOG.md", *sorted(glob.glob("docs/*.md"))]
texts = {page: open(page, encoding="utf-8").read() for page in pages}
# What is in the pages as text, line by line: (page, line number, line), and of it what stands in code.
lines = [(page, number, line) for page in pages for number, line in enumerate(texts[page].split("\n"), 1)]


def slug(heading):
    return re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).strip().lower()).replace(" ", "-")


def anchors(text):
    """Headings as links name them: of two that are the same, the second ends in -1."""
    seen = [slug(line.lstrip("#")) for line in text.split("\n") if line.startswith("#")]
    return {name + (f"-{seen[:i].count(name)}" if name in seen[:i] else "") for i, name in enumerate(seen)}


headings = {page: anchors(text) for page, text in texts.items()}


def check(name, found):
    print(("not ok" if found else "ok") + " - " + name)
    for line in found:
        print("# " + line)
    return bool(found)


def links():
    for page, number, line in lines:
        for target in re.findall(r"\]\(([^)\s]+)\)", line):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            place = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
            if not os.path.exists(place):
                yield f"{page}:{number}: {target}: no such file"
            elif anchor and place.endswith(".md") and anchor not in headings.get(place, ()):
                yield f"{page}:{number}: {target}: no such heading"


def files():
    for page, number, line in lines:
        for name in re.findall(r"(?<![\w./-])((?:rtl|host|tests|sim|docs|constraints|\.ci)/[\w./*-]*[\w*])", line):
            if re.search(r"(^|[/_.-])[A-Z][A-Z]*($|[/_.-])", name):  # tests/rtl/tb_X.cpp, sim/NAME.mk: a name to be filled in
                continue
            if not glob.glob(name) and not glob.glob(name.rstrip(".")):
                yield f"{page}:{number}: {name}: no such file"
        for name in re.findall(r"`(sr_\w+\.vh?)`", line):
            if not os.path.exists("rtl/" + name) and not glob.glob(f"rtl/*/{name}") and not os.path.exists("docs/example/" + name):
                yield f"{page}:{number}: {name}: no such module"


def targets():
    make = open("Makefile").read() + "".join(open(name).read() for name in glob.glob("host/*/*.mk") + glob.glob("tests/*.mk"))
    known = set(re.findall(r"^([a-z][\w-]*)(?= |:)[^=\n]*:(?!=)", make, re.M))
    for page, number, line in lines:
        for name in re.findall(r"(?:`|^ {4}(?:\$ )?)make ((?:-\w+ )*[a-z][a-z-]+)(?![\w/])", line):
            name = name.split()[-1]
            if name not in known:
                yield f"{page}:{number}: make {name}: no such target"


def options():
    known = set()
    for command in "train eval bench data diff report selftest convert info".split():
        known |= set(re.findall(r"--[a-z][a-z-]+", subprocess.run([sys.argv[1], command, "--help"], capture_output=True,
                                                                  text=True).stdout))
    # Scripts and other programs of the tree have options of their own.
    for name in ["sim/board.cpp", *glob.glob("tests/*"), *glob.glob(".ci/*")]:
        if os.path.isfile(name):
            known |= set(re.findall(r"--[a-z][a-z-]+", open(name, encoding="utf-8", errors="replace").read()))
    for page, number, line in lines:
        if page == "CHANGELOG.md":
            continue
        for name in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line):
            if name not in known and not re.search(r"pkg-config|pip |mpirun|docker|chromium|h5dump", line):
                yield f"{page}:{number}: {name}: no command has this option"


failed = [check("links lead to files and headings", list(links())), check("files that are named are there", list(files())),
          check("targets of make are there", list(targets())), check("options are there", list(options()))]
sys.exit(any(failed))
END
