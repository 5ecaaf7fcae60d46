#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The serial engine against the simulated iCEBreaker: the board's own top, its UART pins on a pseudo-terminal.
# board.sh path/to/spikeroll; spikeroll-board lies beside it. One TAP line a check; exit code 0 if all passed.
# needs: simulation
X=${1:?usage: board.sh SPIKEROLL}
BOARD=$(dirname "$X")/spikeroll-board
. tests/lib/checks.sh
pid=
stop() { [ -z "$pid" ] || { kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; }; pid=; }
trap 'stop; rm -rf "$W"' EXIT
board() { # options of spikeroll-board: a fresh board, its terminal in $port
    stop
    "$BOARD" icebreaker "$@" >"$W/board" 2>&1 & pid=$!
    port=
    while kill -0 $pid 2>/dev/null; do
        port=$(sed -n '1p' "$W/board"); [ -n "$port" ] && break
        sleep 0.1
    done
}
identical() { "$X" diff "$1" "$2" | grep -qx identical; }
train() { # engine options..., RUN last
    for out; do :; done
    "$X" train --data "$W/data" --hidden 8 --steps 4 --population 16 --batch 8 --generations 20 --eval-every 20 --validation 10 \
        --seed 5 --frac-bits "${bits:-0}" "$@" >"$W/log" 2>&1
}
ref() { bits=4; train --engine ref --out "$1"; bits=0; }
serial() { train --engine serial --port "$port" --out "$1"; }

"$X" data synth "$W/data" --train 60 --test 10 >/dev/null || exit 1
check "20 generations on ref" ref "$W/ref" || cat "$W/log"

board
check "the board answers" "$X" info --engine serial --port "$port"
check "20 generations over the serial port" serial "$W/clean"
check "identical to ref" identical "$W/ref" "$W/clean"

# The self test: known answers through the pins.
board
check "the self test passes over the serial port" sh -c "'$X' selftest --engine serial --port '$port' --quick | tee '$W/log' | grep -q '^[0-9]* passed, 0 failed'"

# A host whose clock is 1.5 % off, and bytes that come late.
board --mismatch 0.015 --delay-rate 0.002
check "20 generations with clocks 1.5 % apart and late bytes" serial "$W/late"
check "identical to ref" identical "$W/ref" "$W/late"

board --drop-rate 0.001 --seed 3
check "20 generations with 1 byte in 1,000 dropped, both ways" serial "$W/drop"
check "identical to ref" identical "$W/ref" "$W/drop"
stop
check "and bytes were dropped" grep -q "([1-9][0-9]* dropped.*([1-9][0-9]* dropped" "$W/board"
tail -1 "$W/board" | sed 's/^/# /'

board --flip-rate 0.001 --seed 4
check "20 generations with 1 byte in 1,000 damaged, both ways" serial "$W/flip"
check "identical to ref" identical "$W/ref" "$W/flip"
stop
check "and bytes were damaged" grep -q "dropped, [1-9][0-9]* flipped.*dropped, [1-9][0-9]* flipped" "$W/board"
tail -1 "$W/board" | sed 's/^/# /'

# The board is pulled out in the middle of a run: a checkpoint and one line; then the run goes on.
board
{ serial "$W/pulled"; echo $? >"$W/code"; } & run=$!
while kill -0 $run 2>/dev/null && [ "$(rows "$W/pulled")" -le 5 ]; do sleep 0.02; done
stop
wait $run
check "pulling the board out ends the run with a failure" test "$(cat "$W/code")" != 0
check "and a message that names the link" grep -qi "answer\|port\|gone\|device" "$W/log"
check "and a checkpoint" test -s "$W/pulled/checkpoint.h5"
board
check "--resume goes on" "$X" train --resume --engine serial --port "$port" --data "$W/data" --out "$W/pulled"
check "identical to ref, as if nothing had happened" identical "$W/ref" "$W/pulled"
stop

# Two boards on two ports, as one device. SR_QUICK: test_serial alone has them, with models of boards.
if [ -n "${SR_QUICK:-}" ]; then
    echo "ok - two boards on two ports # SKIP SR_QUICK: three minutes"
else
    board
    pid2=$pid port2=$port pid=
    trap 'stop; kill $pid2 2>/dev/null; rm -rf "$W"' EXIT
    two() { train --engine serial --port "$port,$port2" --patience 10 --out "$1" --checkpoint-every 3; }
    mv "$W/board" "$W/board2"
    board
    check "20 generations on two boards" two "$W/two" || cat "$W/log"
    check "identical to ref" identical "$W/ref" "$W/two"
    { two "$W/left"; echo $? >"$W/code"; } & run=$!
    while kill -0 $run 2>/dev/null && [ "$(rows "$W/left")" -le 7 ]; do sleep 0.02; done
    kill $pid2; wait $pid2
    wait $run
    check "one of two boards pulled out ends the run with a failure" test "$(cat "$W/code")" = 1
    check "and a message that names its port" grep -q "port $port2: .*--resume goes on" "$W/log"
    check "--resume goes on with the other alone" "$X" train --resume --engine serial --port "$port" --patience 10 --data "$W/data" --out "$W/left"
    check "identical to ref" identical "$W/ref" "$W/left"
fi
stop
exit $failed
