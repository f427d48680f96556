#include "tvhook-listen/options.hpp"

namespace tvh {

void define_options(cli::OptionSet& set, ListenOptions& options) {
  set.set_summary("Receive TradingView's alerts over HTTP, store them, and pass the signals on");
  set.add_text("--address", options.address, "HOST:PORT",
               "Listen here (default 127.0.0.1:8080, or [listen] address); port 0 picks a free one");
  set.add_text("--path", options.path, "PATH",
               "The path alerts are posted to (default /webhook, or [listen] path)");
  set.add_list(
      "--secret-file", options.secret_files, "FILE",
      "A file with one secret, readable by its owner only; its name without suffix is the secret's name "
      "(may be given again; beside $TVHOOK_SECRET and [auth.secrets])");
  set.add_flag("--no-auth", options.no_auth, "Accept alerts without a secret; on a loopback address only");
  set.add_list("--allow", options.allow, "NETWORK",
               "Take alerts from these addresses only: a network such as 192.0.2.0/24, or tradingview for its "
               "published addresses");
  set.add_list("--trust-proxy", options.trust_proxy, "NETWORK",
               "Believe these addresses whom they speak for, in X-Forwarded-For or a PROXY protocol header");
  set.add_file(
      "--tls-cert", options.tls_cert, "FILE",
      "Speak TLS with this certificate (PEM, with its chain); read again when it changes and on SIGHUP");
  set.add_file("--tls-key", options.tls_key, "FILE", "The certificate's key (PEM, without passphrase)");
  set.add_choice(
      "--client-cert", options.client_cert, {"off", "observe", "require"}, "MODE",
      "What clients have to present: nothing (off, the default), nothing but it is logged (observe), "
      "TradingView's certificate (require)");
  set.add_file("--client-ca", options.client_ca, "FILE", "The authorities of client certificates (PEM)");
  set.add_list("--client-fingerprint", options.client_fingerprints, "HEX",
               "The SHA-256 of a client certificate that is known, whoever issued it");
  set.add_number("--ready-fd", options.ready_fd, 0, 1'000'000, "N",
                 "Write the URL as one line to this descriptor when alerts are accepted");
  set.add_flag("--no-stdout", options.no_stdout,
               "Print no signals; tvhook-exec --follow reads them from the journal");
  set.add_flag("--takeover", options.takeover,
               "Take the address of the running listener of this journal, which ends once this one serves: no "
               "connection is lost");
  set.add_environment("TVHOOK_SECRET", "A secret alerts must carry, under the name env");
  set.set_examples(
      "  TVHOOK_SECRET=… tvhook-listen | tvhook-exec\n"
      "  tvhook-listen --address 0.0.0.0:443 --tls-cert site.pem --tls-key site.key --allow tradingview\n"
      "  tvhook-listen --address 0.0.0.0:8080 --secret-file /etc/tvhook/main.secret --no-stdout\n"
      "  tvhook-listen --check");
}

}  // namespace tvh
