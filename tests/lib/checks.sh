# SPDX-License-Identifier: Apache-2.0
# What the shell tests share; sourced by them, from the source folder, after X (the program) is set. They run in the folder of the source.
# W is a folder of the test's own that goes when it ends; failed becomes 1 with the first check that fails, so that a test ends
# in `exit $failed`. Every check prints one TAP line.
W=$(mktemp -d) || exit 1
trap 'rm -rf "$W"' EXIT
failed=0
ok() { echo "ok - $1"; }
bad() { # name, files that tell why...
    echo "not ok - $1"; shift; failed=1
    for why in "${@:-$W/err}"; do [ ! -f "$why" ] || tail -40 "$why" | sed 's/^/# /'; done
}
skip() { echo "ok - $1 # SKIP $2"; }
check() { # name, command...: passes if the command succeeds
    name=$1; shift
    if "$@" >"$W/out" 2>&1; then ok "$name"; else bad "$name" "$W/out" "$W/err"; fi
}
# The program ends with this exit code and one line that says `want` (a basic regular expression), within seconds of the processor.
ends() { # exit code, text wanted, arguments...
    code=$1; want=$2; shift 2
    (ulimit -t 20; exec timeout 300 "$X" "$@") >"$W/stdout" 2>"$W/err"; got=$?
    echo "exit code $got"
    [ $got = "$code" ] && [ "$(grep -c . "$W/err")" = 1 ] && grep -q -e "$want" "$W/err"
}
refused() { # name, text wanted, arguments...: exit code 2, one line with the text
    name=$1; shift
    check "refused: $name" ends 2 "$@"
}
# A Python expression over the JSON value v of a file.
json() { python3 -c 'import json, sys; v = json.load(open(sys.argv[1])); assert eval(sys.argv[2]), v' "$1" "$2"; }
rows() { cat "$1/history.csv" 2>/dev/null | wc -l; } # of a run's history
# A training on $W/data that is started, stopped after the generation under way as soon as there are five more, and gone on with, until it
# is complete. At most 40 times.
in_parts() { # folder, options...
    out=$1; shift
    for part in $(seq 40); do
        before=$(rows "$out")
        if [ -e "$out" ]; then "$X" train --resume --data "$W/data" --out "$out" --json >"$W/p" 2>>"$W/log" & else "$X" train "$@" --out "$out" --json >"$W/p" 2>"$W/log" & fi
        pid=$!
        while kill -0 $pid 2>/dev/null && [ "$(rows "$out")" -lt $((before + 5)) ]; do sleep 0.02; done
        kill -TERM $pid 2>/dev/null
        wait $pid || return 1
        grep -q '"complete"' "$W/p" && return 0
    done
    return 1
}
column() { # file, name: a column of a CSV file, of every row where it is not empty
    awk -F, -v c="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == c) k = i } NR > 1 && $k != "" { print $k }' "$1"
}
