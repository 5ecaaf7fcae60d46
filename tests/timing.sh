#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# needs: simulation
# The timing diagrams of docs/timing are what the RTL does: timing.sh path/to/spikeroll. One TAP line; skipped, aloud, without the packages
# that read waveforms and draw (make build/setup/timing), or without the simulation builds that the diagrams are of.
X=${1:?usage: timing.sh SPIKEROLL}
. tests/lib/checks.sh
python=${B:-build}/timing/bin/python
[ -x "$python" ] || python=${PYTHON:-python3}
"$python" docs/timing/draw --check "$X" 2>"$W/err"; code=$?
case $code in
0) ok "the timing diagrams are what the RTL does" ;;
77) skip "the timing diagrams are what the RTL does" "$(cat "$W/err")" ;;
*) bad "the timing diagrams are what the RTL does" ;;
esac
exit $failed
