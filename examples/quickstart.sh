#!/usr/bin/env bash
# The first minute: installs what building needs, builds the tools, and shows five alerts becoming (or not becoming)
# orders on the paper venue. Everything it starts, it stops; everything it makes is under a temporary folder, except
# the build in build/release.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/examples/building.sh"
tools=(tvhook-listen tvhook-validate tvhook-exec tvhook-reconcile tvhook-replay)

install_packages
say "building … ${#tools[@]} tools into build/release/bin (the first time takes minutes)"
build_tree "$root" release "${tools[@]}"
PATH=$root/build/release/bin:$PATH

folder=
pipeline=
finish() {
  local code=$?
  trap - EXIT INT TERM
  if [ -n "$pipeline" ]; then
    kill -TERM -- "-$pipeline" 2>/dev/null || true
    wait 2>/dev/null || true
  fi
  if [ "$code" != 0 ] && [ -n "$folder" ]; then
    say "quickstart stopped with $code; the tools' last words:"
    tail -n 5 "$folder"/*.log >&2 2>/dev/null || true
  fi
  if [ -n "$folder" ]; then rm -rf "$folder"; fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
folder=$(mktemp -d "${TMPDIR:-/tmp}/tvhook.XXXXXX")

# Nothing of this machine's own set-up takes part.
unset TVHOOK_CONFIG
export TVHOOK_SECRET="quickstart-$RANDOM$RANDOM" TVHOOK_JOURNAL="$folder/journal.db"
cd "$folder"
: >tvhook.toml

# Job control gives the pipeline a process group of its own; its leader is the listener.
mkfifo ready
exec 4<>ready
set -m
tvhook-listen --address 127.0.0.1:0 --ready-fd 3 3>ready 2>listen.log | tvhook-exec >orders.ndjson 2>exec.log &
pipeline=$(jobs -p %+)
set +m
read -r -t 30 url <&4 || die "the listener did not start"
exec 4>&-
printf 'journal  %s      listening  %s\n\n' "$TVHOOK_JOURNAL" "$url"

post() { # post WHAT BODY
  local status answer
  status=$(curl --silent --show-error --output answer.json --write-out '%{http_code}' --header 'Content-Type: application/json' \
    --data-binary "$2" "$url")
  answer=$(jq --raw-output 'if .status == "accepted" then "accepted   signal " + .id[:8] + "…"
    elif .status == "duplicate" then "duplicate of " + .id[:8] + "…"
    else .errors[0] | (if .line and (.message | startswith("line") | not) then "line \(.line) column \(.column): " else "" end)
      + .message end' answer.json)
  printf '  %-31s %s %s\n' "$1" "$status" "$answer"
}

printf '  %-31s %s\n' alert answer
buy='{"secret":"'$TVHOOK_SECRET'","action":"buy","symbol":"BTCUSDT","quantity":0.01,"price":65000.50}'
post 'buy 0.01 BTCUSDT' "$buy"
post 'COMPRA 0.5 ETHUSDT' '{"segredo":"'"$TVHOOK_SECRET"'","acao":"COMPRA","ativo":"ETHUSDT","qtd":0.5,"price":3120}'
post 'buy 0.01 BTCUSDT (again)' "$buy"
post 'wrong secret' '{"secret":"guess","action":"buy","symbol":"BTCUSDT","quantity":0.01,"price":65000.50}'
post '{"action":"buy",}' '{"action":"buy",}'

# The listener answers what it has, closes its stdout, and exec ends with its input.
kill -TERM "$pipeline"
wait "%+" || die "the executor ended with $?"
pipeline=

look() { sqlite3 -readonly -header -column "$TVHOOK_JOURNAL" "$1"; }
printf '\n'
look "SELECT substr(o.client_order_id, 1, 11) || '…' AS 'order', o.instrument AS symbol, o.side, o.quantity,
        o.first_price AS price, o.state, printf('%.1f ms', l.outcome_ms) AS took
      FROM v_orders o JOIN v_latency l USING (client_order_id)"
printf '\n'
look "SELECT instrument AS position, quantity, average_price AS average, realised_profit AS realised FROM v_positions"
printf '\n'
tvhook-reconcile --venue paper
printf '\nNext: README.md has the pipelines, examples/tvhook.toml a configuration to start from.\n'
