# SPDX-License-Identifier: Apache-2.0
# Compiles what Verilator wrote, with rules of our own. From Verilator's generated makefile come the lists that differ between
# versions: classes of the model, files of the run-time library, flags, libraries (5.006 brings its own lz4, 5.048 wants the
# system's). Its compile rules are left alone: how they treat precompiled headers, and which compiler they name, was settled where
# that Verilator was built. Run by the Makefile, in the folder that Verilator wrote:
#   make -C FOLDER -f sim/verilated.mk PREFIX=Vname CXX=... ARCHIVER=... model.a     the model
#   ... VERILATED=FOLDER/include runtime.a, or NAME.o                            Verilator's run-time library, or one file of it
#   ... OUT=FILE SOURCES=FILE ARCHIVES=... FLAGS=... LINK_LIBS=... link          a module or program around the model
VM_DEFAULT_RULES := 0
include $(PREFIX).mk
.SUFFIXES:
Q := $(if $(filter 1,$(V)),,@)
FAST ?= -O3
# What runs once, or for waveforms alone. Optimised, the declarations of waveforms take minutes to compile.
SLOW ?= -O0
# Position-independent and hidden, because models end in loadable modules.
COMMON = -std=gnu++17 -fPIC -fvisibility=hidden
COMPILE = $(OBJCACHE) $(CXX) $(COMMON) $(CPPFLAGS)
# Verilator's headers are the system's, so that warnings are about our sources alone.
INCLUDE_FLAGS = $(patsubst -I%,-isystem %,$(filter-out -MMD,$(CPPFLAGS)))

# Small models come as one file for the compiler, large ones as one for each class.
OBJECTS := $(if $(filter 1,$(VM_PARALLEL_BUILDS)),$(addsuffix .o,$(VM_FAST) $(VM_SLOW)),all.o)

model.a: $(OBJECTS)
	$(Q)rm -f $@ && $(ARCHIVER) rcs $@ $^
all.cpp: $(addsuffix .cpp,$(VM_FAST) $(VM_SLOW))
	$(Q){ echo '#define VL_INCLUDE_OPT include'; printf '#include "%s"\n' $^; } >$@
all.o $(addsuffix .o,$(VM_CLASSES_FAST)): %.o: %.cpp
	$(Q)$(COMPILE) $(FAST) -c $< -o $@
$(addsuffix .o,$(VM_CLASSES_SLOW) $(VM_SUPPORT_FAST) $(VM_SUPPORT_SLOW)): %.o: %.cpp
	$(Q)$(COMPILE) $(SLOW) -c $< -o $@

runtime.a: $(VK_GLOBAL_OBJS)
	$(Q)rm -f $@ && $(ARCHIVER) rcs $@ $^
$(VK_GLOBAL_OBJS): %.o: $(VERILATED)/%.cpp
	$(Q)$(COMPILE) -O2 -c $< -o $@

# What stands around a model sees of it the ports alone, so that a compiler cache knows it again when the model has changed.
link: $(SOURCES) $(ARCHIVES) model.a
	$(Q)$(OBJCACHE) $(CXX) $(COMMON) $(INCLUDE_FLAGS) -Wall -Wextra -Wshadow -Werror $(FLAGS) -c $(SOURCES) -o around.o
	$(Q)$(CXX) around.o model.a $(ARCHIVES) -Wl,--as-needed $(LINK_LIBS) $(LDLIBS) -o $(OUT)
.PHONY: link
