// SPDX-License-Identifier: GPL-2.0-only
// The -c child: its words, its beginning, its ends.
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>

#include <doctest/doctest.h>

#include "runtime/child.h"

using namespace awl;

namespace {

using Words = std::vector<std::string>;

ChildEnd run(std::string_view command) {
  Result<Child> child = Child::start(command);
  REQUIRE(child);
  Status released = child->release();
  REQUIRE(released);
  return child->wait();
}

bool has_ended(const Child &child, int timeout_ms) {
  pollfd end{.fd = child.pidfd(), .events = POLLIN, .revents = 0};
  return poll(&end, 1, timeout_ms) == 1;
}

}  // namespace

TEST_CASE("a command line is split as a shell splits it") {
  CHECK(*split_command("ls -l  /tmp") == Words{"ls", "-l", "/tmp"});
  CHECK(*split_command("\tsh -c 'echo \"a  b\"; exit 3' ") == Words{"sh", "-c", "echo \"a  b\"; exit 3"});
  CHECK(*split_command("a\"b c\"'d e'f") == Words{"ab cd ef"});
  CHECK(*split_command("x '' \"\"") == Words{"x", "", ""});
  CHECK(*split_command(R"(a\ b "\"\\\$\`" "\n" '\')") == Words{"a b", "\"\\$`", "\\n", "\\"});
  CHECK(*split_command("echo $HOME *") == Words{"echo", "$HOME", "*"});
}

TEST_CASE("a command line that makes no sense is a mistake of usage") {
  auto message = [](std::string_view command) {
    auto words = split_command(command);
    REQUIRE_FALSE(words);
    CHECK(words.error().kind == ErrorKind::usage);
    return render(words.error(), false);
  };
  CHECK(message("echo 'a") == "error: cannot run the command of -c: a quote `'` is not closed\n");
  CHECK(message("echo \"a\\\"") == "error: cannot run the command of -c: a quote `\"` is not closed\n");
  CHECK(message("echo \\") == "error: cannot run the command of -c: it ends in a backslash\n");
  CHECK(message("  ") == "error: cannot run the command of -c: it is empty\n");
  CHECK(message("''") == "error: cannot run the command of -c: it is empty\n");
}

TEST_CASE("a program that is not there is refused before anything runs") {
  auto message = [](std::string_view command) {
    auto child = Child::start(command);
    REQUIRE_FALSE(child);
    return render(child.error(), false);
  };
  CHECK(message("no_such_program_here") == "error: cannot run `no_such_program_here`: no such program in $PATH\n");
  CHECK(message("/no/such/file") == "error: cannot run `/no/such/file`: no such file or directory\n");
  CHECK(message("/etc/passwd") == "error: cannot run `/etc/passwd`: permission denied\n");
  CHECK(message("/tmp") == "error: cannot run `/tmp`: is a directory\n");
}

TEST_CASE("how it ended is told in words and as a shell's number") {
  CHECK(run("true").text == "exited with 0");
  ChildEnd three = run("sh -c 'exit 3'");
  CHECK(three.text == "exited with 3");
  CHECK(three.status == 3);
  ChildEnd killed = run("sh -c 'kill -SEGV $$'");
  CHECK(killed.text == "killed by SIGSEGV");
  CHECK(killed.status == 139);
}

TEST_CASE("nothing runs before release") {
  Result<Child> child = Child::start("true");
  REQUIRE(child);
  CHECK_FALSE(has_ended(*child, 50));
  REQUIRE(child->release());
  CHECK(has_ended(*child, 5000));
  CHECK(child->wait().status == 0);
  CHECK(child->wait().status == 0);
}

TEST_CASE("what cannot be executed after all is told at release") {
  char path[] = "/tmp/awl_child_test_XXXXXX";
  int fd = mkostemp(path, O_CLOEXEC);
  REQUIRE(fd >= 0);
  REQUIRE(write(fd,
                "\x7f"
                "ELF",
                4) == 4);
  REQUIRE(fchmod(fd, 0755) == 0);
  Result<Child> child = Child::start(path);  // still open for writing: ETXTBSY
  REQUIRE(child);
  Status released = child->release();
  REQUIRE_FALSE(released);
  CHECK(released.error().why == "text file busy");
  CHECK(child->wait().text == "exited with 127");
  close(fd);
  unlink(path);
}

TEST_CASE("the command gets usual signals and no descriptors of ours") {
  signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  CHECK(run("sh -c 'kill -INT $$; exit 1'").text == "killed by SIGINT");
  CHECK(run("sh -c 'kill -PIPE $$; exit 1'").text == "killed by SIGPIPE");
  sigprocmask(SIG_SETMASK, &before, nullptr);
  signal(SIGPIPE, SIG_DFL);
  // Whatever this test itself was started with is there in both cases.
  int with_system = WEXITSTATUS(std::system("exit $(ls /proc/self/fd | wc -l)"));
  CHECK(with_system >= 4);
  CHECK(run("sh -c 'exit $(ls /proc/self/fd | wc -l)'").status == with_system);
}

TEST_CASE("terminate ends what listens, what does not, and what was never let go") {
  Result<Child> polite = Child::start("sleep 100");
  REQUIRE(polite);
  REQUIRE(polite->release());
  CHECK(polite->terminate().text == "killed by SIGTERM");

  Result<Child> stubborn = Child::start("sh -c 'trap \"\" TERM; while :; do sleep 1; done'");
  REQUIRE(stubborn);
  REQUIRE(stubborn->release());
  usleep(200'000);  // the trap needs a moment
  CHECK(stubborn->terminate().text == "killed by SIGKILL");

  auto begin = std::chrono::steady_clock::now();
  {
    Result<Child> waiting = Child::start("true");
    REQUIRE(waiting);
  }
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(900));
}

TEST_CASE("a child that was not let go dies with its parent") {
  int *pid = static_cast<int *>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  REQUIRE(pid != MAP_FAILED);
  pid_t parent = fork();
  if (parent == 0) {
    Result<Child> child = Child::start("sleep 100");
    *pid = child ? child->pid() : 0;
    _exit(0);  // without a destructor: as if killed
  }
  waitpid(parent, nullptr, 0);
  REQUIRE(*pid > 0);
  bool gone = false;
  for (int i = 0; i < 100 && !gone; i++) {
    std::string stat = "/proc/" + std::to_string(*pid) + "/exe";
    char target[64];
    gone = readlink(stat.c_str(), target, sizeof target) < 0;  // a zombie has none, either
    if (!gone) usleep(10'000);
  }
  CHECK(gone);
  munmap(pid, 4096);
}
