#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Mode local from outside: local.sh path/to/spikeroll. One TAP line a check; exit code 0 if all passed.
X=${1:?usage: local.sh SPIKEROLL}
. tests/lib/checks.sh

check "data synth writes the built-in data" "$X" data synth "$W/data" --train 400 --test 100
T="--mode local --data $W/data --hidden 70,24 --batch 40 --seed 9 --theta 200 --temperature 50"
L="$T --generations 60 --average 12 --shift 1 --eval-every 7 --checkpoint-every 5 --strength-final 0.3"

check "train" "$X" train $L --out "$W/a"
check "two threads" "$X" train $L --threads 2 --out "$W/c"
check "two threads give the run of one" "$X" diff "$W/a" "$W/c"
check "a run stopped and gone on with, many times" in_parts "$W/b" $L
check "is identical" "$X" diff "$W/a" "$W/b"
check "other options differ" sh -c "for o in '--average 0' '--shift 0' '--pairs 2' '--strength 0.5' '--local-step 0.001' '--credit-shift 9' '--frac-bits 4'; do
    '$X' train $L \$o --out '$W/o' --force --no-test || exit 1; '$X' diff '$W/a' '$W/o' && { echo \$o; exit 1; }; done; exit 0"
check "a run of one layer" sh -c "'$X' train $T --hidden 64 --generations 300 --average 20 --out '$W/one' --json >'$W/j'"
check "learns: well above chance" json "$W/j" 'v["accuracy"] > 0.4'
check "eval judges the mean that was saved" sh -c "'$X' eval --model '$W/one/last.h5' --data '$W/data' | grep -q accuracy"
check "bench" sh -c "'$X' bench --mode local --hidden 64 --batch 16 --generations 2 --json >'$W/j'"
check "bench counts samples" json "$W/j" 'v[0]["mode"] == "local" and v[0]["samples_per_second"] > 100'

if "$X" info --engine sim --build icebreaker >/dev/null 2>&1; then
    refused "a device without it" "engine sim does not have it" train $T --engine sim --build icebreaker --hidden 24 --frac-bits 0 --out "$W/x"
else
    echo "ok - # SKIP a device without it: there is no simulation build icebreaker"
fi
refused "a readout by step" "needs --readout sum" train $T --readout membrane --out "$W/x"
refused "another fitness" "learns by --fitness logsoftmax" train $T --fitness margin --out "$W/x"
refused "a strength beyond the device" "at most 4095" train $T --strength 30 --out "$W/x"
refused "a step beyond the device" "local-step 0.07" train $T --local-step 0.07 --out "$W/x"
refused "a choice of samples" "needs --mode lowrank or full" train $T --candidates 2 --out "$W/x"
refused "a longer run whose strength shrinks" "generations is 60" train --resume --data "$W/data" --out "$W/a" --generations 70
exit $failed
