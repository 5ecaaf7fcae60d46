#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Modes lowrank and full, the trainer's options, from outside: es.sh path/to/spikeroll. One TAP line a check; exit code 0 if all passed.
X=${1:?usage: es.sh SPIKEROLL}
W=$(mktemp -d) || exit 1
trap 'rm -rf "$W"' EXIT
failed=0
check() { # name, command...: passes if the command succeeds
    name=$1; shift
    if "$@" >"$W/out" 2>&1; then echo "ok - $name"; else echo "not ok - $name"; sed 's/^/# /' "$W/out"; failed=1; fi
}
refused() { # name, text wanted, arguments...: exit code 2, one line with the text
    name=$1; want=$2; shift 2
    "$X" "$@" >"$W/out" 2>"$W/err"; code=$?
    if [ $code = 2 ] && [ "$(wc -l <"$W/err")" = 1 ] && grep -q -e "$want" "$W/err"; then
        echo "ok - refused: $name"
    else
        echo "not ok - refused: $name (exit code $code)"; sed 's/^/# /' "$W/err"; failed=1
    fi
}
json() { python3 -c 'import json, sys; v = json.load(open(sys.argv[1])); assert eval(sys.argv[2]), v' "$1" "$2"; }
rows() { cat "$out/history.csv" 2>/dev/null | wc -l; }
# Start, stop after the generation under way as soon as there are five more, and go on, until it is complete. At most 40 times.
in_parts() { # folder, options...
    out=$1; shift
    for part in $(seq 40); do
        before=$(rows)
        if [ -e "$out" ]; then "$X" train --resume --data "$W/data" --out "$out" --json >"$W/p" 2>>"$W/log" & else "$X" train "$@" --out "$out" --json >"$W/p" 2>"$W/log" & fi
        pid=$!
        while kill -0 $pid 2>/dev/null && [ "$(rows)" -lt $((before + 5)) ]; do sleep 0.02; done
        kill -TERM $pid 2>/dev/null
        wait $pid || return 1
        grep -q '"complete"' "$W/p" && return 0
    done
    return 1
}

check "data synth writes the built-in data" "$X" data synth "$W/data" --train 400 --test 100
T="--data $W/data --hidden 70,24 --population 32 --batch 20 --seed 9 --theta 200 --temperature 50 --validation 10"
L="$T --mode lowrank --rank 2 --generations 60 --average 12 --candidates 3 --shift 1 --eval-every 7 --checkpoint-every 5"

check "train" "$X" train $L --out "$W/a"
check "two threads" "$X" train $L --threads 2 --out "$W/c"
check "two threads give the run of one" "$X" diff "$W/a" "$W/c"
check "a run stopped and gone on with, many times" in_parts "$W/b" $L
check "is identical" "$X" diff "$W/a" "$W/b"
check "other options differ" sh -c "for o in '--average 0' '--candidates 1' '--candidates 2' '--shift 0' '--shape scaled' '--shape zscore'; do
    '$X' train $L \$o --out '$W/o' --force --no-test || exit 1; '$X' diff '$W/a' '$W/o' && { echo \$o; exit 1; }; done; exit 0"
# The mean is judged and saved beside what is learned: learning itself does not change.
learned() { cut -d, -f1-5 "$1/history.csv"; }
check "train without a mean" "$X" train $L --average 0 --out "$W/raw"
check "a mean leaves learning as it is" sh -c "[ \"$(learned "$W/a")\" = \"$(learned "$W/raw")\" ]"
check "full rank with both" "$X" train $T --mode full --hidden 24 --generations 10 --average 3 --candidates 2 --out "$W/full"
check "eval judges the mean that was saved" sh -c "'$X' eval --model '$W/full/last.h5' --data '$W/data' | grep -q accuracy"

refused "more candidates than samples" "--batch 100 with --candidates 4: .* has 360 training samples" train $L --batch 100 --candidates 4 --out "$W/x"
refused "more candidates than a batch can have" "more than 65000" train $L --batch 3000 --candidates 64 --out "$W/x"
exit $failed
