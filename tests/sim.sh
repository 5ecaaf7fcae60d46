#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Behaviour of the program with engine sim: sim.sh path/to/spikeroll, beside which the simulation builds lie in sim/. One TAP line a
# check; exit code 0 if all passed.
# needs: simulation
X=${1:?usage: sim.sh SPIKEROLL}
. tests/lib/checks.sh
check "data synth writes the built-in data" "$X" data synth "$W/data" --train 400 --test 100

# ---- a batch that stays ----
E="--data $W/data --hidden 24 --population 16 --batch 8 --generations 12 --eval-every 100 --batch-every 4 --frac-bits 4 --no-test"
check "a batch for four generations, in simulation" "$X" train $E --engine sim --build compact --out "$W/e1"
check "on ref" "$X" train $E --out "$W/e0"
check "is identical" "$X" diff "$W/e0" "$W/e1"
check "and sent once in four" test "$(column "$W/e1/history.csv" link_tx | awk 'NR > 1 && ($1 > 1000) != (NR % 4 == 1) { bad++ } END { print NR, bad + 0 }')" = "12 0"
# ---- bench ----
check "what sending weights costs is measured" sh -c "'$X' bench --engine sim --build compact --hidden 24 --population 16 --batch 4 --generations 1 --mode lowrank --rank 1 --sent-weights --json >'$W/j'"
check "in the bytes that were counted" json "$W/j" 'v[0]["speedup_vs_full"] is None and round((v[0]["link_bytes"] - v[0]["link_tx"] - v[0]["link_rx"]) * v[0]["generations"]) == 0 and v[1]["weight_bytes"] == v[1]["weight_bytes_counted"] > 1.9 * v[1]["weight_bytes_of_8_bits"] and v[1]["evaluate_cycles"] > 0'
check "also where rows of the weight store are further apart than a narrow network's" sh -c "'$X' bench --engine sim --build compact --inputs 20 --hidden 5 --population 16 --batch 4 --generations 1 --mode lowrank --rank 1 --sent-weights --json >'$W/j'"
check "in the bytes that were counted there" json "$W/j" 'v[1]["weight_bytes"] == v[1]["weight_bytes_counted"] and v[1]["weight_bytes"] > 14 * v[1]["weight_bytes_of_8_bits"]'

# ---- limits, in the options' words, before anything is done ----
says() { # text, arguments of bench on the tiny build: refused in one line that has the text
    text=$1; shift
    "$X" bench --engine sim --build tiny --inputs 64 --hidden 8 --population 8 --batch 4 --generations 1 "$@" >"$W/out" 2>"$W/err"; code=$?
    [ $code = 2 ] && [ ! -s "$W/out" ] && [ "$(wc -l <"$W/err")" = 1 ] && grep -qF -- "$text" "$W/err"
}
check "bench of too many inputs" says "--inputs 5000: engine sim takes at most" --inputs 5000
check "bench of too many neurons" says "--hidden 4000: engine sim takes at most" --hidden 4000
check "bench of a rank that its last line has" says "--rank 32: engine sim takes at most" --rank 1,32
check "bench of too many members" says "--population 65534 with --rank 1: pairs" --population 65534 --rank 1 --mode lowrank
check "info shows what a device was built from" sh -c "'$X' info --engine sim --build tiny | grep -Eq '^ +build +0x[0-9A-F]{8}\$'"
check "and does not where there is no device" sh -c "! '$X' info --engine ref | grep -Eq '^ +build '"

# ---- self test ----
check "the compact build passes the self test" sh -c "'$X' selftest --engine sim --build compact | tee '$W/log' | grep -Eqx '2[0-9] passed, 0 failed, [0-9] not built'"
check "its memories were tried whole" [ "$(grep -Ec ' ([0-9]+) of \1 words' "$W/log")" = 5 ]
check "the self test as JSON" sh -c "'$X' selftest --engine sim --build default --json >'$W/j'"
check "is well-formed; the default build has every block that a device of one layer can have" json "$W/j" '[e["block"] for e in v if e["verdict"] != "passed"] == ["bell", "several layers", "readout membrane", "readout spikes"] and len(v) == 33'
check "of a memory that no board could have it tries the first 512 KiB, and every address line" json "$W/j" '[e["text"].split(" words")[0] for e in v if e["block"] in ("sample memory", "weight memory")] == ["262164 of 4194304", "2060 of 8192"]'
check "two simulators pass it as one" sh -c "'$X' selftest --engine sim --build compact --threads 2 --quick | grep -Eqx '[12][0-9] passed, 0 failed, [0-9] not built'"
check "full rank is in the self test of the build that has it" sh -c "'$X' selftest --engine sim --quick | grep -Eq '^full rank +passed'"
exit $failed
