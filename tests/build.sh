#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The build itself, from a copy of the source: what is refused, what is told, what is made again. Nothing large is built, and no
# Verilator is needed: stubs take its place. build.sh path/to/spikeroll. One TAP line a check; exit code 0 if all passed.
X=${1:?usage: build.sh SPIKEROLL}
source=$(pwd)
W=$(mktemp -d) || exit 1
trap 'rm -rf "$W"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS B BOARD SR_SIM_BUILD SPIKEROLL_SIM_PATH
failed=0
ok() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; tail -5 "$W/out" | sed 's/^/# /'; failed=1; fi; }
copy() { mkdir -p "$1" && tar cf - --exclude=./build --exclude=./.git . | (cd "$1" && tar xf -); }
lines() { wc -l <"$W/out" | tr -d ' '; }

# ---- a path with a space is refused in one line, before any work ----
copy "$W/a b"
make -C "$W/a b" --no-print-directory build/sim/tiny.so >"$W/out" 2>&1
[ $? != 0 ] && [ "$(lines)" = 1 ] && grep -q "has a space" "$W/out"
ok $? "a source folder with a space in its path is refused in one line"
make --no-print-directory "B=$W/c d" build/sim/tiny.so >"$W/out" 2>&1
[ $? != 0 ] && [ "$(lines)" = 1 ] && grep -q "has a space" "$W/out"
ok $? "so is a folder to build in"

# ---- make help ----
BOARD=nrf52840dk make --no-print-directory help >"$W/out" 2>&1
ok $? "make help with somebody else's BOARD in the environment"
tail -1 "$W/out" | grep -q "^boards: .*icebreaker"
ok $? "ends with the boards"
BOARD=nrf52840dk make --no-print-directory -n build/host/cmd/main.o >"$W/out" 2>&1
ok $? "and a plain make is not about it"

make --no-print-directory synth BOARD=nonsuch >"$W/out" 2>&1
[ $? != 0 ] && [ "$(lines)" = 1 ] && grep -q "no board nonsuch; there are .*icebreaker" "$W/out"
ok $? "a board that is not there lists those that are"
sed "s,@SOURCE@,$source," sim/spikeroll-board >"$W/spikeroll-board"
sh "$W/spikeroll-board" nonsuch >"$W/out" 2>&1
[ $? = 2 ] && [ "$(lines)" = 1 ] && grep -q "no board nonsuch; there are: .*icebreaker" "$W/out"
ok $? "so does a simulated one"

# ---- tools ----
mkdir -p "$W/other/include"
printf '#!/bin/sh\ncase $1 in --getenv) echo %s/other ;; --version) cat %s/version ;; esac\n' "$W" "$W" >"$W/verilator"
chmod +x "$W/verilator"; echo "Verilator 9.998" >"$W/version"
make --no-print-directory -n B="$W/b" VERILATOR="$W/verilator" "$W/b/verilated/verilated.o" >"$W/out" 2>&1
grep -q "$W/other/include" "$W/out"
ok $? "the run-time library is that of the Verilator that was named"
version() { make --no-print-directory -s B="$W/b" VERILATOR="$W/verilator" "$W/b/tools/verilator" >"$W/out" 2>&1; }
version; touch -d '1 hour ago' "$W/b/tools/verilator"; touch -d '30 minutes ago' "$W/mark"
version; [ ! "$W/b/tools/verilator" -nt "$W/mark" ]
ok $? "the same version of a tool leaves what it made alone"
echo "Verilator 9.999" >"$W/version"; version; [ "$W/b/tools/verilator" -nt "$W/mark" ]
ok $? "another version makes it anew"

# ---- what cannot be built ----
printf 'echo "ok - it runs"\n' >"$W/one.sh"
SR_BUILT="$W/built" B="$W/b" SPIKEROLL=$X tests/run "$W/one.sh" >"$W/out" 2>&1
[ $? = 1 ] && [ "$(tail -1 "$W/out")" = "1 passed, 1 failed" ] && grep -q "^FAILED build" "$W/out"
ok $? "the tests run when something could not be built, and that is a failure"
touch "$W/built"; SR_BUILT="$W/built" B="$W/b" SPIKEROLL=$X tests/run "$W/one.sh" "$W/none" >"$W/out" 2>&1
[ $? = 1 ] && [ "$(tail -1 "$W/out")" = "1 passed, 1 failed" ]
ok $? "so is a test that is not there"

# ---- lines, cores ----
make --no-print-directory B="$W/b" "$W/b/host/base/text.o" >"$W/out" 2>&1
grep -qx "  CC     $W/b/host/base/text.o" "$W/out" && [ "$(lines)" = 1 ]
ok $? "a step is one line"
rm "$W/b/host/base/text.o"; make --no-print-directory V=1 B="$W/b" "$W/b/host/base/text.o" >"$W/out" 2>&1
grep -q -e "-c host/base/text.c" "$W/out"
ok $? "V=1 shows its command"
rm "$W/b/host/base/text.o"; make -s B="$W/b" "$W/b/host/base/text.o" >"$W/out" 2>&1
[ $? = 0 ] && [ ! -s "$W/out" ]
ok $? "-s shows nothing"
printf 'include Makefile\nshow-jobs:\n\t@echo "[$(MAKEFLAGS)]"\n' >"$W/jobs.mk"
make --no-print-directory -f "$W/jobs.mk" show-jobs 2>&1 | tee "$W/out" | grep -q -e "-j$(nproc)"
ok $? "all cores without being told"
make --no-print-directory -j1 -f "$W/jobs.mk" show-jobs 2>&1 | tee "$W/out" | grep -q -e "-j1"
ok $? "or as many as make was told"

# ---- elsewhere ----
mkdir -p "$W/out.d/boards"; cp "$X" "$W/out.d/spikeroll"; printf '#!/bin/sh\necho simulated "$@"\n' >"$W/out.d/boards/icebreaker"
chmod +x "$W/out.d/boards/icebreaker"
"$W/out.d/spikeroll" train --preset nmnist >"$W/out" 2>&1
! grep -q "no such preset" "$W/out"
ok $? "presets are found from another folder"
make -s B="$W/out.d" -o "$W/out.d/boards/icebreaker" "$W/out.d/spikeroll-board" >"$W/out" 2>&1 && "$W/out.d/spikeroll-board" icebreaker >"$W/out" 2>&1
grep -q simulated "$W/out"
ok $? "the simulated board runs from another folder"
"$W/out.d/spikeroll-board" nonsuch >"$W/out" 2>&1
[ $? = 2 ] && [ "$(lines)" = 1 ] && grep -q "icebreaker" "$W/out"
ok $? "an unknown board lists those that there are"

# ---- simulation builds, by stubs in C ----
stub() { # name, edition
    printf 'struct m { const char *n; void *f[4]; }; const struct m sr_sim_model_v%s = {"%s", {0}};\n' "$2" "$1" |
        ${CC:-cc} -shared -fPIC -x c - -o "$W/sim/$1.so"
}
mkdir "$W/sim"; stub beta 1; stub alpha 1; stub old 0; echo nothing >"$W/sim/broken.so"
info() { SPIKEROLL_SIM_PATH="$W/none:$W/sim" "$X" info --engine sim --build "$1" >"$W/out" 2>&1; code=$?; [ "$(lines)" = 1 ]; }
info nonsuch; [ $code = 2 ] && grep -q 'alpha, beta, broken, .*old' "$W/out" && grep -q 'make build/sim/nonsuch.so' "$W/out"
ok $? "an unknown simulation build lists those that there are, and says how to make one"
info old; [ $code = 2 ] && grep -q "no simulation build of this edition" "$W/out"
ok $? "a build of another edition is refused"
info broken; [ $code = 2 ] && grep -q "$W/sim/broken.so" "$W/out"
ok $? "a file that is none is named"
info ../sim/alpha; [ $code = 2 ]
ok $? "a name with a slash is a file"
info 'a b'; [ $code = 2 ] && grep -q "no simulation build" "$W/out"
ok $? "a name that none can have is not there"
make --no-print-directory build/sim/nonsuch.so >"$W/out" 2>&1
[ $? != 0 ] && grep -q "no simulation build nonsuch: there are .*tiny.*icebreaker" "$W/out"
ok $? "make of an unknown build lists those that there are"

# ---- time limit of a test ----
printf 'echo "ok - begun"\nsleep 30\n' >"$W/slow.sh"
B="$W/b" SR_TEST_LIMIT=1 SPIKEROLL="$X" tests/run "$W/slow.sh" >"$W/out" 2>&1
[ $? = 1 ] && grep -q "time limit of 1 s" "$W/out" && grep -qx "1 passed, 1 failed" "$W/out"
ok $? "a test that hangs is ended, and has failed"
cd "$source" && exit $failed
