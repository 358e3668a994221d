# `make help` lists the targets. Every target sets up .venv by itself.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run demo demo-emulators test test-all lint api bundle plan deploy doctor cost lock fuzz bench clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  \1\t\2/' | expand -t 18

$(VENV)/ready: requirements.txt requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/ready ## serve a demo desk at http://127.0.0.1:8080 (PORT, CMO_HOME)
	@$(BIN)/python -m local serve

demo: $(VENV)/ready ## show the whole chain, from a mail to a ticket, step by step
	@$(BIN)/python -m local demo

demo-emulators: $(VENV)/ready ## the same on Google's Firestore and Pub/Sub emulators, a process a function
	@$(BIN)/python -m local demo --emulators

test: $(VENV)/ready lint ## run every test but those marked slow
	@$(BIN)/python -m pytest -m "not slow" -n auto --dist worksteal

test-all: $(VENV)/ready ## run the slow tests
	@$(BIN)/python -m pytest -m slow -n logical --dist worksteal

lint: $(VENV)/ready ## check style and types
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy --no-error-summary

api: $(VENV)/ready ## write shared/pages/openapi.json and docs/permissions.md from the routes
	@$(BIN)/python -m tools.describe_api
	@$(BIN)/python -m tools.describe_permissions

bundle: $(VENV)/ready ## write what is deployed into build/: a zip a function, and the page
	@$(BIN)/python tools/bundle.py

plan: bundle ## plan a deployment, and check the plan (ENVIRONMENT=dev; needs credentials)
	@$(BIN)/python -m tools.deploy plan $(ENVIRONMENT)

deploy: bundle ## plan, show, ask, apply and try a deployment (ENVIRONMENT=dev; needs credentials)
	@$(BIN)/python -m tools.deploy apply $(ENVIRONMENT)

doctor: $(VENV)/ready ## check the local desk, or a deployment (ENVIRONMENT=prod), and say what to do
	@if [ -n "$(ENVIRONMENT)" ]; then $(BIN)/python -m tools.deploy doctor $(ENVIRONMENT); else $(BIN)/python -m local doctor; fi

cost: $(VENV)/ready ## what a deployment costs a month, and how far it goes
	@$(BIN)/python -m tools.cost

lock: $(VENV)/ready ## write requirements*.txt from requirements*.in
	@for name in requirements requirements-dev; do \
	  $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --no-header --no-emit-options \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o $$name.txt $$name.in && \
	  sed -i "1i # Written by make lock from $$name.in" $$name.txt || exit 1; done

fuzz: $(VENV)/ready ## throw mutated mail at the parser for SECONDS_TO_RUN (600)
	@$(BIN)/python -m tests.mail.fuzz $${SECONDS_TO_RUN:-600}

bench: $(VENV)/ready ## measure, and print JSON
	@$(BIN)/python -m tests.bench

clean: ## remove the local desk's state and every cache
	@rm -rf .local .mypy_cache .ruff_cache .pytest_cache .hypothesis build
