# Every target is one call of operations.bootstrap, which gives the clone its virtual environment first.
# Variables: STACK, PROFILE (of dev), FORCE=1 (purge without asking), KEY (an alias), SECRET, NAME, KIND, ALL=1, SHOW=1, JSON=1, FROM and OVERWRITE=1 (take-over), PYTHON, LLMPROXY_HOME, LLMPROXY_CACHE; README.md lists the rest.
STACK ?= dev
PYTHON ?= python3
FORCE ?=
# Only as they are typed here: a KEY of the environment is somebody else's.
define only-as-typed
ifneq ($$(origin $(1)),command line)
$(1) :=
endif
endef
$(foreach name,EMAIL ALIAS VALUE KEY PROFILE JSON SECRET NAME KIND ALL SHOW FROM OVERWRITE,$(eval $(call only-as-typed,$(name))))

export LLMPROXY_HOME LLMPROXY_CACHE
ifeq ($(LLMPROXY_HOME),)
unexport LLMPROXY_HOME
endif
ifeq ($(LLMPROXY_CACHE),)
unexport LLMPROXY_CACHE
endif

operations := @$(PYTHON) -m operations.bootstrap
SOURCES := __main__.py airgap components litellm_resources operations stacks tests

.DEFAULT_GOAL := help
.PHONY: help up preview down purge status doctor env key create-key secret secrets take-over rotate unmanaged adopt prune images test test-fast test-system test-all test-litellm half-on-one-gateway half-on-its-own check check-schemas fix fix-schemas bench bench-docs bench-rollouts cleanup cleanup-free

help: ## lists the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

up: ## brings the stack up, or converges it; PROFILE=full first switches dev to all services, PROFILE=gateway back
	$(operations) up --stack $(STACK) $(if $(PROFILE),--profile "$$PROFILE")

preview: ## shows what `make up` would change
	$(operations) preview --stack $(STACK)

down: ## takes the gateway down; data and what is inside LiteLLM stay
	$(operations) down --stack $(STACK)

purge: ## removes all of it, data and state too; asks (FORCE=1 does not)
	$(operations) purge --stack $(STACK) $(if $(FORCE),--force)

status: ## how every service and job is, JSON=1 for programs; the exit code is 0 when all is well
	$(operations) status --stack $(STACK) $(if $(JSON),--json)

doctor: ## says what is there, what is missing, versions, disk
	$(operations) doctor --stack $(STACK)

env: ## eval "$(make env)" gives a shell in which plain pulumi works
	$(operations) env --stack $(STACK)

key: ## prints the virtual key of KEY=alias, or the first one, alone
	$(operations) key --stack $(STACK) $(if $(KEY),--alias "$$KEY")

create-key: ## makes a virtual key for EMAIL and prints it, alone; ALIAS=…, VALUE=stdin takes its value from there
	$(if $(filter-out stdin,$(VALUE)),$(error VALUE: allowed is stdin; on a command line everybody here could read a key))
	$(operations) create-key --stack $(STACK) --email "$$EMAIL" $(if $(ALIAS),--alias "$$ALIAS") $(if $(VALUE),--value-from-stdin)

secret: ## prints the secret NAME, alone; without a name it says which there are
	$(operations) secret --stack $(STACK) $(if $(NAME),--name "$$NAME")

secrets: ## lists all secrets by name, set or missing, each with its command; JSON=1 for programs; exit code 1 when one is missing
	$(operations) secrets --stack $(STACK) $(if $(JSON),--json)

take-over: ## moves secrets and settings of the original, FROM its clone or a file, into the stack; asks (FORCE=1 does not)
	$(operations) take-over --stack $(STACK) $(if $(FROM),--from "$$FROM") $(if $(OVERWRITE),--overwrite) $(if $(FORCE),--force)

rotate: ## replaces SECRET by a new one, in the config and in the services; docs/runbooks/rotate-secrets.md
	$(operations) rotate --stack $(STACK) $(if $(SECRET),--secret "$$SECRET")

unmanaged: ## what is in LiteLLM and not this stack's, JSON=1 for programs
	$(operations) unmanaged --stack $(STACK) $(if $(JSON),--json)

adopt: ## takes it over: KIND=model NAME=… (or ALL=1) into catalog and settings, then previews; SHOW=1 writes nothing
	$(operations) adopt --stack $(STACK) $(if $(KIND),--kind "$$KIND") $(if $(NAME),--name "$$NAME") $(if $(ALL),--all) $(if $(SHOW),--show)

prune: ## removes what this stack left in LiteLLM and nothing declares; asks (FORCE=1 does not, SHOW=1 only shows)
	$(operations) prune --stack $(STACK) $(if $(FORCE),--force) $(if $(SHOW),--show)

images: ## builds the air-gap images
	$(operations) images --stack $(STACK)

cleanup: ## runs the clean-up of spend logs now
	$(operations) cleanup --stack $(STACK)

cleanup-free: ## frees disk: removes what the cache holds for other versions than this clone's
	$(operations) cleanup-free $(if $(FORCE),--force)

test: test-fast test-system ## all tests of a change

test-fast: ## tests without engine and network
	$(operations) exec python -m pytest -q -n 3 --dist worksteal -m "not system and not slow"

test-system: ## tests on a real engine
	$(operations) with-parts true
	@$(side-by-side) TESTS="system and not slow" half-on-one-gateway half-on-its-own

test-all: ## the long tests that `make test` leaves out
	$(operations) with-parts true
	@$(side-by-side) TESTS="slow and not real_litellm" BESIDE="nice -n 10" half-on-one-gateway half-on-its-own test-litellm

test-litellm: ## all tests on a real LiteLLM of each version
	$(operations) with-parts $(BESIDE) python -m pytest $(in-a-suite) -m "(system or slow) and real_litellm"

# One half on each core: the tests that share an installation, and all others; and beside them those on a real LiteLLM,
# which wait for its polls half of the time and give way to the others, some of which look at the clock. Each says what
# took longest. pytest-xdist would spread the tests of one installation over all: its groups (3.8.0) have no effect under
# pytest 9.
side-by-side = $(MAKE) --no-print-directory --output-sync=target -j3
in-a-suite := -q --durations=20 --durations-min=10

half-on-one-gateway:
	$(operations) with-parts python -m pytest $(in-a-suite) -m "$(TESTS) and shared_gateway"

half-on-its-own:
	$(operations) with-parts python -m pytest $(in-a-suite) -m "$(TESTS) and not shared_gateway"

# A schema is generated from its model: `check` compares, `fix` writes. Written beside first, so that a program that
# fails leaves the old file.
define compare-schema
$(operations) exec python -m $(1) | diff -u $(2) - || { echo '$(2): found another than the model gives; run: make fix' >&2; exit 1; }
endef
define write-schema
$(operations) exec python -m $(1) > $(2).new && mv $(2).new $(2) || { rm -f $(2).new; exit 1; }
endef

check: check-schemas ## format, lint, types, import rules, schemas; edits nothing
	$(operations) exec ruff format --check $(SOURCES)
	$(operations) exec ruff check $(SOURCES)
	$(operations) exec mypy $(SOURCES)
	$(operations) exec lint-imports

fix: fix-schemas ## what check can mend by itself
	$(operations) exec ruff check --fix $(SOURCES)
	$(operations) exec ruff format $(SOURCES)

check-schemas:
	$(call compare-schema,stacks.settings_schema,stacks/settings.schema.json)
	$(call compare-schema,litellm_resources.resolver.schema,catalog/catalog.schema.json)

fix-schemas:
	$(call write-schema,stacks.settings_schema,stacks/settings.schema.json)
	$(call write-schema,litellm_resources.resolver.schema,catalog/catalog.schema.json)

bench: ## our times against the floor; leaves the figures in docs/benchmarks.json
	$(operations) with-parts python -m tests.bench

bench-docs: ## makes the tables and the plot of docs/benchmarks.md from these figures
	$(operations) exec python -m tests.bench.pages

bench-rollouts: ## what each change does to those who use the gateway, as a table
	$(operations) with-parts python -m tests.bench.rollouts
