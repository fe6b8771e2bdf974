// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/symbols/mapping_watch.h"

#include <linux/perf_event.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string_view>

namespace awl {
namespace {

constexpr size_t ring_pages = 32;

/// A record as the kernel writes it; its file name follows.
struct MapRecord {
  perf_event_header header;
  uint32_t process, thread;
  uint64_t begin, length, offset;
  unsigned char build_id_size, reserved[3];
  char build_id[20];
  uint32_t protection, flags;
};

struct ForkRecord {
  perf_event_header header;
  uint32_t process, parent, thread, parent_thread;
  uint64_t time;
};

template <class T>
bool load(std::span<const std::byte> record, T &out) {
  if (record.size() < sizeof(T)) return false;
  std::memcpy(&out, record.data(), sizeof(T));
  return true;
}

void note_mapping(std::span<const std::byte> record, Processes &processes) {
  MapRecord map;
  if (!load(record, map) || map.begin + map.length < map.begin) return;
  std::string_view path(reinterpret_cast<const char *>(record.data()) + sizeof map, record.size() - sizeof map);
  path = path.substr(0, path.find('\0'));
  std::string_view build_id;
  if (map.header.misc & PERF_RECORD_MISC_MMAP_BUILD_ID)
    build_id = {map.build_id, std::min<size_t>(map.build_id_size, sizeof map.build_id)};
  processes.mapped(map.process, {map.begin, map.begin + map.length, map.offset, 0}, path, build_id);
}

}  // namespace

void note_record(std::span<const std::byte> record, Processes &processes) {
  perf_event_header header;
  if (!load(record, header)) return;
  bool user = (header.misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_USER;
  if (header.type == PERF_RECORD_MMAP2 && user) note_mapping(record, processes);
  ForkRecord fork;
  if (header.type == PERF_RECORD_FORK && load(record, fork)) processes.forked(fork.process, fork.parent);
}

struct MappingWatch::Ring {
  Fd fd;
  std::byte *memory = nullptr;
  size_t data_bytes = 0, page = 0;

  Ring() = default;
  Ring(const Ring &) = delete;
  Ring &operator=(const Ring &) = delete;
  ~Ring() {
    if (memory) ::munmap(memory, page + data_bytes);
  }
  bool open(int processor);
  void consume(Processes &processes);
};

/// An event that never happens, for the sake of what is recorded beside it. Kernels before 5.12 do not know build ids.
bool MappingWatch::Ring::open(int processor) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_DUMMY;
  attributes.mmap = attributes.mmap2 = attributes.task = attributes.exclude_kernel = 1;
  attributes.watermark = 1;
  attributes.wakeup_watermark = 1;
  attributes.build_id = 1;
  auto try_open = [&] {
    fd = Fd(static_cast<int>(::syscall(SYS_perf_event_open, &attributes, -1, processor, -1, PERF_FLAG_FD_CLOEXEC)));
  };
  try_open();
  if (!fd) {
    attributes.build_id = 0;
    try_open();
  }
  if (!fd) return false;
  page = static_cast<size_t>(getpagesize());
  data_bytes = ring_pages * page;
  void *address = ::mmap(nullptr, page + data_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (address == MAP_FAILED) return false;
  memory = static_cast<std::byte *>(address);
  return true;
}

void MappingWatch::Ring::consume(Processes &processes) {
  auto *control = reinterpret_cast<perf_event_mmap_page *>(memory);
  const std::byte *data = memory + page;
  uint64_t head = std::atomic_ref<__u64>(control->data_head).load(std::memory_order_acquire), tail = control->data_tail;
  std::vector<std::byte> record;
  while (head - tail >= sizeof(perf_event_header)) {
    perf_event_header header;
    std::memcpy(&header, data + tail % data_bytes, sizeof header);  // records are multiples of 8 bytes
    if (header.size < sizeof header || header.size > head - tail) break;
    record.resize(header.size);
    size_t first = std::min<size_t>(header.size, data_bytes - tail % data_bytes);
    std::memcpy(record.data(), data + tail % data_bytes, first);
    std::memcpy(record.data() + first, data, header.size - first);
    note_record(record, processes);
    tail += header.size;
  }
  std::atomic_ref<__u64>(control->data_tail).store(tail, std::memory_order_release);
}

MappingWatch::MappingWatch() : stop_(eventfd(0, EFD_CLOEXEC)) {
  open_rings();
  thread_ = std::thread([this] { run(); });
}

MappingWatch::~MappingWatch() {
  uint64_t one = 1;
  if (::write(stop_.get(), &one, sizeof one) == sizeof one && thread_.joinable()) thread_.join();
}

/// Processors that are offline refuse; a kernel that refuses all leaves us with what /proc tells.
void MappingWatch::open_rings() {
  for (int processor = 0; processor < get_nprocs_conf(); processor++) {
    auto ring = std::make_unique<Ring>();
    if (ring->open(processor)) rings_.push_back(std::move(ring));
  }
}

void MappingWatch::consume() {
  for (const auto &ring : rings_) ring->consume(processes_);
}

void MappingWatch::run() {
  {
    std::lock_guard lock(mutex_);
    processes_.scan_all();
  }
  std::vector<pollfd> watched{{stop_.get(), POLLIN, 0}};
  for (const auto &ring : rings_) watched.push_back({ring->fd.get(), POLLIN, 0});
  while (::poll(watched.data(), watched.size(), -1) >= 0 || errno == EINTR) {
    if (watched[0].revents) return;
    std::lock_guard lock(mutex_);
    consume();
  }
}

MappingWatch::Guard::Guard(MappingWatch &watch) : watch_(watch), lock_(watch.mutex_) { watch_.consume(); }

}  // namespace awl
