// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/rings.h"

#include <bpf/libbpf.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <thread>

#include "runtime/libbpf_log.h"

namespace awl {
namespace {

/// Bytes that a record takes in the ring: its header, and rounding.
size_t ring_space(size_t size) { return (size + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8; }

}  // namespace

Result<std::unique_ptr<Rings>> Rings::open(int data_map, int control_map, Handler handler) {
  std::unique_ptr<Rings> rings(new Rings);
  rings->handler_ = std::move(handler);
  rings->epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
  if (!rings->epoll_) return Error{.what = "cannot wait for events", .why = errno_text(errno)};
  if (Status added = rings->add(rings->data_, data_map); !added) return added.error();
  if (Status added = rings->add(rings->control_, control_map); !added) return added.error();
  return rings;
}

Rings::~Rings() {
  ring_buffer__free(data_.buffer);
  ring_buffer__free(control_.buffer);
}

Status Rings::add(Lane &lane, int map) {
  if (map < 0) return Done{};
  LibbpfLog log;
  lane.handler = &handler_;
  lane.buffer = ring_buffer__new(map, &Rings::take_record, &lane, nullptr);
  if (!lane.buffer) return Error{.what = "cannot read the event buffer", .why = errno_text(errno)};
  lane.records = ring_buffer__ring(lane.buffer, 0);
  epoll_event interest{};
  interest.events = EPOLLIN;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, map, &interest) != 0)
    return Error{.what = "cannot wait for events", .why = errno_text(errno)};
  return Done{};
}

void Rings::wait(std::chrono::milliseconds timeout) const {
  epoll_event ready[2];
  epoll_wait(epoll_.get(), ready, 2, static_cast<int>(std::clamp<int64_t>(timeout.count(), 0, INT_MAX)));
}

/// libbpf stops, with this record taken, when the callback answers with an error.
int Rings::take_record(void *context, void *data, size_t size) {
  Lane &lane = *static_cast<Lane *>(context);
  (*lane.handler)({static_cast<const std::byte *>(data), size});
  size_t space = ring_space(size);
  if (space >= lane.budget) return -ECANCELED;
  lane.budget -= space;
  return 0;
}

void Rings::consume(Lane &lane, size_t bytes) {
  if (bytes == 0) return;
  lane.budget = bytes;
  ring__consume(lane.records);
}

/// Actions in the control lane were said when the data lane was full: everything in it was said before them. So
/// the control lane is looked at first, and served last.
void Rings::consume() {
  size_t control = control_.records ? ring__avail_data_size(control_.records) : 0;
  size_t data = data_.records ? ring__avail_data_size(data_.records) : 0;
  consume(data_, data);
  consume(control_, control);
}

bool Rings::consume_sent(std::chrono::milliseconds patience) {
  if (!data_.records) return true;
  const auto handed_over = [this] { return ring__consumer_pos(data_.records); };
  const unsigned long sent = ring__producer_pos(data_.records);
  const auto patience_ends = std::chrono::steady_clock::now() + patience;
  while (handed_over() < sent) {
    if (std::chrono::steady_clock::now() > patience_ends) return false;
    const unsigned long before = handed_over();
    consume();
    if (handed_over() == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

bool Rings::empty() const {
  return (!data_.records || ring__avail_data_size(data_.records) == 0) &&
         (!control_.records || ring__avail_data_size(control_.records) == 0);
}

}  // namespace awl
