# bash completion for tvhook-reconcile. Made by completions/regenerate.sh from the option definitions.
_tvhook_reconcile() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  # --name=value comes as three words.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $previous in
    --format)
      mapfile -t COMPREPLY < <(compgen -W 'table json' -- "$current")
      return
      ;;
    --log-level)
      mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$current")
      return
      ;;
    --log-format)
      mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$current")
      return
      ;;
    --config | --journal)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames 2>/dev/null
      return
      ;;
    --venue | --tolerance | --explain)
      return
      ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--venue --format --tolerance --explain --config --journal --log-level --log-format -q --quiet -v --verbose --check --help --version' -- "$current")
  fi
}
complete -F _tvhook_reconcile tvhook-reconcile
