#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Model files and checkpoints as the world treats them: files.sh path/to/spikeroll. One TAP line a check; exit code 0 if all passed.
# What is wrong inside a file is tests/test_crafted_run.c's.
X=${1:?usage: files.sh SPIKEROLL}
. tests/lib/checks.sh

"$X" data synth "$W/data" --train 100 --test 20 >"$W/out" || { echo "not ok - data"; exit 1; }
# What tests/version1.checkpoint.h5.gz and version2 were made with: the same run, written by the first edition and by one before a
# step became a 16-bit number. What the arithmetic of today gives does not matter to them.
T="--data $W/data --hidden 4 --pool 8 --population 8 --batch 4 --eval-every 2 --steps 4 --step-decay none --seed 12345678901234567890 --no-test"
check "a run" "$X" train $T --generations 6 --out "$W/six"
check "a shorter one" "$X" train $T --generations 3 --out "$W/three"

# ---- checkpoints of before ----
cp -r "$W/three" "$W/old"
gunzip -c tests/version1.checkpoint.h5.gz >"$W/old/checkpoint.h5"
cp -r "$W/three" "$W/newer"
gunzip -c tests/version2.checkpoint.h5.gz >"$W/newer/checkpoint.h5"
check "a checkpoint of version 1 is the same run as one of version 2" "$X" diff "$W/newer" "$W/old"
for run in old newer; do check "it is gone on from" "$X" train --resume --data "$W/data" --out "$W/$run" --generations 6 --no-test; done
check "to the same end" "$X" diff "$W/newer" "$W/old"

# ---- a model for a checkpoint ----
cp -r "$W/three" "$W/best"; cp "$W/best/best.h5" "$W/best/checkpoint.h5"; cp "$W/best/history.csv" "$W/history"
check "a model for a checkpoint is refused by its kind" ends 2 "a model, not a checkpoint" train --resume --data "$W/data" --out "$W/best"
check "before the history is cut" cmp "$W/history" "$W/best/history.csv"

# ---- disks, pipes, locks ----
check "a full disk ends a run in one line" sh -c "trap '' XFSZ; ulimit -c 0; ulimit -f 4; '$X' train $T --generations 6 --hidden 128 --out '$W/full' 2>'$W/err'; code=\$?; cat '$W/err'; [ \$code -lt 128 ] && [ \$code != 0 ] && tail -1 '$W/err' | grep -q 'File too large'"
mkfifo "$W/pipe.h5"
check "a pipe for a model is refused" ends 2 "not a regular file" info --model "$W/pipe.h5"
check "a device too" ends 2 "not a regular file" info --model /dev/zero
if command -v flock >/dev/null; then
    flock -x "$W/six/best.h5" sleep 3 &
    sleep 0.3
    check "a model that another program has locked is read" "$X" eval --model "$W/six" --data "$W/data"
    kill $! 2>/dev/null
else
    echo "ok - a model that another program has locked # SKIP no flock"
fi

# ---- damage, from outside ----
if command -v python3 >/dev/null; then
    check "one byte wrong at any of 100 places: refused, no crash" python3 -c '
import subprocess, sys
program, path, to = sys.argv[1:]
whole = open(path, "rb").read()
for k in range(100):
    place = k * len(whole) // 100
    open(to, "wb").write(whole[:place] + bytes([whole[place] ^ 0xca]) + whole[place + 1:])
    run = subprocess.run([program, "info", "--model", to], capture_output=True, text=True)
    assert run.returncode == 2 and run.stderr.count("\n") == 1, (place, run)' "$X" "$W/six/best.h5" "$W/damaged.h5"
fi
exit $failed
