#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Data as people have it, from outside: data.sh path/to/spikeroll. One TAP line a check; exit code 0 if all passed.
# What the loader makes of each folder is tests/test_data_found.c's.
X=${1:?usage: data.sh SPIKEROLL}
. tests/lib/checks.sh
T="--hidden 8 --population 8 --batch 4 --generations 2"

# ---- two at once ----
mixed=""
for pause in 0 0.005 0.01 0.02 0.04 0.08; do
    rm -rf "$W/two"
    "$X" data synth "$W/two" --train 600 --test 0 --seed 1 >"$W/1" 2>&1 & first=$!
    sleep $pause
    "$X" data synth "$W/two" --train 600 --test 0 --seed 2 >"$W/2" 2>&1; b=$?
    wait $first; a=$?
    n=$(find "$W/two" -name '*.bin' | wc -l)
    rest=$(find "$W/two" -mindepth 1 -maxdepth 1 ! -name Train | wc -l)
    case "$a/$b/$n/$rest" in 0/[12]/600/0 | [12]/0/600/0) ;; *) mixed="$mixed $a/$b/$n/$rest" ;; esac
done
check "two data synth into one folder: one writes it, whole, the other is refused" [ -z "$mixed" ]
[ -z "$mixed" ] || echo "# exit codes, recordings, left over:$mixed"

# ---- what is found ----
"$X" data synth "$W/data" --train 100 --test 40 >"$W/out" || { echo "not ok - data"; exit 1; }
check "a run" "$X" train --data "$W/data" --out "$W/run" $T
mkdir "$W/test"; cp -r "$W/data/Test" "$W/test/Test"
check "a test set alone serves eval" sh -c "[ \"\$('$X' eval --model '$W/run' --data '$W/test')\" = \"\$('$X' eval --model '$W/run' --data '$W/data')\" ]"
check "but its training split is named as missing" ends 2 "no such samples" eval --model "$W/run" --data "$W/test" --split train
check "and training on it is refused" ends 2 "training samples" train --data "$W/test" --out "$W/none" $T
mkdir "$W/same"; cp -r "$W/data/Train" "$W/same/train"; ln -s train "$W/same/test"
check "a test set that is the training set is warned of" sh -c "'$X' train --data '$W/same' --out '$W/learnt' $T 2>&1 | grep -q 'train: warning: 100 of 100 test samples stand in the training set too'"
check "by eval too" sh -c "'$X' eval --model '$W/run' --data '$W/same' 2>&1 | grep -q 'eval: warning: 100 of 100'"
check "data stats warns on standard error alone" sh -c "'$X' data stats '$W/same' --json 2>'$W/err' | python3 -c 'import json, sys; json.load(sys.stdin)' && grep -q warning '$W/err'"
for f in "$W/same/train"/*/*.bin; do c=$(basename "$(dirname "$f")"); mv "$f" "$(dirname "$f")/${c}_$(basename "$f")"; done
check "--limit-train takes of every class" sh -c "'$X' train --data '$W/same' --out '$W/cut' --limit-train 40 $T && '$X' eval --model '$W/cut' --data '$W/same' --split train --confusion --json 2>/dev/null |
    python3 -c 'import json, sys; n = [sum(r) for r in json.load(sys.stdin)[\"confusion\"]]; assert n == [4] * 10, n'"
mkfifo "$W/data/Train/0/99999.bin"
check "a pipe among the recordings is refused" ends 2 "not a regular file" data stats "$W/data"
rm "$W/data/Train/0/99999.bin"

# ---- pictures ----
check "a picture" "$X" data stats "$W/data" --png "$W/digit.png"
cp "$W/digit.png" "$W/before.png"
(trap '' XFSZ; ulimit -c 0; ulimit -f 1; "$X" data stats "$W/data" --picture 7 --png "$W/digit.png") >"$W/out" 2>"$W/err"
check "a full disk is named" sh -c "cat '$W/err'; grep -q 'digit.png: cannot be written: File too large' '$W/err'"
check "and costs no picture that was there" cmp "$W/digit.png" "$W/before.png"
check "a picture goes through a pipe" sh -c "'$X' data stats '$W/data' --json --png /dev/stderr 2>&1 >/dev/null | head -c 4 | grep -q PNG"
exit $failed
