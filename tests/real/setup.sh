#!/usr/bin/env bash
# Installs what tests/real needs of other people's: the servers that it talks to, the judges of web
# pages and readers of feeds into .real/ at the project's root, Debian's Chromium, newsboat and
# PostgreSQL.
#
#   tests/real/setup.sh          install what is missing or out of date; at once when nothing is
#   tests/real/setup.sh --lock   write the lock files anew, from package.json and the .in files
#
# The servers and judges stay out of the project's own environment: the Mastodon mock brings FastAPI
# and a pytest plugin, Synapse brings Twisted, the WebSub hub Flask and Celery, Telegram's parser a
# library of its own, the AT Protocol servers a Node. Nothing is fetched but packages.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
real=$(cd -- "$here/../.." && pwd)/.real
python=${PYTHON:-python3}

say() { printf 'real: %s\n' "$*" >&2; }

have_compiler() { command -v make && command -v g++; } >/dev/null
have_venv() { "$python" -c 'import ensurepip, venv'; } 2>/dev/null
have_npm() { command -v npm; } >/dev/null
have_browser() { command -v chromium; } >/dev/null
have_nginx() { PATH=$PATH:/usr/sbin command -v nginx; } >/dev/null
have_newsboat() { command -v newsboat; } >/dev/null
have_postgresql() { ls /usr/lib/postgresql/*/bin/initdb || command -v initdb; } >/dev/null 2>&1
have_caddy() { command -v caddy; } >/dev/null

# Debian packages, asked for only when the command that they give is not there.
system_packages() {
    local missing=()
    have_compiler || missing+=(build-essential)
    have_venv || missing+=(python3 python3-venv)
    have_npm || missing+=(npm)
    have_browser || missing+=(chromium)
    have_nginx || missing+=(nginx-light)
    have_caddy || missing+=(caddy)
    have_newsboat || missing+=(newsboat)
    have_postgresql || missing+=(postgresql)
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "please install: ${missing[*]}"
        exit 1
    fi
    say "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        "${missing[@]}" >/dev/null
}

# One line that changes when any of the given files, or the kind of machine, does.
fingerprint() { { uname -sm; "$python" -V; cat -- "$@"; } | sha256sum | cut -d' ' -f1; }

is_fresh() { [ -f "$real/$1.stamp" ] && [ "$(cat "$real/$1.stamp")" = "$2" ]; }

install_node_packages() {
    local print node log=$real/build.log
    print=$(fingerprint "$here"/npm/package.json "$here"/npm/package-lock.json "$here/setup.sh")
    is_fresh npm "$print" && return
    say "installing Node and its packages (two to three minutes: SQLite is compiled)"
    rm -f "$real/npm.stamp"
    cp -- "$here"/npm/package.json "$here"/npm/package-lock.json "$real/"
    cd -- "$real"
    # Install scripts are off: the one that matters is run by hand below, with the right Node.
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    # The one package that fits this machine, under a name that does not tell which it is.
    ln -sfn -- node_modules/node-linux-* node
    node=$real/node
    # The headers are the package's own, so that node-gyp has nothing to download.
    (
        cd node_modules/better-sqlite3 &&
            PATH="$node/bin:$PATH" npm_config_nodedir="$node" \
                "$node/bin/node" ../node-gyp/bin/node-gyp.js rebuild --release
    ) >"$log" 2>&1 || { tail -n 40 "$log" >&2; say "SQLite was not built: $log"; exit 1; }
    "$node/bin/node" -e 'new (require("better-sqlite3"))(":memory:").close()'
    echo "$print" >"$real/npm.stamp"
}

# An environment of its own: its name, its lock file without the ending, a module to try, and a
# package that there is as source only, if any: setuptools, which builds it, is locked as well.
install_venv() {
    local name=$1 lock=$here/$2.txt module=$3 source=${4:-} print
    local install=("$real/$1/bin/pip" install --quiet --disable-pip-version-check --require-hashes
        --only-binary :all:)
    print=$(fingerprint "$lock" "$here/setup.sh")
    is_fresh "$name" "$print" && return
    say "installing $2"
    rm -rf -- "${real:?}/$name" "$real/$name.stamp"
    "$python" -m venv "$real/$name"
    if [ -n "$source" ]; then
        "${install[@]}" -r <(awk '/^setuptools==/, !/\\$/' "$lock")
        install+=(--no-binary "$source" --no-build-isolation --use-pep517)
    fi
    "${install[@]}" -r "$lock"
    "$real/$name/bin/python" -c "import $module"
    echo "$print" >"$real/$name.stamp"
}

# No lock file may name a registry's host: each machine has its own.
write_locks() {
    cd -- "$here/npm"
    rm -f package-lock.json
    npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts \
        --no-audit --no-fund --loglevel=error
    [ -x "$real/lock/bin/uv" ] || "$python" -m venv "$real/lock"
    "$real/lock/bin/pip" install --quiet --disable-pip-version-check uv
    cd -- "$here"
    local name
    for name in requirements-mastodon-mock requirements-synapse requirements-websub \
        requirements-judges; do
        "$real/lock/bin/uv" pip compile "$name.in" --universal --quiet --upgrade \
            --python-version 3.11 --generate-hashes --no-annotate \
            --no-emit-index-url --no-emit-find-links \
            --custom-compile-command "tests/real/setup.sh --lock" -o "$name.txt"
    done
}

mkdir -p -- "$real"
exec 9>"$real/.lock"
flock -w 900 9 || { say "another setup has held $real/.lock for 15 minutes"; exit 1; }
system_packages
if [ "${1:-}" = --lock ]; then
    write_locks
    exit
fi
install_node_packages
install_venv venv requirements-mastodon-mock mastodon_mock.app
install_venv synapse requirements-synapse synapse.app.homeserver
install_venv websub requirements-websub flask_websub.hub flask-websub
install_venv judges requirements-judges tdjson
