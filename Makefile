# make demo      install what is missing, build, and diagnose a real crash
# make test      all tests
# make lint      format and rule packs
# make format    rewrite the sources in the project's format
# make bench     time scans beside other programs, on generated logs, the recorder beside other recorders, and what follows
# make eval      how right the diagnoses of fixtures/ are, and what each rule does for it
# make install   copy the release binary to $(PREFIX)/bin
PREFIX ?= /usr/local
BIN := .build/release/faultline
SOURCES := Package.swift Sources Tests Plugins Benchmarks Evaluation

.PHONY: demo setup build test lint format rules bench eval install clean

demo: build
	$(BIN) scan --no-ledger fixtures/cuda-oom-one-rank/logs || [ $$? -eq 1 ]

setup:
	@Scripts/install-dependencies

build: setup
	swift build -c release --product faultline

test: build
	swift test
	FAULTLINE_RELEASE=$(CURDIR)/$(BIN) swift test --skip-build --filter 'RecordTests/noMemory'

lint: build
	swift format lint --strict --recursive --parallel $(SOURCES)
	$(BIN) rules lint
	$(BIN) rules test

format:
	swift format --in-place --recursive --parallel $(SOURCES)

rules: build
	$(BIN) rules test

bench: build
	swift build -c release --product scan-benchmark
	Benchmarks/compare.py
	Benchmarks/corpus.py training 256 > .build/training.log
	.build/release/scan-benchmark .build/training.log
	Benchmarks/recorder.py --quick
	Benchmarks/follow.py

eval: setup
	swift build -c release --product evaluate
	.build/release/evaluate --ablations

install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/faultline

clean:
	rm -rf .build
