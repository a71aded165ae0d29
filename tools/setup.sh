#!/bin/sh
# setup.sh [postgres | bench | check | soak] -- installs through apt what is missing to build Holdfast on Debian 12, with
# `postgres` also the server of tools/postgres.sh, with `bench` what measures and what is measured beside it, with `check`
# all that its tests need: glewlwyd, unpacked in build/glewlwyd, and where there is Node.js, also the linter of
# docs/openapi.json, through npm into build/openapi; and with `soak` the attack tools, too. When nothing is missing it does
# nothing, needs no network and no rights.
set -eu
want=${1:-build}
case $want in
build | postgres | bench | check | soak) ;;
*) echo "usage: tools/setup.sh [postgres | bench | check | soak]" >&2; exit 2 ;;
esac

# package, a file or command that shows it is there, why it is needed
needs() {
	cat <<-END
		gcc               command:gcc                            compiles
		libc6-dev         header:stdio.h                         compiles
		make              command:make                           builds
		libsqlite3-dev    header:sqlite3.h                       the store
		libpq-dev         header:postgresql/libpq-fe.h           the store on a server
		libsodium-dev     header:sodium.h                        signatures, random numbers
		libssl-dev        header:openssl/evp.h                   SHA-256
		libyaml-dev       header:yaml.h                          plans and registers
		libjansson-dev    header:jansson.h                       JSON
		libmicrohttpd-dev header:microhttpd.h                    the server
		libgnutls28-dev   header:gnutls/gnutls.h                 the server's TLS
		zlib1g-dev        header:zlib.h                          packs what is answered
		libutf8proc-dev   header:utf8proc.h                      letters without accents, for the search
		libcurl4-gnutls-dev header:curl/curl.h                asks providers of sign-ins
		sqlite3           command:sqlite3                        looks into a store by hand
		tzdata            file:/usr/share/zoneinfo/Europe/London time zones
		curl              command:curl                           the tour of make run
		oathtool          command:oathtool                       an authenticator for it
		nodejs            command:node                           builds the web application
		npm               command:npm                            what that is built with
	END
	[ "$want" != build ] || return 0
	cat <<-END
		postgresql-15     file:/usr/lib/postgresql/15/bin/postgres a server for tests and the demo
	END
	[ "$want" != postgres ] || return 0
	if [ "$want" = bench ]; then
		cat <<-END
			wrk               command:wrk                            asks over HTTP
			fossil            command:fossil                         measured beside it
			request-tracker5  file:/usr/share/request-tracker5/libexec/rt-server measured beside it
			rt5-db-sqlite     package                                its store
			chromium-headless-shell command:chromium-headless-shell opens the pages
		END
		return 0
	fi
	cat <<-END
		python3           command:python3                        tests of the command line
		openssl           command:openssl                        certificates for tests
		clang             command:clang                          second compiler
		libclang-rt-14-dev package                               libFuzzer
		clang-format      command:clang-format                   format
		valgrind          command:valgrind                       memory check of make soak
		cppcheck          command:cppcheck                       static analysis
		util-linux        command:setarch                        sanitizers
		libhoel1.4        package                                glewlwyd, which is not installed itself
		libiddawc1.1      package                                glewlwyd
		libulfius2.7      package                                glewlwyd
		libconfig9        package                                glewlwyd
		liboath0          package                                glewlwyd
		libcbor0.8        package                                glewlwyd
		libldap-2.5-0     package                                glewlwyd
		chromium-headless-shell command:chromium-headless-shell tests of the web application
	END
	[ "$want" = soak ] || return 0
	cat <<-END
		slowhttptest      command:slowhttptest                   slow clients
		sqlmap            command:sqlmap                         injection
		wapiti            command:wapiti                         scripts, redirects, files
		testssl.sh        command:testssl                        TLS
	END
}

installed() {
	command -v dpkg-query >/dev/null &&
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

present() {
	case $2 in
	command:*) command -v "${2#command:}" >/dev/null ;;
	header:*) [ -r "/usr/include/${2#header:}" ] || installed "$1" ;;
	file:*) [ -r "${2#file:}" ] ;;
	package) installed "$1" ;;
	esac
}

# As tools/openapi/package-lock.json has it; a copy of that beside it says that it is all there. A linter that could not be
# had fails its own step of `make check` only.
linter() {
	tools=$(dirname "$0")
	case $want in check | soak) ;; *) return 0 ;; esac
	"$tools/openapi/node.sh" || return 0
	! cmp -s "$tools/openapi/package-lock.json" "$tools/../build/openapi/package-lock.json" || return 0
	echo 'Installing the linter of docs/openapi.json with npm ...'
	mkdir -p "$tools/../build/openapi"
	cp "$tools/openapi/package.json" "$tools/openapi/package-lock.json" "$tools/../build/openapi"
	(cd "$tools/../build/openapi" && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) || {
		rm -f "$tools/../build/openapi/package-lock.json"
		tail -n 5 "$tools/../build/openapi/npm.log" >&2
		echo 'npm failed, as shown above.' >&2
	}
}

# Debian's package of a provider of OpenID Connect starts a server when it is installed. Tests start their own, so it is
# only unpacked. What could not be had fails its own test.
provider() {
	to=$(dirname "$0")/../build/glewlwyd
	case $want in check | soak) ;; *) return 0 ;; esac
	[ ! -x "$to/usr/bin/glewlwyd" ] || return 0
	echo 'Unpacking glewlwyd into build/glewlwyd ...'
	(mkdir -p "$to" && cd "$to" && apt-get download -q glewlwyd && dpkg-deb -x glewlwyd_*.deb . && rm glewlwyd_*.deb) >/dev/null 2>&1 ||
		echo 'It could not be had; its test in tests/cli fails.' >&2
}

missing=$(needs | while read -r package probe why; do
	present "$package" "$probe" || echo "$package ($why)"
done)
[ -n "$missing" ] || { linter; provider; exit 0; }

packages=$(printf '%s\n' "$missing" | cut -d ' ' -f 1 | tr '\n' ' ')
echo "Missing for $want:"
printf '%s\n' "$missing" | sed 's/^/  /'
if ! command -v apt-get >/dev/null; then
	echo "Only Debian's apt-get is known here. Install these by the means of this system, then try again." >&2
	exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif command -v sudo >/dev/null; then
	as_root=sudo
else
	echo "Neither root nor sudo here. As root, run: apt-get install --no-install-recommends $packages" >&2
	exit 1
fi

# Debian's package makes a cluster of its own and starts it, when it comes new to a machine. Here nobody asked for one.
no_cluster() {
	case " $packages" in
	*" postgresql-15 "*) ;;
	*) return 0 ;;
	esac
	[ ! -e /etc/postgresql-common/createcluster.conf ] || return 0
	$as_root mkdir -p /etc/postgresql-common &&
		echo 'create_main_cluster = false' | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing them with apt-get${as_root:+ through sudo} ..."
# shellcheck disable=SC2086 # the list is words on purpose; no as_root is no word
if ! { $as_root apt-get update -q && no_cluster &&
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "apt-get failed, as shown above. Mend that, or install by hand: $packages" >&2
	exit 1
fi
linter
provider
echo "Installed."
