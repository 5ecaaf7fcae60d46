#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Modes that train in float on the host, and --init, from outside: float.sh path/to/spikeroll. One TAP line a check; exit code 0 if
# all passed.
X=${1:?usage: float.sh SPIKEROLL}
. tests/lib/checks.sh
check "data synth writes the built-in data" "$X" data synth "$W/data" --train 600 --test 150
D="--data $W/data"
# Two layers, soft reset, by parts: the same run.
for mode in surrogate sparse localzo node hebbian; do
    T="$D --mode $mode --hidden 40,24 --reset subtract --batch 40 --step-decay none --eval-every 3 --checkpoint-every 4 --no-test"
    check "$mode: a run" "$X" train $T --generations 14 --out "$W/$mode"
    check "$mode: its first part" "$X" train $T --generations 5 --out "$W/part"
    check "$mode: gone on with" "$X" train --resume $D --out "$W/part" --generations 14 --no-test
    check "$mode: is the run in one part" "$X" diff "$W/$mode" "$W/part"
    check "$mode: and so is its best model" sh -c "'$X' eval --model '$W/$mode' $D >'$W/1' && '$X' eval --model '$W/part' $D | cmp - '$W/1'"
    rm -rf "$W/part"
done
check "modes differ" sh -c "! '$X' diff '$W/sparse' '$W/localzo' && ! '$X' diff '$W/surrogate' '$W/sparse'"
for o in "--draw uniform" "--draw laplace" "--draws 3" "--delta 0.1" "--learning-rate 0.001" "--seed 2"; do
    T="$D --mode localzo --hidden 40,24 --reset subtract --batch 40 --step-decay none --eval-every 3 --no-test --generations 14"
    check "localzo, $o" "$X" train $T $o --out "$W/o" --force
    check "localzo, $o, differs" sh -c "! '$X' diff '$W/localzo' '$W/o'"
done

# They learn, and the device's weights are as good as the float ones.
for mode in surrogate sparse localzo hebbian; do
    check "$mode: one layer" sh -c "'$X' train $D --mode $mode --hidden 64 --batch 20 --generations 150 --eval-every 50 --out '$W/one' --force --json >'$W/j'"
    check "$mode: learns" json "$W/j" 'v["accuracy"] > (0.3 if "'$mode'" == "hebbian" else 0.5)'
    check "$mode: a device has what was trained" json "$W/j" 'abs(v["float_validation"] - v["device_validation"]) < 0.1'
    check "$mode: few neurons are active" json "$W/j" 'v["spikes"] > 1 and (v["active"] == 1 if "'$mode'" == "surrogate" else 0.001 < v["active"] < 0.6)'
    check "$mode: the history has them" test "$(column "$W/one/history.csv" active | wc -l) $(column "$W/one/history.csv" float_validation | wc -l)" = "150 3"
    "$X" eval --model "$W/one" $D --json >"$W/e"
    check "$mode: eval finds the accuracy that train told" python3 -c 'import json, sys; a, b = (json.load(open(f)) for f in sys.argv[1:]); assert a["correct"] == b["correct"], (a, b)' "$W/j" "$W/e"
done
check "without a matrix library" sh -c "SPIKEROLL_BLAS=none '$X' train $D --mode surrogate --hidden 64 --batch 20 --generations 150 --eval-every 50 --out '$W/plain' --json >'$W/j'"
check "it learns as well" json "$W/j" 'v["accuracy"] > 0.5'

# A model goes on by another rule, with its own network.
check "a float model" "$X" train $D --mode sparse --hidden 64 --leak 20 --batch 20 --generations 150 --out "$W/first" --no-test
for mode in lowrank local surrogate; do
    check "goes on by $mode" sh -c "'$X' train $D --init '$W/first' --mode $mode --batch 20 --generations 1 --step 0.001 --local-step 0 --local-readout-step 0 --learning-rate 0.00001 --out '$W/on' --force --json >'$W/j'"
    "$X" eval --model "$W/first" $D --json >"$W/e"
    check "$mode: begins where the model was" python3 -c 'import json, sys; a, b = (json.load(open(f)) for f in sys.argv[1:]); assert abs(a["accuracy"] - b["accuracy"]) < 0.06, (a, b)' "$W/j" "$W/e"
    check "$mode: goes on to be resumed" "$X" train --resume $D --out "$W/on"
done
check "fraction bits of its own" "$X" train $D --init "$W/first" --mode local --frac-bits 4 --batch 20 --generations 1 --out "$W/on" --force
check "bench times both backward passes" sh -c "'$X' bench --backward --model '$W/first' --batch 32 --generations 1 --json >'$W/j'"
check "bench: what it says" json "$W/j" 'len(v) == 4 and v[0]["speed_up"] == 1 and v[1]["active"] == 1 and 0 < v[3]["active"] < 0.5 and all(line["backward_ms"] > 0 for line in v)'

# Turned recordings: a model loses on them, and gains by going on.
"$X" eval --model "$W/first" $D >"$W/1"
check "rotated by nothing" sh -c "'$X' eval --model '$W/first' $D --rotate 0 | cmp - '$W/1'"
check "rotated by 25" sh -c "'$X' train $D --rotate 25 --init '$W/first' --mode sparse --batch 20 --generations 100 --out '$W/turned' --json >'$W/j'"
"$X" eval --model "$W/first" $D --rotate 25 --json >"$W/e"
check "it adapts" python3 -c 'import json, sys; a, b = (json.load(open(f)) for f in sys.argv[1:]); assert a["accuracy"] > b["accuracy"] + 0.05, (a, b)' "$W/j" "$W/e"
"$X" eval --model "$W/turned" $D --json >"$W/e"
check "eval takes the rotation of the model" python3 -c 'import json, sys; a, b = (json.load(open(f)) for f in sys.argv[1:]); assert a["correct"] == b["correct"], (a, b)' "$W/j" "$W/e"
mkdir -p "$W/mnist"
python3 -c 'import struct, sys
for name in ("train", "t10k"):
    open(f"{sys.argv[1]}/{name}-images-idx3-ubyte", "wb").write(struct.pack(">4I", 0x803, 20, 28, 28) + bytes(range(1, 197)) * 80)
    open(f"{sys.argv[1]}/{name}-labels-idx1-ubyte", "wb").write(struct.pack(">2I", 0x801, 20) + bytes(i % 10 for i in range(20)))' "$W/mnist"
refused "turned images" "recordings alone are turned" train --data "$W/mnist" --rotate 20 --out "$W/x"
refused "another network" "hidden 32: the model of --init has 64" train $D --init "$W/first" --mode local --hidden 32 --out "$W/x"
refused "other data" "the model is 578-64-10 with 10 steps, the data asks for 578-64-10 with 12" train $D --init "$W/first" --mode local --steps 12 --out "$W/x"
refused "no model" "no-such" train $D --init "$W/no-such" --mode local --out "$W/x"
refused "a resumed run with a model" "contradicts --init" train $D --resume --init "$W/first" --out "$W/on"
refused "a readout by step" "mode localzo: needs --readout sum" train $D --mode localzo --readout membrane --out "$W/x"
refused "another fitness" "mode node: learns by --fitness logsoftmax" train $D --mode node --fitness margin --out "$W/x"
refused "no perturbation" "perturbs nothing" train $D --mode node --strength 0 --out "$W/x"
refused "a mean" "needs --mode lowrank, full or local" train $D --mode sparse --average 5 --out "$W/x"
exit $failed
