# Holdfast's build. `make help` lists the targets.
#
# One variant is built at a time, each in its own folder: VARIANT=release (the default),
# clang, asan (with UBSan), tsan, fuzz (libFuzzer). Only release writes build/holdfast itself.
VARIANT ?= release
PREFIX ?= /usr/local
DESTDIR ?=
# Clear it (make WERROR=) for a compiler newer than gcc 12 or clang 14.
WERROR ?= -Werror
# Where the binary looks for plans and registers unless told otherwise.
CONTENT ?= $(CURDIR)/content

# The web application is part of the program; WEB=no builds one without, and needs no npm.
WEB ?= yes

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(JOBS)
endif
MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion -Wshadow -Wundef -Wvla \
	-Wstrict-prototypes -Wmissing-prototypes -Wmissing-declarations -Wwrite-strings \
	-Wcast-qual -Wpointer-arith -Wformat=2 -Wnull-dereference -Wimplicit-fallthrough=5 \
	-Wswitch-enum
WARN_GCC := -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init
WARN_CLANG := -Wno-unknown-warning-option -Wno-implicit-fallthrough
# A sanitizer's own checks confuse the flow analysis of gcc, which then warns of what cannot be.
WARN_SANITIZED := -Wno-error -Wno-null-dereference -Wno-maybe-uninitialized

HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong
SANITIZE := -fno-sanitize-recover=all -fno-omit-frame-pointer
ifeq ($(VARIANT),release)
CC := gcc
MODE := -O2 $(HARDEN) $(WARN_GCC) $(WERROR)
else ifeq ($(VARIANT),clang)
CC := clang
MODE := -O2 $(HARDEN) $(WARN_CLANG) $(WERROR)
else ifeq ($(VARIANT),asan)
CC := gcc
MODE := -O1 -DARENA_PER_OBJECT $(WARN_GCC) $(WARN_SANITIZED)
SANITIZER := -fsanitize=address,undefined $(SANITIZE)
else ifeq ($(VARIANT),tsan)
CC := gcc
MODE := -O1 $(WARN_GCC) $(WARN_SANITIZED) -Wno-tsan
SANITIZER := -fsanitize=thread $(SANITIZE)
else ifeq ($(VARIANT),fuzz)
CC := clang
MODE := -O1 -DARENA_PER_OBJECT $(WARN_CLANG) $(WARN_SANITIZED)
SANITIZER := -fsanitize=fuzzer-no-link,address,undefined $(SANITIZE)
FUZZ_LINK := -fsanitize=fuzzer
else
$(error VARIANT is $(VARIANT); it must be release, clang, asan, tsan or fuzz)
endif

# make setup installs what is missing, so its absence must not stop make itself.
PQ_INCLUDE := $(shell pg_config --includedir 2>/dev/null || echo /usr/include/postgresql)
CPPFLAGS := -D_GNU_SOURCE -iquote src -isystem $(PQ_INCLUDE) -DHOLDFAST_CONTENT='"$(CONTENT)"'
CFLAGS := -std=c17 -g -fPIE -pthread $(WARN) $(MODE) $(SANITIZER)
LDFLAGS := -pie -pthread -Wl,-z,relro,-z,now -Wl,--as-needed $(SANITIZER)
LDLIBS := -lsqlite3 -lpq -lsodium -lcrypto -lyaml -ljansson -lmicrohttpd -lgnutls -lcurl -lutf8proc -lz -lm

# The installed binary knows another content folder, so its objects are kept apart.
OUT := build/$(VARIANT)$(SUFFIX)
ifeq ($(OUT),build/release)
BINARY := build/holdfast
else
BINARY := $(OUT)/holdfast
endif

SOURCES := $(sort $(wildcard src/*/*.c))
HEADERS := $(sort $(wildcard src/*/*.h))
FACE := build/face-$(WEB)
FACE_OBJECTS := $(patsubst %,$(OUT)/obj/face-$(WEB)/%.o,table $(if $(filter no,$(WEB)),,files))
OBJECTS := $(SOURCES:%.c=$(OUT)/obj/%.o) $(FACE_OBJECTS)
LIBRARY := $(filter-out $(OUT)/obj/src/main/%,$(OBJECTS))
UNIT_OBJECTS := $(patsubst %.c,$(OUT)/obj/%.o,tests/test_main.c $(sort $(wildcard tests/unit/*.c)))
LOADS := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard tests/load/*.c)))
BENCHES := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard bench/*.c)))
FUZZ_NAMES := $(patsubst tests/fuzz/%_fuzz.c,%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
FUZZERS := $(FUZZ_NAMES:%=$(OUT)/fuzz/%)
# libFuzzer brings its own main; the other variants replay files with ours.
FUZZ_DRIVER := $(if $(FUZZ_LINK),,$(OUT)/obj/tests/fuzz/driver.o)

# Says what it makes; V=1 shows the whole command.
define run
@$(if $(V),,echo '$(or $(2),$(CC)) $@';) mkdir -p $(@D)
$(if $(V),,@)$(1)
endef

.PHONY: all web web-check benches unit cli-tests browser-tests fuzzers fuzz-corpora headers layers budget sqltext banned format \
	format-fix tool-tests cppcheck readme lint-plan openapi check setup run stop bench soak clean install help

all: $(BINARY)

$(BINARY): $(OBJECTS) $(OUT)/flags
	$(call run,$(CC) $(LDFLAGS) -o $@ $(OBJECTS) $(LDLIBS))

# The stamp changes only when the flags or the list of files do, and then all is rebuilt or linked again.
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(LDLIBS))' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# Removing a source leaves no object newer than the binary, so the list itself is watched too.
$(OUT)/sources: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(SOURCES) $(FACE) $(wildcard tests/unit/*.c) >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
$(BINARY) $(OUT)/unit: $(OUT)/sources

.PHONY: FORCE
FORCE:

$(OUT)/obj/src/%.o: src/%.c $(OUT)/flags
	$(call run,$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<)

$(OUT)/obj/src/identity/common.o: content/common-passwords.txt

# The web application: its tools, its pages, and those as a table of bytes. Its pages follow the API's description.
web/node_modules/.package-lock.json: web/package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing, which builds the web application: make setup, or make WEB=no'; exit 1; }
	$(call run,cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error,npm)
	@touch $@
build/web/index.html: web/node_modules/.package-lock.json docs/openapi.json web/index.html web/package.json \
		$(wildcard web/*.ts web/*.js) $(shell find web/src web/public -type f ! -name schema.d.ts 2>/dev/null)
	$(call run,cd web && npm run --silent build -- --logLevel warn,vite)
	@touch $@
build/face-yes/table.c: build/web/index.html tools/face.mjs
	$(call run,node tools/face.mjs build/web build/face-yes,node)
build/face-yes/files.S: build/face-yes/table.c
build/face-no/table.c:
	@mkdir -p $(@D)
	@printf '#include "face/face.h"\n\nconst struct face_file face_files[1];\nconst size_t face_file_count = 0;\n' >$@
web: build/web/index.html
# Types, markup, and the tests of what it works out by itself.
web-check: web/node_modules/.package-lock.json
	@cd web && npm run --silent check && npm test --silent

$(OUT)/obj/face-$(WEB)/table.o: $(FACE)/table.c src/face/face.h $(OUT)/flags
	$(call run,$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<)
$(OUT)/obj/face-$(WEB)/files.o: $(FACE)/files.S $(FACE)/table.c $(OUT)/flags
	$(call run,$(CC) -c -o $@ $<)

$(OUT)/obj/tests/%.o: tests/%.c $(OUT)/flags
	$(call run,$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -c -o $@ $<)

$(OUT)/obj/bench/%.o: bench/%.c $(OUT)/flags
	$(call run,$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<)

$(BENCHES): $(OUT)/bench/%: $(OUT)/obj/bench/%.o $(LIBRARY)
	$(call run,$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS))

$(LOADS): $(OUT)/tests/load/%: $(OUT)/obj/tests/load/%.o $(LIBRARY)
	$(call run,$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS))

$(OUT)/unit: $(LIBRARY) $(UNIT_OBJECTS) $(OUT)/flags
	$(call run,$(CC) $(LDFLAGS) -o $@ $(LIBRARY) $(UNIT_OBJECTS) $(LDLIBS))

$(FUZZERS): $(OUT)/fuzz/%: $(OUT)/obj/tests/fuzz/%_fuzz.o $(FUZZ_DRIVER) $(LIBRARY)
	$(call run,$(CC) $(LDFLAGS) $(FUZZ_LINK) -o $@ $^ $(LDLIBS))

.SECONDARY:
-include $(OBJECTS:.o=.d) $(UNIT_OBJECTS:.o=.d) $(patsubst bench/%.c,$(OUT)/obj/bench/%.d,$(wildcard bench/*.c)) $(LOADS:$(OUT)/%=$(OUT)/obj/%.d) $(patsubst %,$(OUT)/obj/tests/fuzz/%_fuzz.d,$(FUZZ_NAMES))

# T=text runs only the tests whose name contains the text; STORE=postgres those that have a store, on a
# server of their own.
ifeq ($(STORE),postgres)
# A server answers more slowly than a file.
ON_STORE := UNIT_SECONDS=$(or $(UNIT_SECONDS),120) tools/postgres.sh with --fast
else ifneq ($(STORE),)
$(error STORE is $(STORE); it must be postgres, or nothing for SQLite)
endif
unit: $(OUT)/unit
	@$(ON_STORE) $(OUT)/unit $(T)

cli-tests: $(BINARY) $(LOADS)
	@LOAD=$(CURDIR)/$(OUT)/tests/load tests/cli/run.sh $(BINARY) '$(T)'

# With Debian's Chromium, against this program and a demo. T=text runs tests with the text in their names.
tests/browser/node_modules/.package-lock.json: tests/browser/package-lock.json
	$(call run,cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error,npm)
	@touch $@
browser-tests: $(BINARY) tests/browser/node_modules/.package-lock.json
	@cd tests/browser && npx tsc --noEmit -p . && HOLDFAST=$(CURDIR)/$(BINARY) npx playwright test $(if $(T),--grep '$(T)')

fuzzers: $(FUZZERS)

fuzz-corpora:
	@$(MAKE) VARIANT=asan fuzzers
	@tests/fuzz/run.sh build/asan/fuzz

headers: $(HEADERS:%=build/headers/%.ok)

# Every header compiles alone, whoever includes it first.
build/headers/%.ok: % $(HEADERS)
	@mkdir -p $(@D)
	@echo 'typedef int header_stands_alone;' | gcc $(CPPFLAGS) -std=c17 $(WARN) $(WARN_GCC) \
		-Werror -fsyntax-only -x c -include $< - || \
		{ echo "$<:1: include in the header itself what it needs"; exit 1; }
	@touch $@

layers:
	@tools/check_layers.sh
budget:
	@tools/check_budget.sh
sqltext:
	@tools/check_sqltext.sh
banned:
	@tools/check_banned.sh
format:
	@tools/check_format.sh
format-fix:
	clang-format -i $(SOURCES) $(HEADERS) $(wildcard tests/*.[ch] tests/*/*.[ch] bench/*.[ch])
tool-tests:
	@tests/tools/run.sh
cppcheck:
	@tools/check_cppcheck.sh
readme: all
	@tools/check_readme.sh

openapi: all
	env -u HOLDFAST_HOME build/holdfast openapi >docs/openapi.json

lint-plan: $(BINARY)
	$(ON_STORE) sh -c '$(BINARY) lint content/plans/post-office-2015 $${HOLDFAST_TEST_STORE:+--store "$$HOLDFAST_TEST_STORE"}'

check:
	@tools/setup.sh check
	@tools/check.sh

setup:
	@tools/setup.sh

run:
	@tools/setup.sh $(STORE)
	@$(MAKE) all
	@tools/run.sh $(STORE)
stop:
	@tools/run.sh stop

# BENCH_RECORDS=100000 for a quick look.
bench: all benches
	@tools/setup.sh bench || echo 'bench: going on without what could not be installed' >&2
	@bench/run.sh
benches: $(BENCHES)
soak: all
	@tools/setup.sh soak
	@tools/soak.sh

# The binary looks for its content below PREFIX, so it is built for that place.
install:
	$(MAKE) VARIANT=release SUFFIX=-installed CONTENT='$(PREFIX)/share/holdfast/content' all
	install -D -m 755 build/release-installed/holdfast '$(DESTDIR)$(PREFIX)/bin/holdfast'
	rm -rf '$(DESTDIR)$(PREFIX)/share/holdfast/content'
	install -d '$(DESTDIR)$(PREFIX)/share/holdfast'
	cp -R content '$(DESTDIR)$(PREFIX)/share/holdfast/content'
	chmod -R u=rwX,go=rX '$(DESTDIR)$(PREFIX)/share/holdfast'
	install -D -m 644 -t '$(DESTDIR)$(PREFIX)/share/doc/holdfast' LICENSE README.md
	install -D -m 644 -t '$(DESTDIR)$(PREFIX)/share/doc/holdfast/docs' docs/*.md docs/openapi.json
	install -d '$(DESTDIR)$(PREFIX)/lib/systemd/system'
	sed 's|/usr/local/|$(PREFIX)/|g' dist/holdfast.service >'$(DESTDIR)$(PREFIX)/lib/systemd/system/holdfast.service'

clean: stop
	rm -rf build

help:
	@echo 'make                  build build/holdfast'
	@echo 'make run              install what is missing, build, make a demo workspace in build/demo, show it and serve it'
	@echo 'make stop             end the server, and the PostgreSQL, that make run started'
	@echo 'make install          install under PREFIX ($(PREFIX)); DESTDIR for packagers'
	@echo 'make check            everything that CI asks; see tools/check.sh'
	@echo 'make unit [T=text]    unit tests, those whose name contains the text'
	@echo '                      STORE=postgres: those that have a store, on a private PostgreSQL;'
	@echo '                      it goes with run and lint-plan, too'
	@echo 'make cli-tests [T=..] tests of the real binary'
	@echo 'make fuzz-corpora     replay the fuzz corpora under ASan and UBSan'
	@echo 'make headers layers budget sqltext banned format cppcheck readme lint-plan tool-tests'
	@echo '                      one rule of the house each'
	@echo 'make openapi          write docs/openapi.json anew, the description of the API'
	@echo 'make format-fix       let clang-format rewrite the C files'
	@echo 'make soak             fuzz each target FUZZ_SECONDS (60), attack a server with known tools, and run the'
	@echo '                      unit tests under valgrind'
	@echo 'make bench            measure against limits, with a million records (or BENCH_RECORDS=100000)'
	@echo 'make web-check         types, markup and arithmetic of the web application'
	@echo 'make browser-tests     the web application in a browser (T=text)'
	@echo 'make web              the web application alone, into build/web'
	@echo 'make setup clean help'
	@echo
	@echo 'VARIANT=release|clang|asan|tsan|fuzz chooses the build, each in build/VARIANT.'
	@echo 'WEB=no builds without the web application, and needs no npm.'
	@echo 'WERROR= accepts warnings of newer compilers; V=1 shows whole commands.'
