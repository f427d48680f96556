#compdef tvhook-validate
# zsh completion for tvhook-validate. Made by completions/regenerate.sh from the option definitions.
_arguments -s -S \
  '--format=[Text: signals on stdout]:FORMAT:(text json sarif)' \
  '--template[Each file is an alert'\''s message with its placeholders, such as {{close}}: check them, fill them with samples and say what each becomes]' \
  '--pine[Each file is Pine source: find its alert messages, check them and say what each becomes]' \
  '--strict[Count warnings as errors]' \
  '--lenient[Repair what is almost JSON, say each repair and print the mended text]' \
  '--dialect=[Read every alert as this service'\''s, whatever marks it bears, such as traderspost]:NAME:' \
  '--venue=[Say what order each alert would become, at this venue where its strategy names no other, by the filters and positions that the journal knows]:NAME:' \
  '--explain=[Explain a finding'\''s code, such as TV012, and stop]:CODE:' \
  '--schema[Print the JSON Schema of a signal record, and stop]' \
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
