.DEFAULT_GOAL := help
SHELL := /bin/bash
# Which lab `make lab` and `make down` mean; any number can run side by side.
NAME ?= kdc
export PATH := $(CURDIR)/.tools/node/bin:$(PATH)

.PHONY: help setup lab down test bench check format

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  \033[36m%-10s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is missing (Debian packages, Node, kubectl, npm packages)
	@scripts/setup.sh

lab: setup ## bring up the example data centre and run its traffic checks; leaves it running
	@./kdc lab up --name $(NAME) && ./kdc lab check --name $(NAME)

down: ## take the lab down
	@./kdc lab down --name $(NAME)

test: setup ## everything CI runs; the last line counts it
	@node scripts/test.ts

bench: setup ## measure against limits and peers; ROW=restart (or several) for some of it only
	@node bench/main.ts $(ROW)

check: setup ## format, lint, types, layer rules, unused code
	@npm run -s lint && npm run -s typecheck && npm run -s layers && npm run -s unused

format: setup ## write the format that check wants
	@npm run -s format
