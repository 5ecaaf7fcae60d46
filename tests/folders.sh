#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where a run is written, who else writes there, signals and descriptors: folders.sh path/to/spikeroll. One TAP line a check; exit
# code 0 if all passed.
X=${1:?usage: folders.sh SPIKEROLL}
case $X in /*) ;; *) X=$PWD/$X ;; esac
. tests/lib/checks.sh
whole() { # a run that can be resumed, without temporary files
    [ "$(ls -A "$1" | grep -vc '^\(checkpoint\|best\|last\).h5$\|^history.csv$')" = 0 ] && "$X" info --model "$1/checkpoint.h5"
}
until_there() { # command...: within a minute
    for i in $(seq 3000); do "$@" && return; sleep 0.02; done
    return 1
}
has_rows() { [ "$(wc -l 2>/dev/null <"$1/history.csv" || echo 0)" -gt 3 ]; }

"$X" data synth "$W/d" --train 100 --test 10 >/dev/null || exit 1
K="--data $W/d --hidden 8 --population 8 --batch 4"
T="$K --generations 1"
LONG="$K --generations 100000000 --step-decay none --no-test --eval-every 100000 --checkpoint-every 100000"

# ---- folders ----
check "a new folder" "$X" train $T --out "$W/new/"
check "is whole" whole "$W/new"
mkdir "$W/real"; ln -s real "$W/link"
check "a link to an empty folder" "$X" train $T --out "$W/link"
check "stays a link, and the run is whole" sh -c "[ -L '$W/link' ] && [ -f '$W/real/checkpoint.h5' ]"
mkdir "$W/here"
check "the present folder" sh -c "cd '$W/here' && '$X' train $T --out ."
check "holds the run" whole "$W/here"
long=$(printf %0250d 0)
check "a name of 250 characters" "$X" train $T --out "$W/$long"
check "holds the run under it" whole "$W/$long"
echo keep >"$W/here/notes"
check "--force" "$X" train $T --out "$W/here" --force
check "leaves other files alone" grep -q keep "$W/here/notes"
printf 'x' >"$W/secret"; mkdir "$W/trap"
for f in .new-history.csv .new-checkpoint.h5 history.csv.tmp .new-checkpoint.h5.tmp checkpoint.h5.tmp; do ln -s "$W/secret" "$W/trap/$f"; done
check "temporary names that are links" "$X" train $T --out "$W/trap"
check "are not followed" sh -c "[ \"\$(cat '$W/secret')\" = x ]"
rm -f "$W/trap/"*.tmp
ln -s "$W/secret" "$W/locked.link"; mkdir "$W/trap2"; ln -s "$W/secret" "$W/trap2/.lock"
"$X" train $T --out "$W/trap2" >"$W/err" 2>&1
if [ $? = 2 ] && [ "$(cat "$W/secret")" = x ]; then ok "a lock that is a link is refused"; else bad "a lock that is a link is refused"; fi
head -1 "$W/new/history.csv" >"$W/header"; mkdir "$W/started"; cp "$W/header" "$W/started/history.csv"
check "a run that was killed before its first checkpoint is none" "$X" train $T --out "$W/started"
mkdir "$W/other"; cp "$W/new/history.csv" "$W/other"
if "$X" train $T --out "$W/other" >"$W/err" 2>&1; then bad "a history is not overwritten"; else ok "a history is not overwritten"; fi
if [ "$(id -u)" = 0 ] && mkdir "$W/mount" && mount -t tmpfs -o size=4m tmpfs "$W/mount" 2>/dev/null; then
    check "a mount point" "$X" train $T --out "$W/mount"
    umount "$W/mount"
else
    skip "a mount point" "cannot mount here"
fi
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    chmod 755 "$W"; mkdir -p "$W/closed/mine"; chown 65534 "$W/closed/mine"
    check "one's own folder in a closed one" setpriv --reuid=65534 --regid=65534 --clear-groups "$X" train $T --out "$W/closed/mine"
    if setpriv --reuid=65534 --regid=65534 --clear-groups "$X" train $T --out "$W/closed/new" 2>"$W/err"; then
        bad "a new one there is refused"
    else
        mv "$W/err" "$W/refusal"; check "a new one there is refused" grep 'no folder one can write to' "$W/refusal"
    fi
else
    skip "one's own folder in a closed one" "not root, or no setpriv"
fi

cp -r "$W/new" "$W/model"; cp "$W/model/last.h5" "$W/model/checkpoint.h5"
"$X" train --resume --data "$W/d" --out "$W/model" >"$W/err" 2>&1
if [ $? = 2 ] && [ "$(wc -l <"$W/err")" = 1 ] && grep -q 'a model, not a checkpoint' "$W/err" && cmp -s "$W/new/history.csv" "$W/model/history.csv"
then ok "a model taken for a checkpoint is refused"; else bad "a model taken for a checkpoint is refused"; fi
"$X" train $K --hidden 4096 --out "$W/never" >"$W/err" 2>&1
if [ $? = 2 ] && grep -q -e '--hidden 4096: engine ref takes at most 4095 neurons' "$W/err" && [ ! -e "$W/never" ]
then ok "a device's limit is told in the option"; else bad "a device's limit is told in the option"; fi

# ---- two at once ----
"$X" train $LONG --out "$W/busy" >"$W/busy.log" 2>&1 & running=$!
check "a run in the background" until_there has_rows "$W/busy"
for how in "" --force --resume; do
    timeout 300 "$X" train $LONG --out "$W/busy" --seed 1 $how >"$W/err" 2>&1
    if [ $? = 2 ] && grep -q 'another process is training here' "$W/err"; then ok "${how:-a second training} is refused"; else bad "${how:-a second training} is refused"; fi
done
kill -TERM $running; wait $running
check "SIGTERM is acknowledged" grep -q 'stopping after this generation' "$W/busy.log"
check "and the run is whole" whole "$W/busy"
for i in 1 2 3; do
    "$X" train $LONG --time-limit 1 --seed 1 --out "$W/race$i" >"$W/log1" 2>&1 & a=$!
    "$X" train $LONG --time-limit 1 --seed 2 --out "$W/race$i" >"$W/log2" 2>&1; b=$?
    wait $a; a=$?
    cat "$W/log1" "$W/log2" >"$W/err"
    if [ $((a == 0)) != $((b == 0)) ] && grep -q 'another process\|holds a run' "$W/err"; then ok "of two started together, one trains"; else bad "of two started together, one trains ($a, $b)"; fi
    check "and its run is whole" whole "$W/race$i"
done
for i in 1 2 3; do
    "$X" data synth "$W/both$i" --train 400 --test 0 --seed 1 >/dev/null 2>&1 & a=$!
    "$X" data synth "$W/both$i" --train 400 --test 0 --seed 2 >/dev/null 2>"$W/err"; b=$?
    wait $a; a=$?
    n=$(find "$W/both$i" -name '*.bin' | wc -l)
    if [ $((a == 0)) != $((b == 0)) ] && [ "$n" = 400 ] && [ "$(ls -A "$W/both$i")" = Train ]; then ok "of two data synth, one writes"; else bad "of two data synth, one writes ($a, $b, $n)"; fi
done

# ---- signals ----
(trap '' HUP; exec "$X" train $LONG --out "$W/hup" >"$W/hup.log" 2>&1) & running=$!
until_there has_rows "$W/hup"
kill -HUP $running; sleep 0.3
if kill -0 $running 2>/dev/null && ! grep -q stopping "$W/hup.log"; then ok "an ignored SIGHUP stays ignored"; else cp "$W/hup.log" "$W/err"; bad "an ignored SIGHUP stays ignored"; fi
kill -INT $running # ignored too: a shell starts its background jobs so
if until_there grep -q 'interrupt ignored' "$W/hup.log" && kill -0 $running 2>/dev/null && ! grep -q stopping "$W/hup.log"; then ok "an ignored SIGINT as well, and says so"; else cp "$W/hup.log" "$W/err"; bad "an ignored SIGINT as well, and says so"; fi
kill -TERM $running; wait $running
check "and SIGTERM still stops it" whole "$W/hup"

# ---- standard output and error ----
"$X" train $T --out "$W/c1" >&- 2>"$W/err"
if [ $? = 1 ] && grep -q 'standard output' "$W/err"; then ok "a closed standard output is an error"; else bad "a closed standard output is an error"; fi
check "and the run is whole" whole "$W/c1"
"$X" train $T --out "$W/c2" >/dev/null 2>&-
if [ $? = 1 ]; then ok "a closed standard error is an error"; else bad "a closed standard error is an error"; fi
check "and the run is whole" whole "$W/c2"
check "nothing but rows is in its history" sh -c "! grep -v '^[0-9g]' '$W/c2/history.csv'"
check "all three closed: the run is whole" sh -c "'$X' train $T --out '$W/c3' <&- >&- 2>&-; [ \$? = 1 ] && '$X' info --model '$W/c3/checkpoint.h5'"
if [ -w /dev/full ]; then
    "$X" info >/dev/full 2>"$W/err"
    if [ $? = 1 ] && grep -q 'standard output: ' "$W/err"; then ok "a full standard output is an error"; else bad "a full standard output is an error"; fi
    "$X" train $T --out "$W/c4" >/dev/null 2>/dev/full
    if [ $? = 1 ]; then ok "a full standard error is an error"; else bad "a full standard error is an error"; fi
fi
(trap '' XFSZ; ulimit -f 10; exec "$X" train $T --hidden 128 --out "$W/full") >"$W/err" 2>&1
if [ $? = 1 ] && [ "$(wc -l <"$W/err")" = 1 ] && grep -q 'File too large' "$W/err"; then ok "a full disk is an error of one line"; else bad "a full disk is an error of one line"; fi
check "and leaves nothing" sh -c "[ ! -e '$W/full' ] && [ -z \"\$(ls -A '$W' | grep '^.spikeroll')\" ]"

# ---- the terminal ----
cat >"$W/terminal.py" <<'END'
# Runs argv[2:] on a terminal of argv[1] columns; prints how many bars there were, the widest, and the escape sequences.
import fcntl, os, pty, struct, sys, termios
columns = int(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
out = b''
while True:
    try: part = os.read(fd, 65536)
    except OSError: break
    if not part: break
    out += part
os.waitpid(pid, 0)
bars = [p for p in out.replace(b'\n', b'\r').split(b'\r') if b'fitness' in p and b'validation' not in p]
widest = max((len(b.replace(b'\033[K', b'')) for b in bars), default=0)
print(len(bars), widest, out.count(b'\033'))
END
for columns in 30 80 200; do
    set -- $(TERM=xterm python3 "$W/terminal.py" $columns "$X" train $LONG --time-limit 2 --out "$W/bar$columns")
    if [ "$1" -gt 2 ] && [ "$2" -lt $columns ] && [ "$3" -gt 2 ]; then ok "the bar fits $columns columns ($2)"; else echo "# $*"; bad "the bar fits $columns columns"; fi
done
set -- $(TERM=dumb python3 "$W/terminal.py" 200 "$X" train $LONG --time-limit 1 --out "$W/dumb")
if [ "$3" = 0 ]; then ok "TERM=dumb gets no escapes"; else echo "# $*"; bad "TERM=dumb gets no escapes"; fi
exit $failed
