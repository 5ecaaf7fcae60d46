#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What people type and name: presets, options without effect, names that are no text. edges.sh path/to/spikeroll; TAP.
X=${1:?usage: edges.sh SPIKEROLL}
. tests/lib/checks.sh
says() { # text, exit code, arguments...: one line on standard error with the text
    text=$1 expected=$2; shift 2
    "$X" "$@" >/dev/null 2>"$W/err"; code=$?
    [ $code = "$expected" ] && [ "$(wc -l <"$W/err")" = 1 ] && grep -qF -- "$text" "$W/err"
}
long=$(printf '%2000s' '' | tr ' ' x)

"$X" data synth "$W/d" --train 20 --test 10 >/dev/null || exit 1
printf '#%s\nhidden 8\n' "$(printf '%1022s' '' | tr ' ' x)rank 7" >"$W/comment"
check "a long comment of a preset is one to its end" "$X" train --data "$W/d" --preset "$W/comment" --population 8 --batch 4 --generations 1 --out "$W/r"
check "and no option of it is obeyed" sh -c "'$X' info --model '$W/r/checkpoint.h5' | grep -Eq '^ +rank +1\$'"
printf 'hidden 8\nrank %s\n' "$long" >"$W/line"
check "a line that is too long is refused" says "line:2: the line is too long" 2 train --data "$W/d" --preset "$W/line" --out "$W/s"

check "--trace on ref is refused" says "--trace has no effect on engine ref (it is for sim)" 2 bench --engine ref --trace "$W/x"
check "--port on ref is refused" says "--port has no effect on engine ref (it is for serial)" 2 bench --engine ref --port /dev/null
check "--patience on ref is refused" says "--patience has no effect on engine ref (it is for sim, serial)" 2 info --engine ref --patience 3
check "an unknown preset lists those there are" says "no such preset; there are mnist, mnist-deep, " 2 train --data "$W/d" --preset nonsuch
check "and a file that is not there is named" says "--preset $W/nonsuch: No such file" 2 bench --preset "$W/nonsuch"
check "bench asks ref's limits before it works" says "--hidden 4096: engine ref takes at most" 2 bench --hidden 4096 --population 65534 --generations 1
check "--threads on serial is refused" says "--threads has no effect on engine serial (it is for ref, sim)" 2 info --engine serial --threads 2

odd="$W/a
b$(printf '\344')n"
check "a name with a newline and no UTF-8 gives one line" says 'a\x0ab\xe4n' 2 eval --data "$W/d" --model "$odd"
"$X" data synth "$odd" --train 20 --test 10 >/dev/null || exit 1
check "and JSON of it is UTF-8" sh -c "'$X' data stats '$odd' --json | iconv -f UTF-8 -t UTF-8"
exit $failed
