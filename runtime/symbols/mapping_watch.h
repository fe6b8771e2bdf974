// SPDX-License-Identifier: GPL-2.0-only
// Tells Processes what is mapped while a script runs. The kernel writes a record for each file with code that a
// process maps, and for each fork, into a ring for each processor; a thread of ours reads them at once, since a file
// in another file system can only be opened while its process lives. What ran before is read from /proc in that
// thread too, after the records have begun, so that nothing falls in between and nobody waits.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "runtime/symbols/processes.h"
#include "src/base/fd.h"

namespace awl {

/// One record of the kernel, with its header; for tests as much as for the thread.
void note_record(std::span<const std::byte> record, Processes &processes);

class MappingWatch {
 public:
  MappingWatch();
  ~MappingWatch();
  MappingWatch(const MappingWatch &) = delete;
  MappingWatch &operator=(const MappingWatch &) = delete;

  /// What is known, up to this moment; as long as the guard lives, the thread waits.
  class Guard {
   public:
    explicit Guard(MappingWatch &watch);
    Processes *operator->() { return &watch_.processes_; }

   private:
    MappingWatch &watch_;
    std::unique_lock<std::mutex> lock_;
  };

 private:
  struct Ring;
  void open_rings();
  void consume();
  void run();

  std::mutex mutex_;
  Processes processes_;
  std::vector<std::unique_ptr<Ring>> rings_;
  Fd stop_;
  std::thread thread_;
};

}  // namespace awl
