#!/usr/bin/env bash
# Browser tests against a real server with a fresh demo workspace.
# usage: e2e.sh path/to/dueflow [arguments of playwright test]
set -euo pipefail
binary=$(realpath "$1")
shift
cd "$(dirname "$0")/.."

data=$(mktemp -d)
# Some tests start servers of their own.
export DUEFLOW_BINARY=$binary
# A second server, that nobody has set up yet: it prints its link once.
"$binary" serve --data "$data/fresh" --listen 127.0.0.1:0 >"$data/fresh.log" 2>&1 &
fresh=$!
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
export DUEFLOW_URL="http://127.0.0.1:$port"

"$binary" serve --demo --data "$data" --listen "127.0.0.1:$port" >"$data/log" 2>&1 &
server=$!
stop() {
  status=$?
  trap - EXIT
  kill "$server" "$fresh" 2>/dev/null || true
  wait "$server" "$fresh" 2>/dev/null || true
  if [ "$status" -ne 0 ]; then
    echo "The server said last:" >&2
    tail -n 40 "$data/log" >&2 || true
  fi
  rm -rf "$data"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT TERM

for _ in $(seq 240); do
  if ! kill -0 "$server" 2>/dev/null; then
    echo "The server ended before it was ready." >&2
    exit 1
  fi
  if node -e 'fetch(process.env.DUEFLOW_URL + "/readyz").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))'; then
    for _ in $(seq 120); do
      grep -q 'setup#' "$data/fresh.log" && break
      sleep 0.5
    done
    DUEFLOW_SETUP_URL=$(grep -o 'http://[^ ]*/setup#[^ ]*' "$data/fresh.log")
    export DUEFLOW_SETUP_URL
    npm run e2e -- "$@"
    exit
  fi
  sleep 0.5
done
echo "The server was not ready within two minutes." >&2
exit 1
