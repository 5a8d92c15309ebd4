# Every target sets up what it needs inside this clone; nothing but Python 3.11-3.13 and make is assumed.
PYTHON ?= python3
STAGE ?=
PROFILE ?=
MAIL_FROM ?=
MAIL_IDENTITY ?=
OPERATOR ?=
PAGES_URL ?=
WITH_DATA ?=
DATA ?=
EVALUATION ?= ../shared/data/eval
PAYLOADS ?= ../shared/data/payloads
SEED ?=
DELIVERIES ?=
VECTORS ?= $(wildcard ../shared/data/signature-vectors.json)
BIN := .venv/bin
TRAINING_PATH := layers/core/python:layers/training:build/semantic/python
# Bytecode lies aside, never beside the source; without any, each run would compile all tests anew.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/bytecode
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help environment demo dev test check audit openapi check-payloads simulate bench cost endurance eval train mails policies build screenshots browser lock deploy destroy clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-21s %s\n", $$1, $$2}'

environment: ## make .venv and .venv-ministack from the lock
	@exec $(PYTHON) infra/environments.py

demo: environment ## deploy to an embedded AWS, send deliveries, show the alerts they caused
	@exec $(BIN)/python -m earshot_ops.demo

dev: environment ## the same, and stay up until Ctrl-C; the state survives
	@exec $(BIN)/python -m earshot_ops.demo --stay

# The units alone say how long they take, which is to be seconds; then all, with more examples.
test: environment browser ## run every test
	@$(BIN)/python -m pytest -q tests/unit
	@HYPOTHESIS_PROFILE=thorough exec $(BIN)/python -m pytest

check: environment ## format, lint, types, templates, security, then every test: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m earshot_ops.build --all
	$(BIN)/python -m earshot_ops.audit cfn-lint bandit
	$(BIN)/python -m pytest -q tests/unit --cov=earshot.domain --cov-branch \
		--cov-report=term-missing:skip-covered --cov-fail-under=100
	@$(MAKE) --no-print-directory test

audit: ## templates, code, secrets, licences and the API against programs that look for holes
	@$(PYTHON) infra/environments.py --audit
	@$(BIN)/python -m earshot_ops.build --all
	@exec $(BIN)/python -m earshot_ops.audit

policies: environment browser ## run the end-to-end tests, and show what of its policy each Lambda used
	@rm -f build/tests/policies.txt
	@$(BIN)/python -m pytest -q tests/e2e; ended=$$?; \
		cat build/tests/policies.txt 2>/dev/null || { echo "policies: nothing was compared" >&2; exit 1; }; \
		exit $$ended

openapi: environment ## describe what the apps serve in docs/openapi.json
	@exec $(BIN)/python -m earshot_ops.openapi

check-payloads: environment ## put real payloads through the sources: make check-payloads [PAYLOADS=DIR] [VECTORS=FILE]
	@exec $(BIN)/python -m earshot_ops.check_payloads --payloads "$(PAYLOADS)" \
		$(if $(VECTORS),--vectors "$(VECTORS)")

simulate: environment ## a day of 1M posts and seconds of one of 1B through the real keys: heat, queues, Lambdas
	@exec $(BIN)/python -m tests.bench.simulation $(if $(SEED),--seed "$(SEED)")

bench: environment ## cold imports, the webhook, matching and understanding, against their goals
	@exec $(BIN)/python -m tests.bench

cost: environment ## what a thousand posts cost by stage: calls, bytes, dollars
	@exec $(BIN)/python -m tests.bench.cost

endurance: environment ## 100,000 deliveries, repeated and shuffled, against a clean run: make endurance [DELIVERIES=10000]
	@exec $(BIN)/python -m tests.bench.endurance $(if $(DELIVERIES),--deliveries "$(DELIVERIES)")

eval: environment ## measure the models on ../shared/data/eval, or what ships on files of your own: make eval DATA=DIR
	@$(PYTHON) infra/environments.py --training
	@$(BIN)/python -m earshot_ops.semantic_layer
	@PYTHONPATH=$(TRAINING_PATH) exec .venv-training/bin/python -m earshot_training.table \
		$(if $(DATA),--shipped "$(DATA)","$(EVALUATION)")

train: ## fit the text models anew and write their weights into the package
	@$(PYTHON) infra/environments.py --training
	@PYTHONPATH=$(TRAINING_PATH) exec .venv-training/bin/python -m earshot_training.train_text \
		"$(EVALUATION)"

mails: environment ## write the style sheet of the mails into their templates
	@exec $(BIN)/python -m earshot_ops.compile_mail

build: environment ## package every app and the layer for STAGE (all stages when none is named)
	@exec $(BIN)/python -m earshot_ops.build $(if $(STAGE),--stage $(STAGE),--all)

screenshots: environment browser ## picture the mails and pages in docs/screenshots anew
	@exec $(BIN)/python -m earshot_ops.screenshots

# Debian's own: as root it is installed, else whoever needs it says so.
browser: ## install Chromium and its driver, if they are missing and may be installed
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium chromium-driver fonts-dejavu-core >/dev/null; } || \
		echo "browser: install chromium and chromium-driver for the browser test" >&2

lock: ## resolve the dependencies anew and export them (needs uv and a network)
	uv lock --upgrade
	uv export -q --frozen --no-default-groups --group dev --no-emit-project -o requirements/dev.txt
	uv export -q --frozen --only-group layer --no-emit-project -o requirements/layer.txt
	uv export -q --frozen --only-group training --only-group layer --no-emit-project \
		-o requirements/training.txt
	uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 \
		--custom-compile-command "make lock" requirements/ministack.in -o requirements/ministack.txt
	uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 \
		--custom-compile-command "make lock" requirements/audit.in -o requirements/audit.txt

deploy: environment ## deploy to AWS: make deploy STAGE=prod MAIL_FROM=alerts@example.com [PROFILE=name]
	@exec $(BIN)/python -m earshot_ops.deployment_command deploy --stage "$(STAGE)" \
		$(if $(PROFILE),--profile "$(PROFILE)") $(if $(MAIL_FROM),--mail-from "$(MAIL_FROM)") \
		$(if $(MAIL_IDENTITY),--mail-identity "$(MAIL_IDENTITY)") $(if $(OPERATOR),--operator "$(OPERATOR)") \
		$(if $(PAGES_URL),--pages-url "$(PAGES_URL)")

destroy: environment ## remove the apps from AWS and keep the data: make destroy STAGE=prod [WITH_DATA=1]
	@exec $(BIN)/python -m earshot_ops.deployment_command destroy --stage "$(STAGE)" \
		$(if $(PROFILE),--profile "$(PROFILE)") $(if $(WITH_DATA),--with-data)

clean: ## remove the environments, caches and everything built
	rm -rf .venv .venv-ministack .venv-training .venv-audit .cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
