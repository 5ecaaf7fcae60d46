#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# needs: simulation
# `make params`: what it says of memories is what Yosys makes of them, what it proposes elaborates, its cycles are those of a simulation,
# and what does not fit is said. proposals.sh path/to/spikeroll. One TAP line a check.
X=${1:?usage: proposals.sh SPIKEROLL}
. tests/lib/checks.sh
B=${B:-build}
of() { # variable of a board's or a build's file, or of what was said
    sed -e ':a' -e '/\\$/N; s/\\\n//; ta' "$2" | grep "^$1 *:=" >"$W/of"
    printf 'include constraints/cores.params\ninclude %s\nall:; @echo $(%s)\n' "$W/of" "$1" | make -s --no-print-directory -f -
}
count() { # parameters, device, flags: KIND=COUNT ...
    BOARD_PARAMS="$1" DEVICE="$2" SYNTH_FLAGS="$3" constraints/params --count
}
cells() { # a `stat` of Yosys, in the same words
    awk '$1 ~ /^(SB_RAM40_4K|SB_SPRAM256KA|DP16KD|TRELLIS_DPR16X4)$/ { print $1 "=" $2 }' "$1" | sed s/TRELLIS_DPR16X4/TRELLIS_RAMW/
}
close() { # KIND=COUNT words, the same, of how many each may be off: every kind of either, LUT RAM by one in a hundred more
    printf '%s\n' $1 $2 | awk -F= -v off="$3" '{ n[$1]++; d[$1] = $2 - d[$1]; m[$1] = $2 }
        END { for (k in n) { few = off + (k == "TRELLIS_RAMW" ? m[k] / 100 : 0); if (n[k] == 1) d[k] = m[k]
              if (d[k] > few || -d[k] > few) { print k, "differs by", d[k]; bad = 1 } } exit bad }'
}

# ---- memories: the tool's count, and Yosys' ----
for file in constraints/*.mk; do
    board=$(basename "$file" .mk) stat=$B/synth/$(basename "$file" .mk)/cells.txt
    told=$(count "$(of PARAMS "$file")" "$(of DEVICE "$file")" "$(of SYNTH_FLAGS "$file")")
    name="memories of $board: $told"
    if [ -e "$stat" ] && [ -z "$(find rtl/*.v rtl/*.vh "$file" constraints/cores.params -newer "$stat")" ]; then
        check "$name, as it was synthesised" close "$told" "$(cells "$stat")" 0
    else
        # docs/boards.md has them of the last route, which may be of RTL before this.
        routed=$(sed -n "/<!-- report routes/,/<!-- end/s/^| .$board. |.*| \(.*\) |\$/\1/p" docs/boards.md | tr ',' '\n' |
            sed -n 's/^ *ICESTORM_RAM \(.*\)\/.*/SB_RAM40_4K=\1/p; s/^ *ICESTORM_SPRAM \(.*\)\/.*/SB_SPRAM256KA=\1/p; s/^ *DP16KD \(.*\)\/.*/DP16KD=\1/p')
        if [ -z "$routed" ]; then skip "$name" "$board was not synthesised or routed as it is"
        else check "$name, as it was routed, but for four" close "$(printf '%s\n' $told | grep -v TRELLIS)" "$routed" 4; fi
    fi
done

# ---- proposals elaborate, and hold the network ----
proposal() { # name, board, arguments...: what is proposed elaborates without a word
    name=$1 board=$2; shift 2
    make -s --no-print-directory params BOARD="$board" "$@" >"$W/said" 2>"$W/err" || { bad "$name" "$W/said" "$W/err"; return; }
    of PARAMS "$W/said" >"$W/params"
    ${IVERILOG:-iverilog} -g2005 -Wall -t null -I rtl -y rtl -s sr_core $(printf -- '-Psr_core.%s ' $(cat "$W/params")) rtl/sr_core.v >"$W/err" 2>&1
    if [ -s "$W/params" ] && [ ! -s "$W/err" ]; then ok "$name"; else bad "$name" "$W/said" "$W/err"; fi
}
says() { check "and says: $1" grep -q -e "$1" "$W/said"; }
proposal "a network on the icebreaker" icebreaker INPUTS=578 HIDDEN=64
says "samples that stay resident: 44, 370 words each; the sample store binds"
proposal "one that is small, whose weights do not fit block RAM" icebreaker INPUTS=400 HIDDEN=48 CLASSES=3 STEPS=12
says "SB_SPRAM256KA 4 of 4"
proposal "a batch on the hx8k" hx8k INPUTS=49 HIDDEN=10 CLASSES=2 STEPS=5 PAIRS=8 RANK=4 BATCH=8
says "samples that stay resident: 8"
proposal "a network on the ulx3s" ulx3s INPUTS=800 HIDDEN=100 CLASSES=16 STEPS=30 POPULATION=128 BATCH=30
proposal "mode local alone" colorlight-i5-local INPUTS=578 HIDDEN=64
says "a learned sample: "
proposal "parameters that are to stay" icebreaker INPUTS=98 HIDDEN=16 SET="FRAC_W=6 SAMPLE_WORDS=1024"
says "FRAC_W=6"
unfit() { # name, text, board, arguments...
    name=$1 want=$2 board=$3; shift 3
    make -s --no-print-directory params BOARD="$board" "$@" >"$W/said" 2>"$W/err"; code=$?
    if [ $code != 0 ] && grep -q -e "$want" "$W/said" "$W/err"; then ok "$name"; else bad "$name" "$W/said" "$W/err"; fi
}
unfit "block RAM that is too small" "does NOT fit: SB_RAM40_4K: [0-9]* more than there are" hx8k INPUTS=578 HIDDEN=64
unfit "more pairs than factors" "does NOT fit: .*SR_FACTORS_IS_AT_MOST_256" icebreaker INPUTS=98 HIDDEN=16 PAIRS=300
unfit "a number that is none" "NAME=NUMBER" hx8k INPUTS=x HIDDEN=64
unfit "no network" "INPUTS and HIDDEN are needed" hx8k INPUTS=3

# ---- cycles: the estimate, and the simulation build tiny ----
if [ -e "$B/sim/tiny.so" ]; then
    net="INPUTS=100 HIDDEN=16 CLASSES=10 STEPS=10 EVENTS=150" bench="--engine sim --build $B/sim/tiny.so --inputs 100 --hidden 16 --steps 10 --events 150 --batch 8 --generations 1"
    BOARD=tiny BOARD_PARAMS="$(of PARAMS sim/tiny.mk)" DEVICE=--85k constraints/params $net PAIRS=32 BATCH=8 >"$W/tiny"
    told=$(sed -n 's/.*8 samples: \([0-9,]*\) cycles.*/\1/p' "$W/tiny" | tr -d ,)
    took=$("$X" bench $bench --mode lowrank --rank 1 --population 64 2>/dev/null | awk '$1 == "lowrank" { print $3 }')
    check "cycles of a generation: $told estimated, $took simulated" awk "BEGIN { exit !($told > 0.9 * $took && $told < 1.1 * $took) }"
    told=$(sed -n 's/.*learned sample: \([0-9,]*\) cycles at most, \([0-9,]*\) .*/\1 \2/p' "$W/tiny" | tr -d ,)
    took=$("$X" bench $bench --mode local --theta 40 --temperature 100 --local-step 0.05 2>/dev/null | sed -n 's/^ *\([0-9]*\) cycles a sample.*/\1/p')
    check "cycles of a learned sample: $told estimated, $took simulated" \
        awk "BEGIN { split(\"$told\", t, \" \"); exit !($took < 1.1 * t[1] && $took > 0.9 * t[2]) }"
else
    skip "cycles" "no simulation build tiny"
fi
exit $failed
