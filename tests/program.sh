#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Behaviour of the program, from outside: program.sh path/to/spikeroll. One TAP line a check; exit code 0 if all passed.
X=${1:?usage: program.sh SPIKEROLL}
. tests/lib/checks.sh
# Every file with its size and time, every folder. A folder's own time is left out: a training that is refused has locked it first.
written() { find "$W" -path "$W" -o -name out -o -name err -o -type d -printf '%p\n' -o -printf '%p %s %T@\n' | sort; }
# Bad input: exit code 2, one line that says `want`, nothing written.
refused() { # name, text wanted, arguments...
    name=$1; want=$2; shift 2
    before=$(written)
    "$X" "$@" >"$W/out" 2>"$W/err"; code=$?
    after=$(written)
    if [ $code = 2 ] && [ "$(wc -l <"$W/err")" = 1 ] && [ ! -s "$W/out" ] && grep -q -e "$want" "$W/err" && [ "$before" = "$after" ]; then
        echo "ok - refused: $name"
    else
        echo "not ok - refused: $name (exit code $code)"; sed 's/^/# /' "$W/err"; failed=1
    fi
}
# A shell's background jobs ignore Ctrl-C, and so does a training that was started so. This one, for use with &, does not.
interruptible() {
    exec python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])' "$@"
}
under_way() { # folder: waits until the last background job has trained there, or has ended
    while kill -0 $! 2>/dev/null && [ "$(rows "$1")" -le 3 ]; do sleep 0.02; done
}

check "data synth writes the built-in data" "$X" data synth "$W/data" --train 400 --test 100
T="--data $W/data --hidden 24 --population 64 --batch 32 --eval-every 20 --seed 9"
L="$T --generations 300"

# ---- help ----
for c in train eval bench data diff report info selftest convert; do check "$c --help" "$X" $c --help; done
check "the bare program says how to use it" sh -c "'$X' 2>&1 | grep -q usage"
check "info as JSON" sh -c "'$X' info --json >'$W/j'"
check "info is well-formed" json "$W/j" 'v["device"]["engine"] == "ref"'

# ---- train, eval, diff ----
check "train" "$X" train $L --out "$W/a"
check "train again" "$X" train $L --out "$W/b"
check "the same seed gives identical runs" sh -c "'$X' diff '$W/a' '$W/b' | grep -qx identical"
check "two threads" "$X" train $L --threads 2 --out "$W/c"
check "two threads give the run of one" "$X" diff "$W/a" "$W/c"
check "another seed" "$X" train $L --seed 10 --out "$W/d"
"$X" diff "$W/a" "$W/d" >"$W/out" 2>&1
check "another seed differs, exit code 1" [ $? = 1 ]
check "diff as JSON" sh -c "'$X' diff --json '$W/a' '$W/b' >'$W/j'"
check "diff is well-formed" json "$W/j" 'v["identical"] is True'
check "eval prints accuracy" sh -c "'$X' eval --model '$W/a' --data '$W/data' --split test | grep -Eq '^accuracy 0\.[0-9]{4} \([0-9]+/100\)$'"
check "eval as JSON" sh -c "'$X' eval --model '$W/a/last.h5' --data '$W/data' --json --confusion --threads 2 >'$W/j'"
check "eval is well-formed" json "$W/j" 'v["total"] == 100 and v["accuracy"] == v["correct"] / 100 and sum(map(sum, v["confusion"])) == 100'
check "a longer run" sh -c "'$X' train $T --population 256 --batch 64 --generations 600 --out '$W/l' --json >'$W/j'"
check "learns: well above chance" json "$W/j" 'v["accuracy"] > 0.3'
check "convert to NIR" sh -c "'$X' convert --model '$W/a' --data '$W/data' --out '$W/a.nir' | grep -c 'accuracy 0' | grep -qx 2"
check "convert back" sh -c "'$X' convert --nir '$W/a.nir' --data '$W/data' --out '$W/n.h5' --json >'$W/j'"
check "NIR loses no weight" json "$W/j" 'abs(v["before"] - v["after"]) < 0.1 and all(l["exact"] for l in v["layers"])'
check "the model that came back is exported as the same bytes" sh -c "'$X' convert --model '$W/n.h5' --out '$W/n.nir' && cmp '$W/a.nir' '$W/n.nir'"
refused "a model as NIR" "this is no NIR graph" convert --nir "$W/a/best.h5" --out "$W/x"
refused "neither import nor export" "either --nir" convert --out "$W/x"
refused "a reset that the model has not" "reset is hard" convert --model "$W/a" --reset subtract --out "$W/x"
check "eval of the training split" sh -c "'$X' eval --model '$W/a' --data '$W/data' --split train | grep -q /400"
check "info of a model" sh -c "'$X' info --model '$W/a' | grep -q 578-24-10"
check "history has a line a generation" [ "$(wc -l <"$W/a/history.csv")" = 301 ]
check "train as JSON" sh -c "'$X' train $T --generations 5 --out '$W/j1' --json >'$W/j'"
check "train's JSON is well-formed" json "$W/j" 'v["end"] == "complete" and v["generations"] == 5 and v["total"] == 100'
check "modes, shapes, readouts" sh -c "
    '$X' train $T --generations 3 --mode full --shape scaled --readout membrane --out '$W/m1' &&
    '$X' train $T --generations 3 --hidden 24,16 --readout spikes --dist bell --rank 3 --readout-mode full --reset subtract --fitness margin --out '$W/m2' &&
    '$X' train $T --generations 3 --hidden 24,16,12 --fitness correct --validation 0 --step-decay linear --frac-bits 4 --out '$W/m3'"
check "a run without validation has no best model" [ ! -e "$W/m3/best.h5" ]
check "a preset" "$X" train $T --preset nmnist --generations 2 --threads 1 --out "$W/p1"
for p in "$(dirname "$0")"/../host/presets/*.preset; do
    name=$(basename "$p" .preset)
    check "preset $name is accepted" sh -c "'$X' train --preset $name 2>&1 | grep -q 'data is missing'"
done

# ---- stopping and going on ----
check "a run of two parts" sh -c "'$X' train $L --time-limit 0 --out '$W/e' --checkpoint-every 7"
check "is itself identical" "$X" diff "$W/a" "$W/e"
K="$T --generations 1500 --checkpoint-every 3"
check "an unbroken run" "$X" train $K --out "$W/k0"
"$X" train $K --out "$W/k1" >"$W/log" 2>&1 &
kills=0
for pause in 0.15 0.1 0.3 0.05 0.2 0.25; do
    sleep $pause
    kill -9 $! 2>/dev/null && kills=$((kills + 1))
    wait $! 2>/dev/null
    if [ -e "$W/k1" ]; then "$X" train --resume $K --out "$W/k1" >"$W/log" 2>&1 & else "$X" train $K --out "$W/k1" >"$W/log" 2>&1 & fi
done
wait $!
check "killed $kills times and resumed, it ends" [ $? = 0 ]
check "and is identical to the unbroken run" "$X" diff "$W/k0" "$W/k1"
check "best models too" "$X" diff "$W/k0/best.h5" "$W/k1/best.h5"
check "nothing is left behind" [ -z "$(find "$W/k1" -name '*.tmp')" ]
interruptible "$X" train $T --generations 1000000 --step-decay none --out "$W/i" >"$W/log" 2>&1 &
under_way "$W/i"; kill -INT $!; kill -INT $! 2>/dev/null
wait $!
check "Ctrl-C, twice, stops in good order" [ $? = 0 ]
check "Ctrl-C writes the last model" [ -s "$W/i/last.h5" ]
check "Ctrl-C says how to go on" grep -q -e --resume "$W/log"
done_so_far=$(($(wc -l <"$W/i/history.csv") - 1))
check "the interrupted run goes on for longer" "$X" train --resume --data "$W/data" --out "$W/i" --generations $((done_so_far + 30))
check "an unbroken one of that length" "$X" train $T --generations $((done_so_far + 30)) --step-decay none --out "$W/i0"
check "is identical" "$X" diff "$W/i" "$W/i0"
# In seconds of the processor, since on a machine that does other things a clock proves nothing.
check "a time limit is kept" sh -c "ulimit -t 10; '$X' train $T --threads 2 --generations 1000000 --time-limit 1 --out '$W/t' --json >'$W/j'"
check "and said" json "$W/j" 'v["end"] == "time limit" and v["generations"] < 1000000 and v["total"] == 100'
# Where steps shrink they do so over the time: docs/training.md. What the clock had spent stands in the history.
spent() { # folder, a Python expression over the list v of the column time_spent
    python3 -c 'import csv, sys; v = [float(r["time_spent"]) for r in csv.DictReader(open(sys.argv[1] + "/history.csv"))]; assert eval(sys.argv[2]), v' "$1" "$2"
}
check "the share that the clock has spent is recorded" spent "$W/t" 'v == sorted(v) and all(0 <= x <= 1 for x in v) and (len(v) < 2 or v[0] < v[-1])'
done_so_far=$(($(wc -l <"$W/t/history.csv") - 1))
check "a run whose time is over goes on" sh -c "'$X' train --resume --data '$W/data' --out '$W/t' --time-limit 1 >'$W/log'"
check "with steps as small as they are" spent "$W/t" "set(v[$done_so_far:]) <= {1}"
check "and says so" grep -q "go on with steps as small as they are now: " "$W/log"
"$X" train $T --generations 1000000 --time-limit 9999 --out "$W/limit" >"$W/log" 2>&1 &
under_way "$W/limit"; kill $!; wait $!
check "one that is stopped says with how much time to go on" grep -q -e '--time-limit [1-9][0-9]*$' "$W/log"
check "--force starts over" "$X" train $L --force --out "$W/t"
check "and leaves nothing of the old run" "$X" diff "$W/a" "$W/t"
"$X" train $T --generations 1000000 --out "$W/two" >"$W/log" 2>&1 &
under_way "$W/two"
"$X" train --resume --data "$W/data" --out "$W/two" >"$W/two.log" 2>&1
check "a second process in the same run is refused" sh -c "[ $? = 2 ] && grep -q 'another process' '$W/two.log'"
kill $!; wait $!
check "SIGTERM stops in good order" [ $? = 0 ]

# ---- bench ----
check "bench prints a table" sh -c "'$X' bench --hidden 24 --population 16 --batch 4 --generations 1 --rank 1 | grep -q '^full '"
check "bench as JSON" sh -c "'$X' bench --hidden 24 --population 16 --batch 4 --generations 1 --mode lowrank --rank 1,4 --json >'$W/j'"
check "bench is well-formed" json "$W/j" '[e["rank"] for e in v] == [1, 4] and all(k in e for e in v for k in ("mode", "cycles", "lif_busy", "link_bytes", "evaluations_per_second", "speedup_vs_full"))'
check "bench of a model on data" "$X" bench --model "$W/a" --data "$W/data" --rank 2 --population 16 --batch 8 --generations 1

# ---- self test ----
check "ref's answers have their stored checks" sh -c "'$X' selftest --engine ref | tee '$W/log' | grep -qx '25 passed, 0 failed, 0 not built'"

# ---- bad input ----
N="--out $W/new"
refused "no command of that name" "no command" fly
refused "unknown option" "nonsense" train $T $N --nonsense 1
refused "no data" "data is missing" train $N
refused "no run" "out is missing" train --data "$W/data"
refused "data that is not there" "$W/nonsuch" train --data "$W/nonsuch" $N
refused "rank with full" "contradicts" train $T $N --mode full --rank 4
refused "odd population" "even" train $T $N --population 7
refused "population beyond the device" "16384" train $T $N --population 60000
refused "batch beyond the training set" "360 training samples" train $T $N --batch 361
refused "batch beyond the sums of fitness" "1..65000" train $T $N --batch 65001
refused "rank out of range" "1..32" train $T $N --rank 33
refused "a number that is none" "10x" train $T $N --batch 10x
refused "sigma too large" "4095" train $T $N --sigma 16
refused "four layers" "at most 3" train $T $N --hidden 1,2,3,4
refused "lists that do not match" "2 values for 1" train $T $N --theta 1,2
refused "unknown engine" "gpu" train $T $N --engine gpu
refused "unknown preset" "nonsuch" train $T $N --preset nonsuch
echo "rank 77" >"$W/bad.preset"
refused "preset with a bad value" "bad.preset:1" train $T $N --preset "$W/bad.preset"
refused "an existing run" "holds a run already" train $T --out "$W/a"
refused "a run within a folder that is not there" "nonsuch" train $T --out "$W/nonsuch/run"
refused "a file as run" "is a file" train $T --out "$W/bad.preset"
refused "resume with force" "contradicts" train $T --out "$W/a" --resume --force
refused "resume of nothing" "nonsuch" train $T --out "$W/nonsuch" --resume
refused "resume with another shape" "hidden is 24" train --data "$W/data" --out "$W/a" --resume --hidden 32
refused "resume of a longer decaying run" "generations is 300" train --data "$W/data" --out "$W/a" --resume --generations 400
refused "a stray argument" "unexpected" eval here
refused "eval without a model" "model is missing" eval --data "$W/data"
refused "eval of a folder without model" "holds no" eval --data "$W/data" --model "$W/data"
refused "eval of what is no model" "not an HDF5 file" eval --data "$W/data" --model "$W/bad.preset"
refused "diff of one" "two runs" diff "$W/a"
refused "diff of a run and a file" "is not" diff "$W/a" "$W/a/last.h5"
refused "diff with nothing" "nonsuch" diff "$W/a" "$W/nonsuch/x.h5"
refused "a build that is not there" "nonsuch" selftest --engine sim --build nonsuch
refused "weights sent to an engine without a link" "link" bench --sent-weights
refused "bench of too many events" "room for" bench --events 9999999
"$X" info --engine serial --port "$W/nonsuch" >"$W/two.log" 2>&1
check "a port that is not there is named" sh -c "[ $? != 0 ] && grep -q nonsuch '$W/two.log'"
"$X" data synth "$W/other" --train 400 --test 100 --seed 2 >"$W/out"; mkdir "$W/cut"
head -c 3000 "$W/a/checkpoint.h5" >"$W/cut/checkpoint.h5"; cp "$W/a/history.csv" "$W/cut"
cp -r "$W/a" "$W/short"; head -20 "$W/a/history.csv" >"$W/short/history.csv"
"$X" train $T --pool 1 --generations 1 --out "$W/pool1" >"$W/out" 2>&1
refused "resume on other data" "not the samples" train --resume --data "$W/other" --out "$W/a"
refused "a checkpoint cut short" "cut/checkpoint.h5" train --resume --data "$W/data" --out "$W/cut"
refused "a history cut short" "history.csv" train --resume --data "$W/data" --out "$W/short"
"$X" diff "$W/a" "$W/pool1" >"$W/two.log" 2>&1
check "diff of two shapes: exit code 1" sh -c "[ $? = 1 ] && grep -q '578-24-10 and 2312-24-10' '$W/two.log'"
exit $failed
