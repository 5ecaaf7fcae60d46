#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Calls that fail and kills, some of each: failures.sh path/to/spikeroll. `make inject` and `make kill` try them all.
X=${1:?usage: failures.sh SPIKEROLL}
L=${B:-build}/tests/inject.so
failed=0
python3 tests/kill "$X" 12 || failed=1
if [ -e "$L" ]; then
    SR_JOBS=1 python3 tests/inject/run "$X" "$L" 40 || failed=1
elif getconf GNU_LIBC_VERSION >/dev/null 2>&1; then
    echo "not ok - failing calls: no $L was built"
    failed=1
else
    echo "ok - failing calls # SKIP they take glibc's calls, and this is another C library"
fi
exit $failed
