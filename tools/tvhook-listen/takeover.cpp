#include "tvhook-listen/takeover.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace tvh {

namespace {

constexpr std::size_t kMostAcceptors = 2;
constexpr timeval kPatience{5, 0};  // with the other side, which has little else to do
constexpr char kWants = 'w';
constexpr char kAsks = 'a';  // for a look at the sockets, to say where they are
constexpr char kServes = 's';

std::string socket_path(const std::string& journal_path) { return journal_path + ".listener"; }

void close_once(int& fd) {
  if (fd >= 0) ::close(std::exchange(fd, -1));
}

// A socket's address has room for about a hundred bytes; through a descriptor of its folder any path fits.
class SocketAddress {
 public:
  explicit SocketAddress(const std::string& path) {
    const std::filesystem::path file(path);
    const auto parent = file.has_parent_path() ? file.parent_path().string() : std::string(".");
    folder_ = ::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    const std::string through = "/proc/self/fd/" + std::to_string(folder_) + "/" + file.filename().string();
    address_.sun_family = AF_UNIX;
    fits_ = folder_ >= 0 && through.size() < sizeof address_.sun_path;
    if (fits_) std::memcpy(address_.sun_path, through.c_str(), through.size() + 1);
  }
  ~SocketAddress() { close_once(folder_); }
  SocketAddress(const SocketAddress&) = delete;
  SocketAddress& operator=(const SocketAddress&) = delete;

  bool fits() const { return fits_; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  static socklen_t size() { return sizeof(sockaddr_un); }

 private:
  int folder_ = -1;
  bool fits_ = false;
  sockaddr_un address_{};
};

int make_socket() { return ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0); }

// -1: nobody listens there.
int connect_to(const std::string& path) {
  const SocketAddress address(path);
  if (!address.fits()) return -1;
  int fd = make_socket();
  if (fd >= 0 && ::connect(fd, address.get(), SocketAddress::size()) != 0) close_once(fd);
  return fd;
}

bool is_ours(int peer) {
  ucred who{};
  socklen_t size = sizeof who;
  return ::getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && who.uid == ::geteuid();
}

bool send_acceptors(int peer, const Acceptors& acceptors) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostAcceptors * sizeof(int))> room{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = CMSG_SPACE(acceptors.size() * sizeof(int));
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(acceptors.size() * sizeof(int));
  std::memcpy(CMSG_DATA(header), acceptors.data(), acceptors.size() * sizeof(int));
  return ::sendmsg(peer, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

Acceptors receive_acceptors(int peer) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostAcceptors * sizeof(int))> room{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  if (::recvmsg(peer, &message, MSG_CMSG_CLOEXEC) != 1) return {};
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return {};
  Acceptors acceptors((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
  std::memcpy(acceptors.data(), CMSG_DATA(header), acceptors.size() * sizeof(int));
  return acceptors;
}

// Empty when the other side does not answer.
Acceptors ask_for_acceptors(int peer, char what_for) {
  ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  const bool asked = is_ours(peer) && ::send(peer, &what_for, 1, MSG_NOSIGNAL) == 1;
  return asked ? receive_acceptors(peer) : Acceptors();
}

}  // namespace

Taken::Taken(Taken&& other) noexcept
    : peer_(std::exchange(other.peer_, -1)), acceptors_(std::exchange(other.acceptors_, {})) {}

Taken::~Taken() {
  close_once(peer_);
  for (int& fd : acceptors_) close_once(fd);
}

int Taken::take(std::size_t which) {
  return which < acceptors_.size() ? std::exchange(acceptors_[which], -1) : -1;
}

void Taken::confirm() {
  (void)::send(peer_, &kServes, 1, MSG_NOSIGNAL);
  close_once(peer_);
}

std::vector<server::Endpoint> addresses_of_running(const std::string& journal_path) {
  std::vector<server::Endpoint> addresses;
  int peer = connect_to(socket_path(journal_path));
  if (peer < 0) return addresses;
  for (int& fd : ask_for_acceptors(peer, kAsks)) {
    if (auto where = server::endpoint_of(fd)) addresses.push_back(std::move(*where));
    close_once(fd);
  }
  close_once(peer);
  return addresses;
}

Result<std::optional<Taken>> take_over(const std::string& journal_path) {
  int peer = connect_to(socket_path(journal_path));
  if (peer < 0) return std::optional<Taken>();
  Acceptors acceptors = ask_for_acceptors(peer, kWants);
  if (acceptors.empty()) {
    close_once(peer);
    return fail(Errc::temporary, "the running listener of journal " + journal_path +
                                     " does not hand over its address; try again, or stop it first");
  }
  return std::optional(Taken(peer, std::move(acceptors)));
}

Handover::Handover(const std::string& journal_path, Acceptors acceptors, Place place, AlertLog& log)
    : acceptors_(std::move(acceptors)), log_(log), path_(socket_path(journal_path)) {
  if (int other = place == Place::anew ? connect_to(path_) : -1; other >= 0) {
    close_once(other);
    log_.note(cli::LogLevel::info, "another listener of this journal runs; --takeover would take its place");
  } else {
    open();
  }
}

Handover::~Handover() {
  const bool is_served = fd_ >= 0;
  close_once(fd_);
  close_once(peer_);
  // A successor has put its own in this place.
  if (!is_served) return;
  if (int other = connect_to(path_); other >= 0) {
    close_once(other);
  } else {
    ::unlink(path_.c_str());
  }
}

void Handover::open() {
  // Made beside and moved, so that there is no moment at which it is missing or open to others.
  const std::string made = path_ + "." + std::to_string(::getpid());
  const SocketAddress address(made);
  int fd = make_socket();
  ::unlink(made.c_str());
  const mode_t before = ::umask(0177);
  const bool bound = fd >= 0 && address.fits() && ::bind(fd, address.get(), SocketAddress::size()) == 0;
  ::umask(before);
  if (!bound || ::listen(fd, 1) != 0 || ::rename(made.c_str(), path_.c_str()) != 0) {
    log_.note(cli::LogLevel::warning,
              "no newer listener can take over from this one: " + path_ + ": " + std::strerror(errno));
    if (bound) ::unlink(made.c_str());
    close_once(fd);
    return;
  }
  fd_ = fd;
}

void Handover::on_request() {
  int peer = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (peer < 0) return;
  // A successor that is about to serve is not to be interrupted: it would serve, and this one too.
  if (!is_ours(peer) || was_handed_) return close_once(peer);
  close_once(peer_);
  peer_ = peer;
  was_handed_ = false;
}

bool Handover::took_over() {
  char byte = 0;
  const ssize_t count = ::recv(peer_, &byte, 1, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (count == 1 && byte == kAsks && !was_handed_ && send_acceptors(peer_, acceptors_)) return false;
  if (count == 1 && byte == kWants && !was_handed_ && send_acceptors(peer_, acceptors_)) {
    was_handed_ = true;
    log_.note(cli::LogLevel::info, "a newer listener was handed the address");
    return false;
  }
  close_once(peer_);
  if (count == 1 && byte == kServes && was_handed_) return true;
  if (was_handed_) {
    log_.note(cli::LogLevel::warning, "the newer listener ended before it served; this one goes on");
  }
  was_handed_ = false;
  return false;
}

}  // namespace tvh
