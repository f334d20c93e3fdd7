#!/usr/bin/env bash
# Browser tests against real servers with fresh workspaces.
# usage: e2e.sh path/to/dueflow [arguments of playwright test]
set -euo pipefail
binary=$(realpath "$1")
shift
cd "$(dirname "$0")/.."

data=$(mktemp -d)
pids=()
stop() {
  status=$?
  trap - EXIT
  kill "${pids[@]}" 2>/dev/null || true
  wait "${pids[@]}" 2>/dev/null || true
  if [ "$status" -ne 0 ]; then
    for log in "$data"/*.log; do
      echo "The server $(basename "$log" .log) said last:" >&2
      tail -n 40 "$log" >&2 || true
    done
  fi
  rm -rf "$data"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT TERM

# start NAME [flags]: a server with data of its own.
start() {
  "$binary" serve --data "$data/$1" --listen 127.0.0.1:0 "${@:2}" >"$data/$1.log" 2>&1 &
  pids+=("$!")
}

# said NAME PATTERN: what the server printed that matches, once it has.
said() {
  for _ in $(seq 240); do
    if grep -om1 "$2" "$data/$1.log"; then return; fi
    sleep 0.5
  done
  echo "The server $1 was not ready within two minutes." >&2
  return 1
}

# A demo whose days pass, one that stands nearly still for tests that look at
# the same account for a while, and one that nobody has set up yet.
export DUEFLOW_CATALOG_FOLDERS=$data/catalogs # below which tests put catalogues of their own
mkdir "$DUEFLOW_CATALOG_FOLDERS"
start demo --demo
start still --demo --demo-day 1h
start fresh
export DUEFLOW_BINARY=$binary # some tests start servers of their own
DUEFLOW_URL=$(said demo 'http://127[^ ]*')
DUEFLOW_STILL_URL=$(said still 'http://127[^ ]*')
DUEFLOW_SETUP_URL=$(said fresh 'http://[^ ]*/setup#[^ ]*')
export DUEFLOW_URL DUEFLOW_STILL_URL DUEFLOW_SETUP_URL
npm run e2e -- "$@"
