#include "client/http_client.hpp"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>

#include "base/invariant.hpp"

namespace tvh::client {

namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock::time_point;

constexpr milliseconds kConnectTimeout{5000};
constexpr long kMaxConnections = 256;
// A server may close an idle connection at any time; one that has idled this long is not tried any more.
constexpr long kMaxIdleSeconds = 50;
constexpr std::size_t kMaxHeaders = 128;

void initialise_once() {
  static const bool done = [] {
    TVH_INVARIANT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "libcurl starts");
    return true;
  }();
  (void)done;
}

std::string_view host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  std::string_view rest = url.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t user = rest.rfind('@'); user != std::string_view::npos) rest.remove_prefix(user + 1);
  if (rest.starts_with('[')) return rest.substr(0, rest.find(']') + 1);
  return rest.substr(0, rest.find(':'));
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() &&
         (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n'))
    text.remove_suffix(1);
  return text;
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  TVH_INVARIANT(curl_easy_setopt(easy, option, value) == CURLE_OK, "libcurl knows the option");
}

}  // namespace

std::string_view to_text(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::remove:
      return "DELETE";
  }
  return "";
}

bool is_loopback_url(std::string_view url) {
  const std::string_view host = host_of(url);
  if (host == "localhost" || host == "[::1]") return true;
  // Four numbers, or "127.evil.example" would pass.
  return host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

const std::string* Response::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known == name) return &value;
  }
  return nullptr;
}

// One request under way.
class HttpClient::Transfer {
 public:
  Transfer(Request request, std::function<void(Outcome)> done, const ClientSettings& settings)
      : request_(std::move(request)), done_(std::move(done)), settings_(settings), easy_(curl_easy_init()) {
    TVH_INVARIANT(easy_ != nullptr, "libcurl has memory");
    prepare();
  }
  ~Transfer() {
    curl_slist_free_all(headers_);
    curl_easy_cleanup(easy_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* easy() const { return easy_; }

  Outcome outcome(CURLcode code) {
    if (code == CURLE_OK && head_ended_) {
      long status = 0;
      curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
      response_.status = int(status);
      return std::move(response_);
    }
    const std::string host(host_of(request_.url));
    if (too_big_) {
      return Failure{Failure::Reach::may_stand,
                     host + " answered with more than " + std::to_string(settings_.max_body) + " bytes"};
    }
    // libcurl takes a connection that ends within the head of an answer for the end of the answer.
    const bool cut_off = tries_ > 1 || code == CURLE_OK;
    const std::string why =
        cut_off ? "the connection was closed before an answer came" : curl_easy_strerror(code);
    return Failure{tries_ == 0 ? Failure::Reach::not_sent : Failure::Reach::may_stand, host + ": " + why};
  }
  void finish(Outcome outcome) { done_(std::move(outcome)); }
  bool is_unsent(Method method) const { return tries_ == 0 && request_.method == method; }

 private:
  void prepare() {
    set(easy_, CURLOPT_PRIVATE, static_cast<void*>(this));
    set(easy_, CURLOPT_URL, request_.url.c_str());
    const bool loopback = is_loopback_url(request_.url);
#if LIBCURL_VERSION_NUM >= 0x075500
    set(easy_, CURLOPT_PROTOCOLS_STR, loopback ? "http,https" : "https");
#else
    set(easy_, CURLOPT_PROTOCOLS, long(loopback ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS));
#endif
    if (loopback) set(easy_, CURLOPT_NOPROXY, "*");
    set(easy_, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
    set(easy_, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
    if (!settings_.ca_file.empty()) set(easy_, CURLOPT_CAINFO, settings_.ca_file.c_str());
    set(easy_, CURLOPT_NOSIGNAL, 1L);
    set(easy_, CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_1_1));
    set(easy_, CURLOPT_ACCEPT_ENCODING, "");
    set(easy_, CURLOPT_MAXAGE_CONN, kMaxIdleSeconds);
    const auto timeout = std::chrono::ceil<milliseconds>(request_.timeout);
    set(easy_, CURLOPT_TIMEOUT_MS, long(timeout.count()));
    set(easy_, CURLOPT_CONNECTTIMEOUT_MS, long(std::min(kConnectTimeout, timeout).count()));
    add_header("Expect:");  // no waiting for 100 Continue
    for (const auto& [name, value] : request_.headers) add_header(name + ": " + value);
    if (request_.method == Method::post || request_.method == Method::put || !request_.body.empty()) {
      set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request_.body.size()));
      set(easy_, CURLOPT_POSTFIELDS, request_.body.c_str());
    }
    set(easy_, CURLOPT_CUSTOMREQUEST, to_text(request_.method).data());
    set(easy_, CURLOPT_HTTPHEADER, headers_);
    set(easy_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(easy_, CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(easy_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(easy_, CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(easy_, CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
    set(easy_, CURLOPT_PREREQDATA, static_cast<void*>(this));
  }

  void add_header(const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); }

  // Called before the request is written to a connection, each time it would be.
  static int on_connected(void* self, char*, char*, int, int) {
    auto* transfer = static_cast<Transfer*>(self);
    return ++transfer->tries_ > 1 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
  }

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    std::string& body = transfer->response_.body;
    if (body.size() + size * count > transfer->settings_.max_body) {
      transfer->too_big_ = true;
      return 0;
    }
    body.append(data, size * count);
    return size * count;
  }

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    const std::string_view line(data, size * count);
    if (line.starts_with("HTTP/")) {  // an interim answer came before
      transfer->response_.headers.clear();
      transfer->head_ended_ = false;
    } else if (trimmed(line).empty()) {
      transfer->head_ended_ = true;
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && transfer->response_.headers.size() < kMaxHeaders) {
      transfer->response_.headers.emplace_back(lower(trimmed(line.substr(0, colon))),
                                               std::string(trimmed(line.substr(colon + 1))));
    }
    return size * count;
  }

  Request request_;
  std::function<void(Outcome)> done_;
  const ClientSettings& settings_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  Response response_;
  int tries_ = 0;
  bool too_big_ = false;
  bool head_ended_ = false;
};

class HttpClient::Multi {
 public:
  Multi(const Clock& clock, ClientSettings settings)
      : clock_(clock), settings_(std::move(settings)), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    initialise_once();
    TVH_INVARIANT(epoll_ >= 0, "the system has a descriptor left");
    multi_ = curl_multi_init();
    TVH_INVARIANT(multi_ != nullptr, "libcurl has memory");
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Multi::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, static_cast<void*>(this));
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Multi::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, static_cast<void*>(this));
    // The default grows with the handles in use and closes warm connections with them.
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kMaxConnections);
  }
  ~Multi() {
    for (const auto& [easy, transfer] : transfers_) curl_multi_remove_handle(multi_, easy);
    transfers_.clear();
    curl_multi_cleanup(multi_);
    ::close(epoll_);
  }
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  void send(Request request, std::function<void(Outcome)> done) {
    const auto refuse = [&](const std::string& why) {
      refused_.emplace_back(std::move(done), Failure{Failure::Reach::not_sent, why});
    };
    if (transfers_.size() >= settings_.max_waiting) {
      return refuse("more than " + std::to_string(settings_.max_waiting) + " requests are under way");
    }
    const bool plain = !request.url.starts_with("https://");
    if (plain && !(request.url.starts_with("http://") && is_loopback_url(request.url))) {
      return refuse(std::string(host_of(request.url)) + ": only https leaves this machine");
    }
    auto transfer = std::make_unique<Transfer>(std::move(request), std::move(done), settings_);
    CURL* const easy = transfer->easy();
    transfers_.emplace(easy, std::move(transfer));
    TVH_INVARIANT(curl_multi_add_handle(multi_, easy) == CURLM_OK, "libcurl takes a new request");
  }

  void drop_unsent(Method method) {
    std::vector<std::unique_ptr<Transfer>> dropped;
    for (auto each = transfers_.begin(); each != transfers_.end();) {
      if (!each->second->is_unsent(method)) {
        ++each;
        continue;
      }
      curl_multi_remove_handle(multi_, each->first);
      dropped.push_back(std::move(each->second));
      each = transfers_.erase(each);
    }
    for (auto& transfer : dropped)
      transfer->finish(Failure{Failure::Reach::not_sent, "dropped before it was sent"});
  }

  int wait_fd() const { return epoll_; }
  std::optional<Steady> next_due() const { return refused_.empty() ? due_ : clock_.steady(); }

  void run_due() {
    int running = 0;
    std::array<epoll_event, 64> ready{};
    for (int round = 0; round < 16; ++round) {  // what is left is found the next time
      const int count = ::epoll_wait(epoll_, ready.data(), int(ready.size()), 0);
      for (int each = 0; each < count; ++each) {
        const auto& event = ready[std::size_t(each)];
        int bits = 0;
        if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) bits |= CURL_CSELECT_IN;
        if ((event.events & EPOLLOUT) != 0) bits |= CURL_CSELECT_OUT;
        curl_multi_socket_action(multi_, event.data.fd, bits, &running);
      }
      if (count < int(ready.size())) break;
    }
    if (due_ && *due_ <= clock_.steady()) {
      due_.reset();
      curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    tell_finished();
  }

 private:
  void tell_finished() {
    std::deque<std::pair<std::unique_ptr<Transfer>, CURLcode>> finished;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      CURL* const easy = message->easy_handle;
      curl_multi_remove_handle(multi_, easy);
      const auto found = transfers_.find(easy);
      finished.emplace_back(std::move(found->second), code);
      transfers_.erase(found);
    }
    auto refused = std::exchange(refused_, {});
    // They may send again: only now, with nothing of ours in the middle of a change.
    for (auto& [transfer, code] : finished) transfer->finish(transfer->outcome(code));
    for (auto& [done, failure] : refused) done(std::move(failure));
  }

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    auto* multi = static_cast<Multi*>(self);
    if (what == CURL_POLL_REMOVE) {
      ::epoll_ctl(multi->epoll_, EPOLL_CTL_DEL, socket, nullptr);
      return 0;
    }
    epoll_event event{};
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    event.data.fd = socket;
    ::epoll_ctl(multi->epoll_, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
    curl_multi_assign(multi->multi_, socket, self);  // anything but null: it is in the set
    return 0;
  }

  static int on_timer(CURLM*, long timeout_ms, void* self) {
    auto* multi = static_cast<Multi*>(self);
    multi->due_.reset();
    if (timeout_ms >= 0) multi->due_ = multi->clock_.steady() + milliseconds(timeout_ms);
    return 0;
  }

  const Clock& clock_;
  ClientSettings settings_;
  int epoll_;
  CURLM* multi_ = nullptr;
  std::map<CURL*, std::unique_ptr<Transfer>> transfers_;
  std::vector<std::pair<std::function<void(Outcome)>, Failure>> refused_;
  std::optional<Steady> due_;
};

HttpClient::HttpClient(const Clock& clock, ClientSettings settings)
    : multi_(std::make_unique<Multi>(clock, std::move(settings))) {}
HttpClient::~HttpClient() = default;
void HttpClient::send(Request request, std::function<void(Outcome)> done) {
  multi_->send(std::move(request), std::move(done));
}
void HttpClient::drop_unsent(Method method) { multi_->drop_unsent(method); }
int HttpClient::wait_fd() const { return multi_->wait_fd(); }
std::optional<Steady> HttpClient::next_due() const { return multi_->next_due(); }
void HttpClient::run_due() { multi_->run_due(); }

}  // namespace tvh::client
