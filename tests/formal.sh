#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves the properties at the tail of RTL modules (ifdef FORMAL) by induction, and reaches their covers. One TAP line each.
W=$(mktemp -d) || exit 1
trap 'rm -rf "$W"' EXIT
failed=0
result() { # name, command...
    name=$1; shift
    if "$@" >"$W/out" 2>&1; then echo "ok - $name"; else echo "not ok - $name"; tail -5 "$W/out" | sed 's/^/# /'; failed=1; fi
}
for f in $(grep -l 'ifdef FORMAL' rtl/*.v); do
    m=$(basename "$f" .v)
    result "$m: read" yosys -q -p "read_verilog -formal -Irtl $(echo rtl/*.v); prep -top $m; async2sync; dffunmap; write_smt2 -wires $W/$m.smt2"
    result "$m: holds for 20 steps" yosys-smtbmc -s z3 -t 20 "$W/$m.smt2"
    result "$m: proved by induction" yosys-smtbmc -s z3 -i -t 20 "$W/$m.smt2"
    if grep -q 'cover *(' "$f"; then result "$m: covers are reached" yosys-smtbmc -s z3 -c -t 30 "$W/$m.smt2"; fi
done
exit $failed
