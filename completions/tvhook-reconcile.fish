# fish completion for tvhook-reconcile. Made by completions/regenerate.sh from the option definitions.
complete -c tvhook-reconcile -f
complete -c tvhook-reconcile -l venue -x -d 'Compare this venue only'
complete -c tvhook-reconcile -l format -x -a 'table json' -d 'Table for a person, json: one drift record a line'
complete -c tvhook-reconcile -l tolerance -x -d 'Differences up to this many base units are not drift'
complete -c tvhook-reconcile -l config -r -F -d 'Read this configuration'
complete -c tvhook-reconcile -l journal -r -F -d 'Use this journal'
complete -c tvhook-reconcile -l log-level -x -a 'debug info warning error' -d 'Least grave log line to write on stderr'
complete -c tvhook-reconcile -l log-format -x -a 'text json' -d 'How log lines are written'
complete -c tvhook-reconcile -s q -l quiet -d 'Log errors only'
complete -c tvhook-reconcile -s v -l verbose -d 'Log everything, as --log-level debug'
complete -c tvhook-reconcile -l check -d 'Test configuration and environment, change nothing'
complete -c tvhook-reconcile -l help -d 'Show this text and exit'
complete -c tvhook-reconcile -l version -d 'Show the version and exit'
