#compdef tvhook-listen
# zsh completion for tvhook-listen. Made by completions/regenerate.sh from the option definitions.
_arguments -s -S \
  '--address=[Listen here]:HOST:PORT:' \
  '--path=[The path alerts are posted to]:PATH:' \
  '*--secret-file=[A file with one secret, readable by its owner only]:FILE:_files' \
  '--no-auth[Accept alerts without a secret]' \
  '*--allow=[Take alerts from these addresses only: a network such as 192.0.2.0/24, or tradingview for its published addresses]:NETWORK:' \
  '*--trust-proxy=[Believe these addresses whom they speak for, in X-Forwarded-For or a PROXY protocol header]:NETWORK:' \
  '--tls-cert=[Speak TLS with this certificate]:FILE:_files' \
  '--tls-key=[The certificate'\''s key]:FILE:_files' \
  '--client-cert=[What clients have to present: nothing]:MODE:(off observe require)' \
  '--client-ca=[The authorities of client certificates]:FILE:_files' \
  '*--client-fingerprint=[The SHA-256 of a client certificate that is known, whoever issued it]:HEX:' \
  '--ready-fd=[Write the URL as one line to this descriptor when alerts are accepted]:N:' \
  '--no-stdout[Print no signals]' \
  '--takeover[Take the address of the running listener of this journal, which ends once this one serves: no connection is lost]' \
  '--config=[Read this configuration]:FILE:_files' \
  '--journal=[Use this journal]:FILE:_files' \
  '--log-level=[Least grave log line to write on stderr]:LEVEL:(debug info warning error)' \
  '--log-format=[How log lines are written]:FORMAT:(text json)' \
  '(-q --quiet)'{-q,--quiet}'[Log errors only]' \
  '(-v --verbose)'{-v,--verbose}'[Log everything, as --log-level debug]' \
  '--check[Test configuration and environment, change nothing]' \
  '--help[Show this text and exit]' \
  '--version[Show the version and exit]'
