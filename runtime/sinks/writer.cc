// SPDX-License-Identifier: GPL-2.0-only
// The gathering writer of sink.h. After the first error it swallows everything: the run goes on to its orderly end
// and the caller decides by error() whether that was a closed pipe or a full disk.
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "runtime/sinks/sink.h"

namespace awl {
namespace {

constexpr size_t gathered_bytes = size_t(64) << 10;

/// The other end may have made our descriptor non-blocking; a full pipe is then waited for, not lost.
void wait_until_writable(int fd) {
  pollfd waiting = {.fd = fd, .events = POLLOUT, .revents = 0};
  ::poll(&waiting, 1, -1);
}

}  // namespace

uint64_t wall_clock_ns() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

void Writer::write(std::string_view bytes) {
  if (broken()) return;
  buffer_ += bytes;
  if (buffer_.size() >= gathered_bytes) flush();
}

void Writer::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && !broken()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written >= 0)
      rest.remove_prefix(static_cast<size_t>(written));
    else if (errno == EAGAIN)
      wait_until_writable(fd_);
    else if (errno != EINTR)
      error_ = errno;
  }
  buffer_.clear();
}

}  // namespace awl
