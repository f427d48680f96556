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
  set.add_number("--ready-fd", options.ready_fd, 0, 1'000'000, "N",
                 "Write the URL as one line to this descriptor when alerts are accepted");
  set.add_flag("--no-stdout", options.no_stdout,
               "Print no signals; tvhook-exec --follow reads them from the journal");
  set.add_environment("TVHOOK_SECRET", "A secret alerts must carry, under the name env");
  set.set_examples(
      "  TVHOOK_SECRET=… tvhook-listen | tvhook-exec\n"
      "  tvhook-listen --address 0.0.0.0:8080 --secret-file /etc/tvhook/main.secret --no-stdout\n"
      "  tvhook-listen --check");
}

}  // namespace tvh
