#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What tests/board-check lets through and what it refuses, in one line that names the number; and that one board's file says nothing of
# another. One TAP line a check.
failed=0
good="FAMILY=ecp5 OSC_MHZ=25 CLOCK_MHZ=60 CLOCK_HZ=60000000 BAUD=921600 PLL_REF=1 PLL_FB=24 PLL_OUT=10"
ice="FAMILY=ice40 OSC_MHZ=12 CLOCK_MHZ=21 CLOCK_HZ=21000000 BAUD=4000000 PLL_REF=0 PLL_FB=55 PLL_OUT=5 PLL_FILTER=1"
check() { # name, settings, text of the refusal or nothing
    text=$(tests/board-check a-board $2 2>&1); code=$?
    if { [ -z "$3" ] && [ $code = 0 ] && [ -z "$text" ]; } ||
        { [ -n "$3" ] && [ $code != 0 ] && [ "$(echo "$text" | wc -l)" = 1 ] && echo "$text" | grep -q "$3"; }; then
        echo "ok - $1"
    else
        echo "not ok - $1"; echo "# $text"; failed=1
    fi
}
check "an ECP5 inside its data sheet" "$good"
check "an iCE40 inside its data sheet" "$ice"
check "phase detector of an ECP5 at 5 MHz" "$good PLL_REF=5 PLL_FB=120" "phase detector of the PLL at 5 MHz"
check "phase detector of an iCE40 at 6 MHz" "$ice PLL_REF=1 PLL_FB=111" "phase detector of the PLL at 6 MHz"
check "oscillator of an ECP5 at 300 MHz" "$good PLL_FB=12 PLL_OUT=5" "oscillator of the PLL at 300 MHz"
check "oscillator of an ECP5 at 1200 MHz" "$good PLL_FB=48 PLL_OUT=20" "oscillator of the PLL at 1200 MHz"
check "oscillator of an iCE40 at 336 MHz" "$ice PLL_FB=27 PLL_OUT=4" "oscillator of the PLL at 336 MHz"
check "another clock than the PLL makes" "$good PLL_OUT=12" "PLL makes 50 MHz"
check "CLOCK_HZ that is not CLOCK_MHZ" "$good CLOCK_MHZ=61" "CLOCK_HZ is 60000000, CLOCK_MHZ 61"
check "a divider that is not there" "$good PLL_OUT=" "lacks PLL_OUT"
check "a divider of 0" "$good PLL_REF=0" "is 0"
check "a divider above 128" "FAMILY=ecp5 OSC_MHZ=25 CLOCK_MHZ=4 CLOCK_HZ=4000000 BAUD=9600 PLL_REF=1 PLL_FB=24 PLL_OUT=150" "above 128"
check "no family" "FAMILY=gowin" "FAMILY is"
# The files of all boards are read on the way to one of them.
for file in constraints/*.mk; do
    board=$(basename "$file" .mk)
    for name in DEMO DEMO_LOCAL; do
        wanted=$(echo $name $(sed -n "s/^$name := *//p" "$file")) told=$(echo $(make -s show-board BOARD="$board" | grep "^$name "))
        if [ "$told" = "$wanted" ]; then echo "ok - $name of $board"; else echo "not ok - $name of $board"; echo "# $told"; failed=1; fi
    done
done
exit $failed
