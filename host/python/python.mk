# SPDX-License-Identifier: Apache-2.0
# The Python package: its tests and its wheel. The package itself is plain Python, and needs no build.
PY := $(B)/python/bin/python
# Before a command that imports the package from the source tree.
WITH_PACKAGE = SPIKEROLL_LIBRARY=$(abspath $(SHARED)) PYTHONPATH=host/python
# A wheel for this platform that holds the shared library; the libraries that this needs in turn (HDF5 and so on) are the system's.
WHEEL_DIR := $(B)/wheel
wheel: $(SHARED) $(B)/setup/python ## a wheel of the Python package into build/wheel (20 s)
	@rm -rf $(WHEEL_DIR) && mkdir -p $(WHEEL_DIR)/source
	@cp -R host/python/pyproject.toml host/python/setup.py host/python/spikeroll $(WHEEL_DIR)/source
	@rm -rf $(WHEEL_DIR)/source/spikeroll/__pycache__
	@cp $(SHARED) $(WHEEL_DIR)/source/spikeroll/libspikeroll.so && echo $(VERSION) >$(WHEEL_DIR)/source/spikeroll/VERSION
	$(Q)$(PY) -m pip wheel -q --disable-pip-version-check --no-deps -w $(WHEEL_DIR) $(WHEEL_DIR)/source
	@ls $(WHEEL_DIR)/*.whl
python-test: $(SHARED) $(B)/setup/python ## the Python package against ref, and a simulation build if one is there (30 s)
	@SR_TEST_LIMIT=600 tests/run tests/python.sh
# PyTorch is large: an environment of its own, TORCH_PYTHON where one has it. Norse and SpikingJelly ask for torchvision, torchaudio and more,
# and need none of it for their neurons.
TORCH_PYTHON ?= $(B)/frameworks/bin/python
$(B)/frameworks/bin/python:
	$(PYTHON) -m venv $(B)/frameworks
	$(B)/frameworks/bin/pip install -q --disable-pip-version-check torch==2.13.0 numpy h5py pytest nir==1.0.8 nirtorch==2.6 snntorch==0.9.4 tqdm loguru
	$(B)/frameworks/bin/pip install -q --disable-pip-version-check --no-deps norse==1.1.0 spikingjelly==2.0.0
nir-test: $(SHARED) $(TORCH_PYTHON) ## neurons of snnTorch, Norse and SpikingJelly against ours, spike for spike (1 min and PyTorch's install)
	@$(WITH_PACKAGE) $(TORCH_PYTHON) -m pytest -q -rs -p no:cacheprovider tests/python/test_frameworks*.py
.PHONY: wheel python-test nir-test
