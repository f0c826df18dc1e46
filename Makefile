# make demo      install what is missing, build, and diagnose a real crash
# make test      all tests
# make lint      format and rule packs
# make format    rewrite the sources in the project's format
# make bench     time scans beside other programs, on generated logs, the recorder beside other recorders,
#                and what follows and sweeps
# make eval      how right the diagnoses of fixtures/ are, and what each rule does for it
# make install   program, completions of bash, zsh and fish, and manual pages below $(DESTDIR)$(PREFIX)
# make uninstall remove what 'make install' installed
# make deb       a Debian package, .build/faultline_VERSION-1_ARCHITECTURE.deb
PREFIX ?= /usr/local
BIN := .build/release/faultline
# On Linux the libraries of Swift are linked into the program, so that it runs where Swift is not. All release builds have
# the same options: what differs in them is compiled again.
RELEASE := -c release $(if $(filter Linux,$(shell uname)),--static-swift-stdlib)
SOURCES := Package.swift Sources Tests Plugins Benchmarks Evaluation

.PHONY: demo setup build test lint format rules bench eval install uninstall deb clean

demo: build
	$(BIN) scan --no-ledger fixtures/cuda-oom-one-rank/logs || [ $$? -eq 1 ]

setup:
	@Scripts/install-dependencies

build: setup
	swift build $(RELEASE) --product faultline

test: build
	swift test
	FAULTLINE_RELEASE=$(CURDIR)/$(BIN) FAULTLINE_SWEEP_KILLS=300 \
		swift test --skip-build --filter 'RecordTests/noMemory|DebianPackageTests|EndToEndTests.SweepTests/killed'

lint: build
	swift format lint --strict --recursive --parallel $(SOURCES)
	$(BIN) rules lint
	$(BIN) rules test

format:
	swift format --in-place --recursive --parallel $(SOURCES)

rules: build
	$(BIN) rules test

bench: build
	swift build $(RELEASE) --product scan-benchmark
	Benchmarks/compare.py
	Benchmarks/corpus.py training 256 > .build/training.log
	.build/release/scan-benchmark .build/training.log
	Benchmarks/recorder.py --quick
	Benchmarks/follow.py
	Benchmarks/sweep_day.py --quick

eval: setup
	swift build $(RELEASE) --product evaluate
	.build/release/evaluate --ablations

# Root installs what its user built: it may have no Swift, and what it would build would be root's.
install: $(if $(and $(SUDO_USER),$(wildcard $(BIN))),,build)
	Scripts/install-files $(BIN) "$(DESTDIR)$(PREFIX)"

uninstall:
	Scripts/install-files --uninstall "$(DESTDIR)$(PREFIX)"

deb: build
	Scripts/build-deb $(BIN) .build

clean:
	rm -rf .build
