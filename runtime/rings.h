// SPDX-License-Identifier: GPL-2.0-only
// The two lanes from the kernel: events, and actions that must get through when the first lane is full. Knows
// records as bytes only.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "src/base/fd.h"
#include "src/base/result.h"

struct ring;
struct ring_buffer;

namespace awl {

class Rings {
 public:
  using Handler = std::function<void(std::span<const std::byte> record)>;

  /// Either map may be absent (-1).
  static Result<std::unique_ptr<Rings>> open(int data_map, int control_map, Handler handler);
  ~Rings();
  Rings(const Rings &) = delete;
  Rings &operator=(const Rings &) = delete;

  /// Readable when there is a record.
  int event_fd() const { return epoll_.get(); }
  void wait(std::chrono::milliseconds timeout) const;
  /// Hands over what is there now and not what comes meanwhile, so that a flood cannot keep the caller.
  void consume();
  bool empty() const;
  /// Hands over all events that were sent up to now, and waits for those that their programs have not finished; false
  /// when that takes too long.
  bool consume_sent(std::chrono::milliseconds patience);

 private:
  struct Lane {
    const Handler *handler = nullptr;
    ring_buffer *buffer = nullptr;
    ring *records = nullptr;
    size_t budget = 0;  // bytes still to be handed over by this consume()
  };
  Rings() = default;
  Status add(Lane &lane, int map);
  static int take_record(void *lane, void *data, size_t size);
  static void consume(Lane &lane, size_t bytes);

  Handler handler_;
  Lane data_, control_;
  Fd epoll_;
};

}  // namespace awl
