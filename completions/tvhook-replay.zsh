#compdef tvhook-replay
# zsh completion for tvhook-replay. Made by completions/regenerate.sh from the option definitions.
_arguments -s -S \
  '--from=[Only signals received at or after: 2026-11-20T10:00:00Z, or -7d]:TIME:' \
  '--to=[Only signals received before]:TIME:' \
  '--strategy=[Only this strategy]:NAME:' \
  '--symbol=[Only this symbol]:SYMBOL:' \
  '--action=[Only this action]:ACTION:' \
  '--venue=[Run them through this paper venue, on an account of the replay'\''s own]:NAME:' \
  '--config=[Read this configuration]:FILE:_files' \
  '--journal=[Use this journal]:FILE:_files' \
  '--log-level=[Least grave log line to write on stderr]:LEVEL:(debug info warning error)' \
  '--log-format=[How log lines are written]:FORMAT:(text json)' \
  '(-q --quiet)'{-q,--quiet}'[Log errors only]' \
  '(-v --verbose)'{-v,--verbose}'[Log everything, as --log-level debug]' \
  '--check[Test configuration and environment, change nothing]' \
  '--help[Show this text and exit]' \
  '--version[Show the version and exit]' \
  '*:FILE:_files'
