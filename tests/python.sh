#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Python package, by pytest: python.sh path/to/spikeroll. The library and the virtual environment are the build's (make python-test);
# without them it is skipped, aloud. One TAP line a test.
B=${B:-build}
root=$(cd "$(dirname "$0")/.." && pwd)
library=$(ls "$root/$B"/libspikeroll.so.*.*.* "$B"/libspikeroll.so.*.*.* 2>/dev/null | sed 1q)
for python in "$B/python/bin/python" "$root/$B/python/bin/python"; do [ -x "$python" ] && break; done
if [ ! -x "$python" ] || [ -z "$library" ]; then echo "ok - the Python package # SKIP no $B/python or no shared library: make python-test"; exit 0; fi
for build in "$B/sim/tiny.so" "$root/$B/sim/tiny.so"; do [ -e "$build" ] && break; done
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
SPIKEROLL_LIBRARY=$(realpath "$library") SR_PYTHON_SIM=$(realpath "$build" 2>/dev/null) PYTHONPATH=$root/host/python PYTHONDONTWRITEBYTECODE=1 \
    SR_SHARED=${SR_SHARED:-$root/../shared} \
    "$python" -m pytest -q -rA -p no:cacheprovider "$root/tests/python" --ignore-glob="$root/tests/python/test_frameworks*.py" >"$log" 2>&1
code=$?
sed -n 's/^PASSED [^:]*::\(.*\)/ok - \1/p; s/^\(FAILED\|ERROR\) [^:]*::\(.*\)/not ok - \2/p
    s/^SKIPPED \[[0-9]*\] \(.*\)/ok - \1 # SKIP/p' "$log"
[ $code = 0 ] || { sed 's/^/# /' "$log"; exit 1; }
