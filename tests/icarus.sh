#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The example of docs/example in Icarus Verilog: its bench says IDENTIFY and gets an answer. One TAP line a check.
. tests/lib/checks.sh
check "the example compiles without a warning" sh -c "text=\$(${IVERILOG:-iverilog} -g2005 -Wall -Wno-timescale -Irtl -y rtl -o '$W/example.vvp' \
    docs/example/sr_example.v docs/example/sr_example_tb.v 2>&1); echo \"\$text\"; [ -z \"\$text\" ]"
check "its bench runs" sh -c "vvp '$W/example.vvp' >'$W/answer'"
for line in "IDENTIFY is answered with status 0" "MAGIC 53504b52" "INPUTS_MAX 112" "HIDDEN_MAX 16" "busy 0 fault 0"; do
    check "it prints: $line" grep -qx "$line" "$W/answer"
done
check "the file that instantiates the core has fifty lines at most" test "$(wc -l <docs/example/sr_example.v)" -le 50
exit $failed
