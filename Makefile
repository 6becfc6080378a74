# `make` alone lists the targets. Everything runs from .venv/, made from the hashed lock on first use.
.DEFAULT_GOAL := help
.PHONY: help serve demo test check bench soak environment environment-dev environment-synapse

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 4
ONLY ?=
ARGS ?=
# a shell that forbids bytecode makes every process of a gateway compile all of its libraries again: three times slower
unexport PYTHONDONTWRITEBYTECODE
# the checks import the settings, which make their secrets where they are told to
CHECK := COMITY_DATA=$(CURDIR)/.venv/check-data DJANGO_SETTINGS_MODULE=comity.settings

help: ## list what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name says; do \
	  printf '  make %-8s %s\n' "$$name" "$$says"; done

serve: environment ## set up and run everything, print the pages' addresses (ARGS='--listen HOST:PORT')
	@exec $(BIN)/comity serve $(ARGS)

demo: environment ## play the sample order through the real doors and print what came of it
	@exec $(BIN)/comity demo removal-order $(ARGS)

test: environment-dev environment-synapse ## every check, and beside them every test (ARGS='tests/serve -k kill')
	@$(MAKE) --no-print-directory lint & checks=$$!; \
	  $(PYTEST) -n $(WORKERS) --dist loadfile --most-cpu 1 $(ARGS); tests=$$?; \
	  if [ $$tests = 1 ]; then $(AGAIN); tests=$$?; fi; wait $$checks && exit $$tests

# a test that failed among thousands is tried once more with nothing beside it; which it was stays in the output, to mend
AGAIN := echo 'what failed, once more and alone:'; $(PYTEST) -q --most-cpu 1 --last-failed --last-failed-no-failures none $(ARGS)

check: environment-dev lint ## style, types, floors, migrations, templates
	@exec $(PYTEST) -q tests/house

.PHONY: lint
lint: environment-dev
	@$(BIN)/ruff check --quiet src tests $(wildcard bench docs/*.py docs/*/*.py examples/*/*.py)
	@$(BIN)/ruff format --check --quiet src tests $(wildcard bench docs/*.py docs/*/*.py examples/*/*.py)
	@$(CHECK) $(BIN)/mypy
	@$(BIN)/lint-imports --no-logo >.venv/floors.txt || { cat .venv/floors.txt; exit 1; }

bench: environment-dev ## measure, beside peers (ONLY=road); exits 1 when a floor is missed
	@failed=0; for file in bench/$(or $(ONLY),[a-z]*).py; do $(BIN)/python "$$file" || failed=1; done; exit $$failed

soak: environment-dev environment-synapse ## every test, with larger numbers, the seed printed (SEED=N repeats one; ARGS='-m kill')
	@command -v go >/dev/null || apt-get install -y -q --no-install-recommends golang-go golang-golang-x-mod-dev >/dev/null 2>&1 || \
	  echo 'For Go to verify the record too: apt-get install golang-go golang-golang-x-mod-dev' >&2
	@exec env COMITY_SOAK=1 COMITY_SEED=$(SEED) $(PYTEST) -n $(WORKERS) --dist loadfile --durations=10 $(ARGS)

environment:
	@scripts/environment lock

environment-dev:
	@scripts/environment dev

environment-synapse: # the homeserver that tests start, in an environment of its own
	@scripts/environment synapse
