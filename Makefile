# All that CI does is here. `make` lists the targets.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-unit fmt lint deny openapi contract example examples clients s3 fuzz bench crash ci

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "  %-10s %s\n", $$1, $$2 }'

setup: ## Install what building and testing need
	@scripts/setup.sh test

demo: ## Build, migrate, load demo data, serve on :8080
	@scripts/setup.sh run
	@cargo build --quiet -p server
	@HEARTHDESK_DATA=$${HEARTHDESK_DATA:-.demo} ./target/debug/hearthdesk demo

run: ## Serve the SQLite file in ./data
	@cargo build --quiet -p server
	@./target/debug/hearthdesk serve

test: ## Run every test, on SQLite and on a private PostgreSQL
	@scripts/setup.sh test
	@cargo build --quiet -p server
	@scripts/with-postgres.sh cargo nextest run --workspace $(NEXTEST)
	@scripts/examples.sh

test-unit: ## Run the tests that need no database
	@cargo nextest run -p kernel -p access

fmt: ## Format the code
	@cargo fmt --all

lint: ## Check format and clippy
	@cargo fmt --all --check
	@cargo clippy --quiet --workspace --all-targets --locked -- -D warnings

deny: ## Check licences, bans, layers and sources of the dependencies
	@scripts/setup.sh deny
	@.tools/bin/cargo-deny check bans licenses sources

openapi: ## Write openapi/openapi.json
	@cargo build --quiet -p server
	@./target/debug/hearthdesk openapi > openapi/openapi.json

contract: ## Check that openapi/openapi.json is the contract of the code, and lint it
	@cargo build --quiet -p server
	@./target/debug/hearthdesk openapi | diff -q - openapi/openapi.json >/dev/null \
		|| { echo "openapi/openapi.json is behind the code: run make openapi" >&2; exit 1; }
	@scripts/lint-contract.sh

example: ## Run the first case against a demo of its own
	@scripts/first-case.sh

examples: ## Run every example against a demo of its own
	@scripts/setup.sh run
	@cargo build --quiet -p server
	@scripts/examples.sh

clients: ## Generate typed clients from the contract and let them work against a demo of its own
	@scripts/setup.sh clients
	@cargo build --quiet -p server
	@scripts/clients.sh

s3: ## Test files in a bucket against a simulated S3 store
	@scripts/setup.sh fuzz
	@scripts/s3.sh

fuzz: ## Send requests made from the contract to a demo of its own: no 5xx, nothing unnamed
	@scripts/setup.sh fuzz
	@cargo build --quiet -p server
	@scripts/fuzz.sh $(ROLE)

crash: ## Kill, double, back up and restore the service under writes, on both databases
	@scripts/setup.sh test
	@cargo build --quiet -p server
	@scripts/with-postgres.sh cargo nextest run -p server --test process

bench: ## Measure the release build beside a bare handler and pgbench
	@scripts/setup.sh test
	@scripts/bench.sh $(BENCH)
	@[ -n "$(BENCH)" ] || scripts/bench-jobs.sh

ci: ## Run what must pass before anything lands
	@.ci/run
