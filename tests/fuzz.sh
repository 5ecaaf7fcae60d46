#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The fuzzers for some seconds each, where they were built (clang): fuzz.sh [SPIKEROLL]. `make fuzz` runs them for an hour.
#   SR_FUZZ_SECONDS   of each (5)
B=${B:-build}
seconds=${SR_FUZZ_SECONDS:-5}
failed=0 found=0
W=$(mktemp -d) || exit 1
trap 'rm -rf "$W"' EXIT
for corpus in tests/fuzz/corpus/*; do
    name=fuzz_$(basename "$corpus"); fuzzer=$B/fuzz/$name
    [ -x "$fuzzer" ] || continue
    found=1
    mkdir -p "$W/$name" "$B/fuzz/found"
    if TMPDIR=$W "$fuzzer" -max_total_time="$seconds" -timeout=120 -rss_limit_mb=2048 -close_fd_mask=1 -print_final_stats=1 \
        -artifact_prefix="$B/fuzz/found/$name-" "$W/$name" "$corpus" >"$B/fuzz/$name.log" 2>&1; then
        echo "ok - $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$B/fuzz/$name.log") executions in $seconds s, nothing found"
    else
        echo "not ok - $name: an input in $B/fuzz/found, the reason in $B/fuzz/$name.log"; failed=1
        grep -m 3 -e ERROR -e SUMMARY -e 'runtime error' "$B/fuzz/$name.log" | sed 's/^/# /'
    fi
done
[ $found = 1 ] || echo "ok - fuzzers # SKIP none is built (no clang)"
exit $failed
