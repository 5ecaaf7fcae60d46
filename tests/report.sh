#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reports of runs, and the page of a training under way: report.sh path/to/spikeroll. One TAP line a check; exit code 0 if all passed.
# tests/report_check.py reads the pages, tests/report_browser.py looks at them where there is a Chromium.
X=${1:?usage: report.sh SPIKEROLL}
. tests/lib/checks.sh
trap 'kill $training 2>/dev/null; rm -rf "$W"' EXIT
T=tests training="" SPIKEROLL=$X
export SPIKEROLL
says() { python3 "$T/report_check.py" "$@" >"$W/says"; }
said() { grep -q -e "$1" "$W/says" || { cat "$W/says"; return 1; }; }

check "data synth writes the built-in data" "$X" data synth "$W/data" --train 300 --test 100
D="--data $W/data --batch 20 --eval-every 5 --seed 3"
check "a run of a population" "$X" train $D --hidden 20 --population 16 --generations 33 --out "$W/es"
check "a run at the neuron, of two layers" "$X" train $D --mode local --hidden 20,12 --theta 200 --temperature 50 --generations 30 --out "$W/local"
odd="$W/<script>alert(1)</script> \"a\" 'b' & c"
check "a run with markup in its name, without validation" "$X" train $D --hidden 8 --population 8 --generations 4 --readout spikes --validation 0 --no-test --out "$W/odd"
mv "$W/odd" "$W/x"; mkdir "$W/<script>alert(1)<"; mv "$W/x" "$odd"

# ---- one run ----
check "a report" "$X" report "$W/es" --data "$W/data"
check "is a page whose figures are the history's" says "$W/es/report.html" "$W/es"
accuracy=$("$X" eval --model "$W/es" --data "$W/data" | sed 's/.*(\(.*\)\/\(.*\))/confusion \2 \1/')
check "and whose answers are those of eval" said "^$accuracy$"
check "what ref does not count is said" said "missing: .*counts no cycles"
check "again: the same bytes" sh -c "cp '$W/es/report.html' '$W/first.html' && '$X' report '$W/es/' --data '$W/data' --out '$W/second.html' && sed 's,$W/es/,$W/es,g' '$W/second.html' | cmp - '$W/first.html'"
check "of the training samples, another sample drawn" "$X" report "$W/local" --data "$W/data" --split train --sample 299 --out "$W/train.html"
check "has all of them" says "$W/train.html" "$W/local"
check "which eval confirms" said "^$("$X" eval --model "$W/local" --data "$W/data" --split train | sed 's/.*(\(.*\)\/\(.*\))/confusion \2 \1/')$"
check "without data" "$X" report "$W/es" --out "$W/bare.html"
check "the page says so, and draws nothing in place of it" says "$W/bare.html" "$W/es"
check "(said)" said "missing: No data was given"
check "a model file has no history" sh -c "'$X' report '$W/es/last.h5' --data '$W/data' --out '$W/model.html' && grep -q 'This is a model file, which has no history' '$W/model.html'"

# ---- several ----
check "three runs side by side" "$X" report "$W/es" "$W/local" "$odd" --data "$W/data" --out "$W/three.html"
check "with the figures of each" says "$W/three.html" "$W/es" "$W/local" "$odd"
check "a mode without a population is said" said "missing: .*/local is not drawn: its mode has no population"
check "a name with markup is text" sh -c "grep -q '&lt;script&gt;alert(1)&lt;/script&gt; &quot;a&quot; &#39;b&#39; &amp; c' '$W/three.html' && ! grep -q '<script' '$W/three.html'"
head -c $(($(wc -c <"$W/local/history.csv") - 9)) "$W/local/history.csv" >"$W/cut" && mv "$W/cut" "$W/local/history.csv"
check "a history that is just being written is read up to its last whole line" sh -c "'$X' report '$W/local' --out '$W/cut.html' && python3 '$T/report_check.py' '$W/cut.html' '$W/local' || grep -q '>29 of 30<' '$W/cut.html'"
echo "30,damaged" >>"$W/local/history.csv"
check "a damaged one is said, and the rest is drawn" sh -c "'$X' report '$W/local' --out '$W/damaged.html' && grep -q 'is no row of a history' '$W/damaged.html'"

# ---- refused ----
pages=$(find "$W" -name '*.html' | sort)
refused "no run" "a run is missing" report
refused "a run that is not there" "No such file" report "$W/none"
refused "a folder that is no run" "holds no best.h5" report "$W/data" --out "$W/new.html"
refused "a sample past the end" "there are 100 test samples (0 to 99)" report "$W/es" --data "$W/data" --sample 100 --out "$W/new.html"
refused "a sample without data" "need --data" report "$W/es" --sample 1 --out "$W/new.html"
refused "data that is not there" "none" report "$W/es" --data "$W/none" --out "$W/new.html"
refused "nine runs" "unexpected argument" report $(for i in 1 2 3 4 5 6 7 8 9; do echo "$W/es"; done) --out "$W/new.html"
refused "a model file and no place for the page" "out is missing" report "$W/es/last.h5"
refused "a place that cannot be written" "No such file" report "$W/es" --out "$W/none/new.html"

check "and nothing is written" [ "$pages" = "$(find "$W" -name '*.html' | sort)" ]

# ---- a training under way ----
"$X" train $D --hidden 20 --population 64 --generations 1000000 --step-decay none --out "$W/live" --watch 0 >"$W/log" 2>&1 & training=$!
for i in $(seq 600); do
    url=$(sed -n 's/^watch it at //p' "$W/log")
    [ -z "$url" ] || [ "$(rows "$W/live")" -lt 12 ] || break
    sleep 0.1
done
get() { python3 -c '
import http.client, sys, urllib.parse
at = urllib.parse.urlsplit(sys.argv[1])
line = http.client.HTTPConnection("127.0.0.1", at.port, timeout=60)
line.request(sys.argv[3], at.path, headers={"Host": sys.argv[2] or at.netloc})
answer = line.getresponse()
sys.stdout.write(str(answer.status) + "\n" + answer.read().decode())' "$1" "${2:-}" "${3:-GET}"; }
check "the page of a training under way" sh -c "[ -n '$url' ]"
get "$url" >"$W/live.html"
check "is served" sh -c "sed 1q '$W/live.html' | grep -qx 200"
check "with the answers to the validation samples" grep -q "validation samples" "$W/live.html"
check "HEAD has no body" sh -c "[ \"\$(python3 -c 'import http.client, sys, urllib.parse
at = urllib.parse.urlsplit(sys.argv[1]); line = http.client.HTTPConnection(at.netloc, timeout=60); line.request(\"HEAD\", \"/\"); a = line.getresponse()
print(a.status, len(a.read()), int(a.headers[\"Content-Length\"]) > 10000)' '$url')\" = '200 0 True' ]"
get "$url" evil.example >"$W/other"
check "another host's name is refused" sh -c "sed 1q '$W/other' | grep -qx 403 && ! grep -q '<html' '$W/other'"
check "it listens on the loopback interface alone" python3 -c '
import socket, sys, urllib.parse
port = urllib.parse.urlsplit(sys.argv[1]).port
want = "%04X" % port
rows = [line.split() for line in open("/proc/net/tcp")][1:] + [line.split() for line in open("/proc/net/tcp6")][1:]
found = {row[1].split(":")[0] for row in rows if row[3] == "0A" and row[1].endswith(":" + want)}
assert found == {"0100007F"}, found' "$url"
port=$(echo "$url" | tr -dc '0-9:' | sed 's/.*:\([0-9]*\).*/\1/')
refused "a second training on that port" "watch port $port: Address already in use" train $D --hidden 8 --generations 2 --out "$W/second" --watch "$port"
check "and has made no run" [ ! -e "$W/second" ]
python3 "$T/report_browser.py" "$url" --live >"$W/browser" 2>&1; code=$?
if [ $code = 77 ]; then
    skip "a browser sees it go on" "$(tail -1 "$W/browser")"
else
    check "a browser sees it go on" sh -c "cat '$W/browser'; exit $code"
fi
# Clients that go in the middle of their answer, while it trains.
check "clients that leave do it no harm" python3 -c '
import socket, struct, sys, urllib.parse
at = urllib.parse.urlsplit(sys.argv[1])
for i in range(50):
    s = socket.create_connection(("127.0.0.1", at.port), timeout=60)
    s.sendall(b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % at.netloc.encode())
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()' "$url"
check "it still answers" sh -c "python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=60).read()' '$url'"
kill -TERM $training; wait $training
check "the training ends in good order" [ $? = 0 ]
training=""
g=$(($(wc -l <"$W/live/history.csv") - 1))
check "and is the run that an unwatched one is" sh -c "'$X' train $D --hidden 20 --population 64 --generations 1000000 --step-decay none --out '$W/short' --time-limit 1 --no-test >/dev/null 2>&1; n=\$((\$(wc -l <'$W/short/history.csv') - 1)); [ \$n -gt 1 ] && m=\$(( n < $g ? n : $g )) &&
    for r in live short; do head -\$((m + 1)) \"$W/\$r/history.csv\" | cut -d, -f1-6 >\"$W/\$r.csv\"; done && cmp '$W/live.csv' '$W/short.csv'"

# ---- a browser ----
python3 "$T/report_browser.py" "file://$W/three.html" >"$W/browser" 2>&1; code=$?
if [ $code = 77 ]; then
    skip "a browser: no message, no request, no scrolling sideways, light and dark" "$(tail -1 "$W/browser")"
else
    check "a browser: no message, no request, no scrolling sideways, light and dark" sh -c "cat '$W/browser'; exit $code"
    check "the page without data, too" python3 "$T/report_browser.py" "file://$W/bare.html"
fi
exit $failed
