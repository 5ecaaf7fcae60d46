#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Modes lowrank and full, the trainer's options, from outside: es.sh path/to/spikeroll. One TAP line a check; exit code 0 if all passed.
X=${1:?usage: es.sh SPIKEROLL}
. tests/lib/checks.sh

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
