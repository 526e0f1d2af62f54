# Three commands matter: `make conform` judges an implementation, `make check` runs what is quick, and
# `make test` every check. Each makes the environment that it needs; a fresh machine needs Python 3.11
# or newer, make and git.

IMPL ?= reference
ARGS ?=

# The first Python that is new enough and can make environments.
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c '$(USABLE)' 2>/dev/null && { echo $$python; break; }; done)

BIN := .venv/bin
STAMP := .venv/.made
NVFLARE := $(shell printf '%s\n' '$(IMPL)' | sed -n -E 's/^nvflare==([0-9]+\.[0-9]+\.[0-9]+)$$/\1/p')
# The releases that the tests run against.
NVFLARE_TESTED := 2.7.2 2.9.0
HARNESS := tests/implementations/nvflare/harness.py

ifeq ($(IMPL),reference)
JUDGED := reference
else ifneq ($(NVFLARE),)
JUDGED := .venvs/nvflare-$(NVFLARE)/bin/python $(HARNESS)
JUDGED_STAMP := .venvs/nvflare-$(NVFLARE)/.made
endif

# One thing at a time, and each takes the processors that it needs; but see `judged`.
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif
# The checks start hundreds of interpreters. Each would compile the package anew where the environment
# forbids them to keep byte code, as those of containers often do.
unexport PYTHONDONTWRITEBYTECODE
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help venv conform check test lint types quick vectors unit timing alone nightly judged results prove search models models-in-test mutants mutants-part mutants-random judge bench bench-quick docs new-requirement docs-check check-impl

help:
	@echo 'make conform                       judge the reference implementation on real sockets'
	@echo 'make conform IMPL=nvflare==2.7.2   judge that release of NVFlare the same way'
	@echo '             ARGS="--json FILE"    hand options on to `stallproof conform`'
	@echo 'make check                         what is quick: style, types, tests without a real clock'
	@echo 'make test                          every check: style, types, tests, proofs, models, ...'
	@echo 'make prove                         the proofs alone'
	@echo 'make search                        the exhaustive search alone'
	@echo 'make models                        the models of the threads alone (needs SPIN and gcc)'
	@echo 'make mutants                       plant every mutant, and see each caught'
	@echo 'make mutants-random                draw 300 edits by chance, and list those that no test notices'
	@echo '             ARGS="--seed 7 --in drivers"   the same again, or of one folder of the package'
	@echo 'make results                       judge all that the page of results is about, and record it'
	@echo '             NAMES="trio grpcio"   only these of them'
	@echo 'make bench                         measure what is meant to be fast, and record it'
	@echo '             ROWS="picked_small"   only these rows'
	@echo 'make bench-quick                   a part of it in less than a minute, and what fell since'
	@echo 'make docs                          build the site of all pages, build/site/index.html'
	@echo 'make new-requirement ID=SD-17      begin a requirement (docs/adding.md)'
	@echo 'make unit | timing | alone         the tests without a real clock, with one, and those that'
	@echo '                                   must have the machine to themselves'
	@echo 'make nightly                       what takes longer than a change can wait: wrong programs after'
	@echo '                                   public reports, and random worlds, on real sockets'
	@echo 'make lint | types | vectors | docs-check'
	@echo '                                   style, types, the vectors, the commands shown in the docs'
	@echo 'make venv                          only make the environment, .venv'

venv: $(STAMP)

# Made anew when what it holds may have changed. pip says little, and what it says goes to standard
# error: standard output belongs to the report. The constraints bind the isolated build as well.
$(STAMP): pyproject.toml constraints.txt
	@test -n '$(PYTHON)' && '$(PYTHON)' -c '$(USABLE)' 2>/dev/null || { echo \
	  'stallproof needs Python 3.11 or newer with its venv module; name one with PYTHON=...' >&2; exit 1; }
	@echo 'Making .venv (once) with $(PYTHON) ...' >&2
	@rm -rf .venv
	@'$(PYTHON)' -m venv .venv
	@PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 \
	  $(BIN)/python -m pip install -qq --editable '.[dev]' >&2
	@touch $@

# A judged package lives in an environment of its own and never meets ours.
.venvs/nvflare-%/.made: | $(STAMP)
	@echo 'Making .venvs/nvflare-$* (once) ...' >&2
	@rm -rf $(@D)
	@mkdir -p .venvs
	@'$(PYTHON)' -m venv $(@D)
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(@D)/bin/python -m pip install -qq 'nvflare==$*' >&2 \
	  || { rm -rf $(@D); echo 'nvflare $* could not be installed.' >&2; exit 1; }
	@touch $@

# The transports that Python does not bring along; their harnesses use our package where it lies.
ALTERNATIVES := tests/implementations/python/constraints.txt
.venvs/alternatives/.made: $(ALTERNATIVES) | $(STAMP)
	@echo 'Making .venvs/alternatives (once) ...' >&2
	@rm -rf $(@D)
	@mkdir -p .venvs
	@'$(PYTHON)' -m venv $(@D)
	@PIP_CONSTRAINT=$(ALTERNATIVES) PIP_DISABLE_PIP_VERSION_CHECK=1 \
	  $(@D)/bin/python -m pip install -qq grpcio nats-py paho-mqtt redis trio icontract msgspec >&2 \
	  || { rm -rf $(@D); echo 'the alternatives could not be installed.' >&2; exit 1; }
	@touch $@

# The judged packages are downloaded side by side.
judged: $(STAMP)
	@$(MAKE) --no-print-directory -j 2 SIDE_BY_SIDE=yes $(NVFLARE_TESTED:%=.venvs/nvflare-%/.made)

check-impl:
	@test -n '$(JUDGED)' || { echo \
	  'IMPL is "reference" or "nvflare==X.Y.Z" (given: "$(IMPL)"); for a harness of your own: .venv/bin/stallproof conform --impl "COMMAND"' >&2; exit 2; }

conform: check-impl $(STAMP) $(JUDGED_STAMP)
	@$(BIN)/stallproof conform --impl '$(JUDGED)' $(ARGS); code=$$?; \
	  echo "stallproof: exit code $$code (0 pass, 1 fail, 2 unusable arguments or input, 3 anything else)" >&2; \
	  exit $$code

# The parts are timed, since a check that grows dear is not run any more.
CHECK := lint types quick vectors
TEST := lint types unit timing alone prove search models-in-test mutants-part judge bench-quick

# $(call in_turn,PARTS): make one part after the other, and say in the end how long each took.
define in_turn
	@mkdir -p build; : >build/times; code=0; \
	for part in $(1); do \
	  began=$$(date +%s); \
	  $(MAKE) --no-print-directory $$part || code=$$?; \
	  printf '%5d s  %s\n' $$(($$(date +%s) - began)) $$part >>build/times; \
	  [ $$code -eq 0 ] || break; \
	done; \
	cat build/times; \
	[ $$code -eq 0 ] || { echo "make $@: $$part failed." >&2; exit $$code; }
endef

check: $(STAMP)
	$(call in_turn,$(CHECK))
	@echo 'make check: the quick checks passed; `make test` runs the others.'

test: $(STAMP) judged .venvs/alternatives/.made
	$(call in_turn,$(TEST))
	@if [ -e build/models-not-checked ]; then \
	  echo 'make test: every check passed but one: the models were NOT checked, for SPIN or a C compiler is missing.'; \
	else \
	  echo 'make test: every check passed.'; \
	fi

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .

types: $(STAMP)
	$(BIN)/mypy
	MYPYPATH=tests/implementations/python $(BIN)/mypy tests/implementations/python/*.py
	MYPYPATH=tests/example_project $(BIN)/mypy tests/example_project/*.py tests/example_project/tests/*.py

# Tests share the processors, also where there are but two: many of them wait.
JOBS ?= 4
PYTEST = $(BIN)/pytest -q -n $(JOBS) --dist worksteal

# The tests that need no real clock, but for those that judge whole implementations, make up scenarios,
# plant mutants, or type what the pages show.
LONG := tests/implementations tests/generate tests/packaging tests/proofs tests/docs tests/runner/smoke \
	tests/harness/test_one_driver.py

quick: $(STAMP)
	$(BIN)/pytest -q -n auto --dist worksteal -m 'not timing' $(LONG:%=--ignore=%)

vectors: $(STAMP)
	$(BIN)/stallproof vectors fill --check

# The tests that need no real clock, all of them. The harness of NVFlare is tested on the real packages,
# whose interpreters are named here.
unit timing alone nightly: export STALLPROOF_NVFLARE_PYTHON := $(NVFLARE_TESTED:%=.venvs/nvflare-%/bin/python)
unit timing alone nightly: export STALLPROOF_ALTERNATIVES_PYTHON := .venvs/alternatives/bin/python
unit: $(STAMP) judged .venvs/alternatives/.made
	$(PYTEST) -m 'not timing and not nightly'

# The files in which they are; every worker would read the thousands of other tests as well. A test that
# got its mark elsewhere is refused (tests/conftest.py).
TIMED := grep -rlE 'mark\.(timing|alone)\b' tests --include='test_*.py'

# Each test of a real clock judges by the noise measured meanwhile, which its neighbours are a part of:
# a fourth beside them hides more of what they look for than it saves.
timing: JOBS := 3
timing: $(STAMP) judged .venvs/alternatives/.made
	$(PYTEST) -m 'timing and not alone and not nightly' $$($(TIMED))

# Whole programs with faults of public reports and random worlds, on real sockets: too long for each change.
nightly: $(STAMP) judged .venvs/alternatives/.made
	$(PYTEST) -m nightly

# What judges how much somebody gets done in a time, or the noise itself.
alone: $(STAMP) judged .venvs/alternatives/.made
	$(BIN)/pytest -q -m 'alone and not nightly' $$($(TIMED))

prove: $(STAMP)
	@mkdir -p build
	$(BIN)/python -m proofs prove --json build/proofs.json

# Every history of the pure machines, to a stated bound.
search: $(STAMP)
	@mkdir -p build
	$(BIN)/python -m proofs.search --json build/search.json

# The models of the threads, exhaustively, and their runs replayed through the machines.
models: $(STAMP)
	@mkdir -p build
	@sh proofs/models/install_spin.sh
	$(BIN)/python -m proofs.models --json build/models.json
	$(BIN)/python -m proofs.models --replay

# Without SPIN, and with no way to install it, the other checks still tell something: the models are
# then passed over, and the last line says so. Under CI that is a failure.
models-in-test: $(STAMP)
	@mkdir -p build
	@rm -f build/models-not-checked
	@if sh proofs/models/install_spin.sh; then \
	  $(MAKE) --no-print-directory models; \
	elif [ -n "$$CI" ]; then \
	  echo 'make test: under CI the models must be checked.' >&2; exit 1; \
	else \
	  echo 'make test: the models are NOT checked.' >&2; touch build/models-not-checked; \
	fi

# Every mutant, each caught by the evidence named for it, or a cheap part that hits every requirement.
mutants: $(STAMP)
	@mkdir -p build
	$(BIN)/python -m proofs.mutants --json build/mutants.json

mutants-part: $(STAMP)
	@mkdir -p build
	$(BIN)/python -m proofs.mutants --part --json build/mutants-part.json

# Edits that nobody thought of: each night, since whoever changed something else must not be stopped by a
# hole that was drawn by chance.
mutants-random: $(STAMP)
	@mkdir -p build
	$(BIN)/python -m proofs mutants --random 300 --json build/mutants-random.json $(ARGS)

# One run of the reference: it must pass, and its trace must be judged alike a second time.
judge: $(STAMP)
	@mkdir -p build
	$(BIN)/stallproof conform --jobs 8 --json build/report.json --trace build/trace.jsonl
	$(BIN)/stallproof check build/trace.jsonl --json build/again.json >/dev/null
	$(BIN)/python tests/reports/agree.py build/report.json build/again.json

# About twelve minutes on a machine that should do nothing else. A record is written after each run,
# so that NAMES can name those to judge again.
NVFLARE_RECORDED := 2.7.2 2.8.3 2.9.0
NAMES ?=
results: $(STAMP) $(NVFLARE_RECORDED:%=.venvs/nvflare-%/.made) .venvs/alternatives/.made build/go-idiomatic
	$(BIN)/python -m proofs results --run $(NAMES)

# What is in Go is built with what the machine has; build/go is where Go keeps what it has compiled.
GO_SOURCES := $(wildcard $(addprefix tests/implementations/,go/go.mod go/*/*.go kits/go/go.mod kits/go/*/*.go))
build/go-idiomatic: $(GO_SOURCES)
	@command -v go >/dev/null || { echo 'make results: there is no Go (golang-go).' >&2; exit 1; }
	@mkdir -p build
	cd tests/implementations/go && \
	  GOCACHE=$(CURDIR)/build/go GOFLAGS=-mod=mod GOPROXY=off go build -o $(CURDIR)/$@ ./idiomatic

# Minutes, on a machine that should do nothing else; docs/measuring.md says what is measured, and how.
BENCHMARKS := $(BIN)/python -m tests.benchmarks
BENCHMARKS_RECORDED := proofs/evidence/benchmarks.json
ROWS ?=
bench bench-quick: export STALLPROOF_NVFLARE_PYTHON := $(NVFLARE_TESTED:%=.venvs/nvflare-%/bin/python)
bench bench-quick: export STALLPROOF_ALTERNATIVES_PYTHON := .venvs/alternatives/bin/python
bench: $(STAMP) judged .venvs/alternatives/.made
	$(BENCHMARKS) $(ROWS) $(if $(ROWS),--merge) --json $(BENCHMARKS_RECORDED) $(ARGS)

# A report and no gate, unless ARGS=--gate: what fell may have fallen because of the machine. Only what
# broke is a failure.
bench-quick: $(STAMP) judged .venvs/alternatives/.made
	@mkdir -p build
	$(BENCHMARKS) $(ROWS) --quick --against $(BENCHMARKS_RECORDED) --json build/benchmarks.json $(ARGS)

docs: $(STAMP)
	$(BIN)/python -m docs.build

# The beginning of a requirement; docs/adding.md has the list of what it needs.
new-requirement: $(STAMP)
	$(BIN)/python -m proofs.traceability.skeleton '$(ID)'

docs-check: $(STAMP)
	$(BIN)/pytest -q tests/docs/test_docs.py tests/wire/test_schemas.py
