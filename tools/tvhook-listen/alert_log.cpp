#include "tvhook-listen/alert_log.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <span>
#include <utility>

namespace tvh {

namespace {

constexpr int kNiceness = 10;
// After some lines: under load it wakes up so often, and not for each batch of alerts.
constexpr std::chrono::milliseconds kRest{5};

}  // namespace

AlertLog::AlertLog(cli::Log& log, ListenMetrics* metrics, std::size_t capacity, const SamplerLimits& refusals,
                   std::chrono::milliseconds told_every)
    : log_(log),
      metrics_(metrics),
      capacity_(capacity),
      stop_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      sampler_(refusals),
      told_every_(told_every) {
  struct stat status {};
  regular_file_ = ::fstat(log.fd(), &status) == 0 && S_ISREG(status.st_mode);
  thread_ = std::thread([this] { run(); });
}

AlertLog::~AlertLog() {
  stop();
  if (stop_event_ >= 0) ::close(stop_event_);
}

void AlertLog::stop(std::chrono::milliseconds patience) {
  if (!thread_.joinable()) return;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
    resting_.notify_one();
    ended_changed_.wait_for(lock, patience, [this] { return ended_; });
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_event_, &one, sizeof one);
  thread_.join();
}

void AlertLog::add(Line line) {
  if (metrics_ != nullptr && line.status != 0) metrics_->count_answer(line.status, line.verdict);
  if (!log_.enabled(line.level)) return;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (line.is_strangers_refusal && !sampler_.admit(now)) {
      if (++unlogged_ > 1) return;
      unlogged_since_ = now;
      wake = true;  // to tell of it in time
    } else if (lines_.size() >= capacity_) {
      ++left_out_;
      return;
    } else {
      wake = lines_.empty();
      lines_.push_back(std::move(line));
    }
  }
  if (wake) changed_.notify_one();
}

void AlertLog::add_all(std::vector<Line>& lines) {
  if (metrics_ != nullptr) {
    for (const Line& line : lines) metrics_->count_answer(line.status, line.verdict);
  }
  {
    const std::lock_guard lock(mutex_);
    for (Line& line : lines) {
      if (lines_.size() >= capacity_) {
        ++left_out_;
      } else {
        lines_.push_back(std::move(line));
      }
    }
  }
  lines.clear();
}

void AlertLog::wake() { changed_.notify_one(); }

void AlertLog::note(cli::LogLevel level, std::string message, Fields fields) {
  Line line;
  line.level = level;
  line.verdict = std::move(message);
  line.fields = std::move(fields);
  add(std::move(line));
}

std::string AlertLog::format(const Line& line) const {
  if (line.status == 0) {
    const std::vector<cli::Log::Field> fields(line.fields.begin(), line.fields.end());
    return log_.format(line.level, line.verdict, fields);
  }
  const std::string status = std::to_string(line.status);
  const std::array<cli::Log::Field, 4> fields{
      {{"source", line.source}, {"status", status}, {"verdict", line.verdict}, {"id", line.signal_id}}};
  return log_.format(line.level, "alert", std::span(fields).first(line.signal_id.empty() ? 3 : 4));
}

// As many whole lines with one call as a pipe takes in one piece.
bool AlertLog::write_all(const std::vector<Line>& lines) {
  std::string together;
  for (const Line& line : lines) {
    const std::string one = format(line);
    if (together.size() + one.size() > PIPE_BUF && !put(together)) return false;
    together += one;
  }
  return put(together);
}

bool AlertLog::put(std::string& lines) {
  if (lines.empty()) return true;
  if (!wait_until_writable()) return false;
  log_.put(lines);
  lines.clear();
  return true;
}

// False when stop() lost its patience. A pipe that polls writable takes PIPE_BUF bytes without blocking.
bool AlertLog::wait_until_writable() const {
  if (regular_file_) return true;
  for (;;) {
    pollfd watched[2] = {{log_.fd(), POLLOUT, 0}, {stop_event_, POLLIN, 0}};
    const int ready = ::poll(watched, 2, -1);
    if (ready < 0 && errno != EINTR) return true;  // write() will say what is wrong
    if (ready > 0) return watched[1].revents == 0;
  }
}

void AlertLog::run() {
  ::pthread_setname_np(::pthread_self(), "log");
  // Where it wakes up together with the server's thread, on the same processor, the answers go first.
  static_cast<void>(::setpriority(PRIO_PROCESS, id_t(::gettid()), kNiceness));
  write_lines();
  const std::lock_guard lock(mutex_);
  ended_ = true;
  ended_changed_.notify_all();
}

// Until there are some, it is time to tell of refusals that are not logged, or stop() was called.
void AlertLog::wait_for_lines(std::unique_lock<std::mutex>& lock) {
  const auto ready = [this] { return !lines_.empty() || stopping_; };
  changed_.wait(lock, [&] { return ready() || unlogged_ > 0; });
  if (!ready()) changed_.wait_until(lock, unlogged_since_ + told_every_, ready);
}

// "" while it is not time.
std::string AlertLog::take_unlogged() {
  const auto span = std::chrono::steady_clock::now() - unlogged_since_;
  if (unlogged_ == 0 || (span < told_every_ && !stopping_)) return "";
  return std::to_string(std::exchange(unlogged_, 0)) + " refusals not logged in the last " +
         std::to_string(std::chrono::ceil<std::chrono::seconds>(span).count()) + " seconds: too many came";
}

// Until stop(), and then what is left.
void AlertLog::write_lines() {
  std::vector<Line> batch;
  std::unique_lock lock(mutex_);
  for (;;) {
    wait_for_lines(lock);
    const std::string unlogged = take_unlogged();
    if (lines_.empty() && stopping_ && unlogged.empty()) return;
    batch.swap(lines_);
    const std::size_t left_out = std::exchange(left_out_, 0);
    lock.unlock();
    if (!write_all(batch)) return;
    batch.clear();
    if ((left_out > 0 || !unlogged.empty()) && !wait_until_writable()) return;
    if (left_out > 0) {
      log_.warning("the log is read too slowly; lines left out: " + std::to_string(left_out));
    }
    if (!unlogged.empty()) log_.warning(unlogged);
    lock.lock();
    resting_.wait_for(lock, kRest, [this] { return stopping_; });
  }
}

}  // namespace tvh
