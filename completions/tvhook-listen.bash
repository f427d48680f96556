# bash completion for tvhook-listen. Made by completions/regenerate.sh from the option definitions.
_tvhook_listen() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  # --name=value comes as three words.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $previous in
    --client-cert)
      mapfile -t COMPREPLY < <(compgen -W 'off observe require' -- "$current")
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
    --secret-file | --tls-cert | --tls-key | --client-ca | --config | --journal)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames 2>/dev/null
      return
      ;;
    --address | --path | --allow | --trust-proxy | --client-fingerprint | --ready-fd)
      return
      ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--address --path --secret-file --no-auth --allow --trust-proxy --tls-cert --tls-key --client-cert --client-ca --client-fingerprint --ready-fd --no-stdout --takeover --config --journal --log-level --log-format -q --quiet -v --verbose --check --help --version' -- "$current")
  fi
}
complete -F _tvhook_listen tvhook-listen
