#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `make install` puts in place, and that a program finds it with nothing but pkg-config: install.sh path/to/spikeroll. The example
# of docs/ is built against the installed package, under the sanitizers, and trains; with an installed simulation it does so too.
# One TAP line a check; exit code 0 if all passed.
X=${1:?usage: install.sh SPIKEROLL}
B=${B:-build}; CC=${CC:-cc}
unset MAKEFLAGS MAKELEVEL MFLAGS SPIKEROLL_SIM_PATH
. tests/lib/checks.sh
P=$W/prefix
check "make install into an empty prefix" make -s B="$B" CC="$CC" install PREFIX="$P"
for file in bin/spikeroll lib/libspikeroll.a lib/libspikeroll.so lib/libspikeroll.so.0 lib/pkgconfig/spikeroll.pc \
    include/spikeroll/spikeroll.h share/spikeroll/presets/synth.preset share/man/man1/spikeroll.1 \
    share/bash-completion/completions/spikeroll lib/udev/rules.d/70-spikeroll.rules share/doc/spikeroll/example.c; do
    check "$file" test -e "$P/$file"
done
check "below DESTDIR" sh -c "make -s B='$B' CC='$CC' install DESTDIR='$W/staged' PREFIX=/usr && grep -qx prefix=/usr '$W/staged/usr/lib/pkgconfig/spikeroll.pc'"
check "nothing names the stage" sh -c "! grep -rqI '$W/staged' '$W/staged'"

# ---- symbols: those of the public headers, no more and no fewer ----
nm -D --defined-only "$P/lib/libspikeroll.so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$W/exported"
for header in "$P"/include/spikeroll/*.h; do echo "#include <spikeroll/$(basename "$header")>"; done >"$W/all.c"
"$CC" -I"$P/include" -E -P "$W/all.c" | tr '\n' ' ' | grep -oE '\bsr_[a-z0-9_]+ ?\(' | tr -d ' (' | sort -u >"$W/declared"
check "the library exports what the public headers declare" diff "$W/declared" "$W/exported"
check "its soname is versioned" sh -c "readelf -d '$P/lib/libspikeroll.so' | grep -q 'SONAME.*libspikeroll.so.0'"
check "each header stands alone" sh -c "for h in '$P'/include/spikeroll/*.h; do echo \"#include <spikeroll/\$(basename \$h)>\" | '$CC' -std=c11 -Wall -Wextra -pedantic -Werror -I'$P/include' -fsyntax-only -x c - || exit 1; done"

# ---- the program ----
I=$P/bin/spikeroll
check "the installed program finds presets beside it" sh -c "cd / && '$I' train --preset synth 2>&1 | grep -q 'data is missing'"
check "and they are the installed ones" sh -c "cp '$P/share/spikeroll/presets/synth.preset' '$P/share/spikeroll/presets/own.preset' && '$I' train --preset own 2>&1 | grep -q 'data is missing'"
check "the manual is well-formed" sh -c "! command -v man >/dev/null || ! MANWIDTH=120 man --warnings -l '$P/share/man/man1/spikeroll.1' 2>&1 >/dev/null | grep ."
check "completion knows commands, options, choices and presets" bash -c ". '$P/share/bash-completion/completions/spikeroll'; PATH='$P/bin:$PATH'
    try() { COMP_WORDS=(\"\$@\"); COMP_CWORD=\$((\$# - 1)); _spikeroll; echo \" \${COMPREPLY[*]} \"; }
    [[ \$(try spikeroll tr) == ' train ' && \$(try spikeroll train --hid) == ' --hidden ' && \$(try spikeroll train --reset s) == ' subtract ' && \$(try spikeroll train --preset own) == ' own ' ]]"

# ---- the example, by pkg-config alone ----
check "data for it" "$I" data synth "$W/data" --train 200 --test 50
export PKG_CONFIG_PATH="$P/lib/pkgconfig" LD_LIBRARY_PATH="$P/lib"
cp docs/example.c "$W/example.c"
check "the example is built by pkg-config's flags alone, with sanitizers" sh -c \
    "cd '$W' && '$CC' -Wall -Wextra -Werror -g -fsanitize=address,undefined example.c \$(pkg-config --cflags --libs spikeroll) -o example"
check "and trains" sh -c "cd '$W' && ./example data | tee log | grep -Eq '^ref: [0-9]+ of 50 test samples$'"
check "better than by chance" awk '/^ref/ && $2 > 10 { good = 1 } END { exit !good }' "$W/log"
if [ -e "$P/lib/spikeroll/default.so" ]; then
    check "the same program on an installed simulation" sh -c "cd '$W' && ./example data sim | tee sim.log | grep -Eq '^sim: [0-9]+ of 50'"
    check "with the same result" sh -c "[ \"\$(sed -n 's/^ref//p' '$W/log')\" = \"\$(sed -n 's/^sim//p' '$W/sim.log')\" ]"
else
    "$W/example" "$W/data" sim >"$W/none" 2>&1
    check "without a simulation it says how to build one" grep -q "make build/sim/default.so" "$W/none"
    echo "ok - the same program on an installed simulation # SKIP none is built"
fi
check "and statically" sh -c "cd '$W' && '$CC' example.c -I'$P/include' '$P/lib/libspikeroll.a' \$(pkg-config --static --libs-only-l --libs-only-L --libs-only-other spikeroll | sed 's/-lspikeroll//') -o static && ./static data >/dev/null"
exit $failed
