// SPDX-License-Identifier: GPL-2.0-only
#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>

#include "runtime/sinks/sink.h"
#include "src/base/fd.h"

using namespace awl;

namespace {

struct Pipe {
  explicit Pipe(int flags) {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe2(ends, flags) == 0);
    out = Fd(ends[0]);
    in = Fd(ends[1]);
  }
  Fd out, in;
};

}  // namespace

TEST_CASE("writes are gathered until flush") {
  Pipe pipe(O_NONBLOCK);
  Writer writer(pipe.in.get());
  writer.write("one ");
  writer.write("two");
  char content[16];
  CHECK(::read(pipe.out.get(), content, sizeof content) == -1);
  writer.flush();
  const ssize_t got = ::read(pipe.out.get(), content, sizeof content);
  CHECK(std::string_view(content, static_cast<size_t>(got)) == "one two");
}

TEST_CASE("a reader that went away is remembered") {
  ::signal(SIGPIPE, SIG_IGN);
  Pipe pipe(0);
  pipe.out.reset();
  Writer writer(pipe.in.get());
  CHECK_FALSE(writer.broken());
  writer.write("x");
  writer.flush();
  CHECK(writer.broken());
  CHECK(writer.error() == EPIPE);
}

TEST_CASE("a full disk is remembered") {
  const Fd full(::open("/dev/full", O_WRONLY));
  REQUIRE(full);
  Writer writer(full.get());
  writer.write(std::string(100'000, 'x'));
  CHECK(writer.error() == ENOSPC);
}

TEST_CASE("a slow reader of a non-blocking pipe gets every byte") {
  Pipe pipe(O_NONBLOCK);
  REQUIRE(::fcntl(pipe.out.get(), F_SETFL, 0) == 0);
  std::string sent;
  for (int i = 0; sent.size() < 1'000'000; i++) sent += std::to_string(i) + "\n";
  std::string received;
  std::thread reader([&] {
    char part[4096];
    for (ssize_t got; (got = ::read(pipe.out.get(), part, sizeof part)) > 0;)
      received.append(part, static_cast<size_t>(got));
  });
  {
    Writer writer(pipe.in.get());
    for (size_t i = 0; i < sent.size(); i += 1000) writer.write(std::string_view(sent).substr(i, 1000));
  }
  pipe.in.reset();
  reader.join();
  CHECK(received == sent);
}
