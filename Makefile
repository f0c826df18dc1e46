# make demo      install what is missing, build, and diagnose a real crash
# make test      all tests
# make lint      format and rule packs
# make format    rewrite the sources in the project's format
# make install   copy the release binary to $(PREFIX)/bin
PREFIX ?= /usr/local
BIN := .build/release/faultline
SOURCES := Package.swift Sources Tests Plugins

.PHONY: demo setup build test lint format rules install clean

demo: build
	$(BIN) scan --no-ledger fixtures/cuda-oom-one-rank/logs || [ $$? -eq 1 ]

setup:
	@Scripts/install-dependencies

build: setup
	swift build -c release --product faultline

test: setup
	swift test

lint: build
	swift format lint --strict --recursive --parallel $(SOURCES)
	$(BIN) rules lint
	$(BIN) rules test

format:
	swift format --in-place --recursive --parallel $(SOURCES)

rules: build
	$(BIN) rules test

install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/faultline

clean:
	rm -rf .build
