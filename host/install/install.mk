# SPDX-License-Identifier: Apache-2.0
# The shared library and what `make install` puts in place: PREFIX (/usr/local), below DESTDIR if that is given.
PREFIX ?= /usr/local
DESTDIR ?=
VERSION := $(shell sed -n 's/.*define SR_VERSION "\(.*\)".*/\1/p' host/*/*.h host/include/*/*.h | sed 1q)
SOVERSION := 0
SONAME := libspikeroll.so.$(SOVERSION)
SHARED := $(B)/libspikeroll.so.$(VERSION)
PUBLIC_H := $(sort $(wildcard host/include/spikeroll/*.h))
COMMANDS := train eval bench data diff report selftest convert info
PRESETS := $(sort $(wildcard host/presets/*.preset))

# Only what the public headers declare leaves the library, each symbol with the version of its interface.
$(B)/libspikeroll.map: $(PUBLIC_H) host/install/exports
	@mkdir -p $(@D)
	@host/install/exports SPIKEROLL_$(SOVERSION) $(PUBLIC_H) >$@
$(SHARED): $(LIB_O) $(B)/libspikeroll.map
	$(call say,LINK,$@)
	$(Q)$(CC) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=$(B)/libspikeroll.map -Wl,-z,defs $(LIB_O) -Wl,--as-needed $(LIBS) -o $@
shared: $(SHARED)

$(B)/install/spikeroll.1: $(B)/spikeroll host/install/manual
	@mkdir -p $(@D)
	@host/install/manual $(B)/spikeroll $(VERSION) $(COMMANDS) >$@
$(B)/install/spikeroll.bash: $(B)/spikeroll host/install/completion
	@mkdir -p $(@D)
	@host/install/completion $(B)/spikeroll $(COMMANDS) >$@

# The simulation builds that are there are installed; none is made for it.
install: $(B)/spikeroll $(B)/libspikeroll.a $(SHARED) $(B)/install/spikeroll.1 $(B)/install/spikeroll.bash ## program, library, manual and what belongs to them into PREFIX (30 s)
	$(call say,COPY,$(DESTDIR)$(PREFIX))
	@host/install/install '$(B)' '$(DESTDIR)' '$(PREFIX)' '$(VERSION)' '$(SONAME)'
.PHONY: install shared
