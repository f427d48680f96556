#compdef tvhook-exec
# zsh completion for tvhook-exec. Made by completions/regenerate.sh from the option definitions.
_arguments -s -S \
  '--follow[Read the journal instead of stdin, until stopped]::value:(-)' \
  '--venue=[Venue of strategies whose section names none]:NAME:' \
  '*--symbol=[Execute only this symbol]:SYMBOL:' \
  '*--strategy=[Execute only this strategy]:NAME:' \
  '--plan[Print what would be sent, send nothing, change nothing]' \
  '--live[Allow venues whose mode is live]' \
  '--halt=[Stop all trading: returns when no later order can be committed]:REASON:' \
  '--resume[Lift a halt]' \
  '--flatten[Cancel what rests and close what is held, under a halt too]' \
  '--status[Print what the executor is doing, what stands open, and every limit]' \
  '--format=[Form of what --status and --plan print: text for the one, json for the other, unless told]:FORMAT:(text json)' \
  '--config=[Read this configuration]:FILE:_files' \
  '--journal=[Use this journal]:FILE:_files' \
  '--log-level=[Least grave log line to write on stderr]:LEVEL:(debug info warning error)' \
  '--log-format=[How log lines are written]:FORMAT:(text json)' \
  '(-q --quiet)'{-q,--quiet}'[Log errors only]' \
  '(-v --verbose)'{-v,--verbose}'[Log everything, as --log-level debug]' \
  '--check[Test configuration and environment, change nothing]' \
  '--help[Show this text and exit]' \
  '--version[Show the version and exit]'
