# Everything is built into .build; `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

export CGO_ENABLED := 0
export GOTOOLCHAIN := local
# The same flags for builds and tests, so that the engine is compiled once.
export GOFLAGS := -trimpath -buildvcs=false

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BINARY := .build/dueflow
CHROMIUM ?= /usr/bin/chromium
export CHROMIUM

# Tools are pinned here, so that they are no dependencies of the product.
GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT := go run mvdan.cc/gofumpt@v0.12.0
WORKFLOWCHECK := go run go.temporal.io/sdk/contrib/tools/workflowcheck@v0.6.0

UI_SOURCES := $(shell find builder-ui \( -name node_modules -o -name dist -o -name e2e -o -name test-results -o -name playwright-report \) -prune -o -type f ! -name '*.test.ts*' ! -name '*.go' -print)
# A stamp is worth nothing without what it stands for.
NPM_GONE := $(if $(wildcard builder-ui/node_modules/.package-lock.json),,always)
UI_GONE := $(if $(wildcard builder-ui/dist/index.html),,always)
.PHONY: always help run build ui test quick go-test ui-test e2e check bench clean browser

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build everything and serve the demo workspace; prints its address
	exec $(BINARY) serve --demo --data .build/demo

build: ui ## the one binary, with the web interface inside: .build/dueflow
	go build -ldflags "-s -w -X main.version=$(VERSION)" -o $(BINARY) ./server

ui: .build/ui.stamp ## the web interface, if its sources changed

.build/npm.stamp: builder-ui/package.json builder-ui/package-lock.json $(NPM_GONE)
	cd builder-ui && npm ci --no-audit --no-fund
	@mkdir -p .build && touch $@

.build/ui.stamp: $(UI_SOURCES) .build/npm.stamp $(UI_GONE)
	cd builder-ui && npm run build
	@mkdir -p .build && touch $@

test: ## every test: Go, the interface's units, and the interface in a browser on a real server
	@start=$$SECONDS; \
	$(MAKE) --no-print-directory browser quick ui-test go-test e2e; \
	echo "All tests passed in $$((SECONDS - start)) s."

browser:
	@if [ -x "$(CHROMIUM)" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-noto-cjk; \
	else \
		echo "The browser tests need Chromium: install it (Debian: apt-get install chromium fonts-noto-cjk), or name one with CHROMIUM=/path/to/it." >&2; exit 1; \
	fi

# What fails often and fast comes first.
quick:
	@unformatted=$$(gofmt -l builder-ui/embed.go policies schemas server workflows); \
	if [ -n "$$unformatted" ]; then echo "gofmt these:" $$unformatted >&2; exit 1; fi
	go test ./server/layering

ui-test: ui
	cd builder-ui && npm run check && npm test

# The end-to-end tests start whole servers and come last.
go-test:
	go vet ./...
	$(WORKFLOWCHECK) ./workflows/run ./server/house
	go test -p 2 -timeout 20m $$(go list ./... | grep -v /server/e2e)
	@if go list ./server/e2e >/dev/null 2>&1; then go test -timeout 20m ./server/e2e; fi

e2e: build
	builder-ui/tools/e2e.sh $(abspath $(BINARY))

check: .build/npm.stamp ## linters: import doors, determinism of workflows, formatting, types (the tests ask for determinism too)
	$(GOLANGCI) run ./...
	$(WORKFLOWCHECK) ./workflows/run ./server/house
	@unformatted=$$($(GOFUMPT) -l builder-ui/embed.go policies schemas server workflows); \
	if [ -n "$$unformatted" ]; then echo "gofumpt these:" $$unformatted >&2; exit 1; fi
	cd builder-ui && npm run check

bench: build ## measure the whole product as a process of its own
	go run ./server/bench -bin $(BINARY)

clean: ## remove what was built, and the demo's data
	rm -rf .build builder-ui/node_modules builder-ui/test-results builder-ui/playwright-report
	find builder-ui/dist -mindepth 1 ! -name .keep -delete
