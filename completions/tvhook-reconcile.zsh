#compdef tvhook-reconcile
# zsh completion for tvhook-reconcile. Made by completions/regenerate.sh from the option definitions.
_arguments -s -S \
  '--venue=[Compare this venue only]:NAME:' \
  '--format=[Table for a person, json: one drift record a line, or event record with --explain]:FORMAT:(table json)' \
  '--tolerance=[Differences up to this many base units are not drift]:QUANTITY:' \
  '--explain=[Tell one signal'\''s or order'\''s whole life, by its id or the beginning of it, and compare nothing]:ID:' \
  '--config=[Read this configuration]:FILE:_files' \
  '--journal=[Use this journal]:FILE:_files' \
  '--log-level=[Least grave log line to write on stderr]:LEVEL:(debug info warning error)' \
  '--log-format=[How log lines are written]:FORMAT:(text json)' \
  '(-q --quiet)'{-q,--quiet}'[Log errors only]' \
  '(-v --verbose)'{-v,--verbose}'[Log everything, as --log-level debug]' \
  '--check[Test configuration and environment, change nothing]' \
  '--help[Show this text and exit]' \
  '--version[Show the version and exit]'
