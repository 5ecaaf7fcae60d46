# SPDX-License-Identifier: Apache-2.0
# What `mpirun spikeroll train` needs beside the program: a module that it loads when mpirun started it (docs/mpi.md). Built with
# everything else where Open MPI is there, and absent where it is not.
MPI_PACKAGE ?= ompi-c
MPI_IF_THERE := $(if $(shell $(PKG_CONFIG) --exists $(MPI_PACKAGE) 2>/dev/null && echo yes),$(B)/sim/ranks.mpi.so)
$(B)/sim/ranks.mpi.so: host/mpi/mpi.c host/device/ranks.h host/device/device.h $(wildcard host/include/spikeroll/*.h) $(B)/tools/cc | $(B)/setup/mpi
	$(call say,MPI,$@)
	@mkdir -p $(@D)
	$(Q)$(CCACHE) $(CC) $(CFLAGS_OWN) $$($(PKG_CONFIG) --cflags $(MPI_PACKAGE) | sed 's/-I/-isystem /g') -MMD -MP -MF $(@:.so=.d) $(CFLAGS) \
	    -shared host/mpi/mpi.c $(LDFLAGS) $$($(PKG_CONFIG) --libs $(MPI_PACKAGE)) -o $@
mpi: $(B)/sim/ranks.mpi.so $(B)/spikeroll ## what `mpirun -n K spikeroll train` needs: Open MPI, and a module (30 s)
mpi-test: mpi ## trainings of 1 to 4 processes against one, and after one was killed (1 min)
	@SR_TEST_LIMIT=900 SR_MPI_TEST=1 tests/run tests/mpi.sh
.PHONY: mpi mpi-test
