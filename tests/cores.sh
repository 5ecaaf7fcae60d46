#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What other tools are given of the core: FuseSoC core files and the list of sources are those that the folders would make now, name files
# that are there, and work where there is a FuseSoC (FUSESOC names one). One TAP line a check; exit code 0 if all passed.
X=${1:-}
. tests/lib/checks.sh
check "core files and the list of sources are not stale (else: make cores)" constraints/cores --check
check "the list names every source, and no other" sh -c "grep '^rtl/' rtl/spikeroll.f | sort >'$W/a'; ls rtl/*.v | sort >'$W/b'; diff '$W/a' '$W/b'"
check "Icarus takes the list" sh -c "${IVERILOG:-iverilog} -g2005 -c rtl/spikeroll.f -s sr_example -o '$W/a.vvp' docs/example/sr_example.v"
FUSESOC=${FUSESOC:-$(command -v fusesoc)}
if [ -z "$FUSESOC" ]; then
    skip "FuseSoC runs the example" "no fusesoc here (pip install fusesoc)"
else
    top=$(pwd)
    check "FuseSoC runs the example" sh -c "cd '$W' && '$FUSESOC' --cores-root '$top/rtl' --cores-root '$top/docs' run --target=sim spikeroll:spikeroll:example >log 2>&1; tail -20 log; grep -qx 'IDENTIFY is answered with status 0' log"
    for board in constraints/*.mk; do
        name=$(basename "$board" .mk)
        check "FuseSoC sets up the board $name" sh -c "cd '$W' && '$FUSESOC' --cores-root '$top/rtl' --cores-root '$top/constraints' run --setup --target=bitstream spikeroll:boards:$name"
    done
fi
exit $failed
