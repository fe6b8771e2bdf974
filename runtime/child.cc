// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "src/base/text.h"

namespace awl {
namespace {

constexpr int patience_ms = 1000;

/// The state of the splitter: a word in the making, which may be the empty one of ''.
struct Words {
  std::vector<std::string> done;
  std::optional<std::string> word;
  void add(char c) { word = word.value_or("") + c; }
  void open() { word = word.value_or(""); }
  void close() {
    if (word) done.push_back(std::move(*word));
    word.reset();
  }
};

/// Reads a quoted part whose quote stands at text[i]; returns the place of the closing quote, or npos.
size_t read_quoted(std::string_view text, size_t i, Words &words) {
  char quote = text[i++];
  words.open();
  for (; i < text.size() && text[i] != quote; i++) {
    bool escapes = quote == '"' && text[i] == '\\' && i + 1 < text.size();
    if (escapes && std::strchr("\"\\$`", text[i + 1])) i++;
    words.add(text[i]);
  }
  return i < text.size() ? i : text.npos;
}

Error bad_command(std::string_view why) {
  return {.what = "cannot run the command of -c", .why = std::string(why), .help = {}, .kind = ErrorKind::usage};
}

/// 0, or why the file cannot be executed.
int executable_error(const std::string &path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  return ::access(path.c_str(), X_OK) == 0 ? 0 : errno;
}

Status check_program(const std::string &name) {
  Error error{.what = fmt::format("cannot run `{}`", escape_text(name)), .why = {}, .help = {}};
  if (name.find('/') != name.npos) {
    int reason = executable_error(name);
    if (reason == 0) return Done{};
    error.why = errno_text(reason);
    return error;
  }
  const char *path = std::getenv("PATH");
  bool found = false;
  for (std::string_view folder : split(path ? path : "/bin:/usr/bin", ':')) {
    int reason = executable_error(fmt::format("{}/{}", folder.empty() ? "." : folder, name));
    if (reason == 0) return Done{};
    found = found || reason == EACCES;
  }
  error.why = found ? "permission denied" : "no such program in $PATH";
  return error;
}

/// Both ends close themselves on exec. A socket, because writing to one whose other end is gone can be had without
/// the signal.
Status make_pair(Fd &one, Fd &other) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return Error{.what = "cannot talk to a child process", .why = errno_text(errno)};
  one = Fd(ends[0]);
  other = Fd(ends[1]);
  return Done{};
}

/// As if the command had been started by hand: awl's own choices (SIGPIPE is ignored, signals are blocked to be
/// read from a descriptor) are not inherited. A SIGHUP that nohup made ignored stays ignored.
void restore_signals() {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) {
    struct sigaction old {};
    bool from_nohup = number == SIGHUP && ::sigaction(SIGHUP, nullptr, &old) == 0 && old.sa_handler == SIG_IGN;
    if (!from_nohup) ::sigaction(number, &usual, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// No signal is delivered to the child while it still has handlers of ours; restore_signals lets them in.
pid_t fork_quietly() {
  sigset_t all, before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  pid_t pid = ::fork();
  if (pid != 0) ::sigprocmask(SIG_SETMASK, &before, nullptr);
  return pid;
}

/// The child's side: wait at the gate, then become the command. If awl ends first, so does the child.
[[noreturn]] void run_child(int gate, int verdict, char *const *arguments, pid_t parent) {
  restore_signals();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  char byte;
  ssize_t got;
  do got = ::read(gate, &byte, 1);
  while (got < 0 && errno == EINTR);
  if (got != 1 || ::getppid() != parent) ::_exit(0);
  ::prctl(PR_SET_PDEATHSIG, 0);
  ::execvp(arguments[0], arguments);
  int error = errno;
  if (::write(verdict, &error, sizeof error) < 0) ::_exit(126);
  ::_exit(127);
}

ChildEnd describe_end(int status) {
  if (WIFEXITED(status)) return {fmt::format("exited with {}", WEXITSTATUS(status)), WEXITSTATUS(status)};
  int number = WTERMSIG(status);
  const char *name = ::sigabbrev_np(number);
  std::string text = name ? fmt::format("killed by SIG{}", name) : fmt::format("killed by signal {}", number);
  return {text, 128 + number};
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view text) {
  Words words;
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == ' ' || c == '\t' || c == '\n') {
      words.close();
    } else if (c == '\'' || c == '"') {
      i = read_quoted(text, i, words);
      if (i == text.npos) return bad_command(fmt::format("a quote `{}` is not closed", c));
    } else if (c == '\\') {
      if (++i == text.size()) return bad_command("it ends in a backslash");
      words.add(text[i]);
    } else {
      words.add(c);
    }
  }
  words.close();
  if (words.done.empty() || words.done[0].empty()) return bad_command("it is empty");
  return std::move(words.done);
}

Result<Child> Child::start(std::string_view command_line) {
  Result<std::vector<std::string>> words = split_command(command_line);
  if (!words) return words.error();
  if (Status checked = check_program(words->front()); !checked) return checked.error();
  std::vector<char *> arguments;
  for (std::string &word : *words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  Child child;
  child.name_ = words->front();
  Fd gate_in, verdict_out;
  if (Status made = make_pair(gate_in, child.gate_); !made) return made.error();
  if (Status made = make_pair(child.verdict_, verdict_out); !made) return made.error();
  pid_t self = ::getpid(), pid = fork_quietly();
  if (pid < 0) return Error{.what = "cannot run `" + child.name_ + "`", .why = errno_text(errno)};
  if (pid == 0) {
    child.gate_.reset();  // or the end of awl would go unnoticed
    run_child(gate_in.get(), verdict_out.get(), arguments.data(), self);
  }
  child.pid_ = pid;
  child.pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!child.pidfd_) return Error{.what = "cannot watch `" + child.name_ + "`", .why = errno_text(errno)};
  return child;
}

Child::Child(Child &&other) noexcept
    : name_(std::move(other.name_)),
      pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      gate_(std::move(other.gate_)),
      verdict_(std::move(other.verdict_)),
      ended_(other.ended_),
      end_(std::move(other.end_)) {}

Child::~Child() {
  if (pid_ > 0) terminate();
}

Status Child::release() {
  char go = 1;
  bool opened = ::send(gate_.get(), &go, 1, MSG_NOSIGNAL) == 1;
  gate_.reset();
  int error = 0;
  ssize_t got;
  do got = ::read(verdict_.get(), &error, sizeof error);
  while (got < 0 && errno == EINTR);
  verdict_.reset();
  if (opened && got == 0) return Done{};
  return Error{.what = "cannot run `" + name_ + "`", .why = opened ? errno_text(error) : "it ended before it began"};
}

ChildEnd Child::wait() {
  if (ended_) return end_;
  int status = 0;
  pid_t got;
  do got = ::waitpid(pid_, &status, 0);
  while (got < 0 && errno == EINTR);
  ended_ = true;
  end_ = describe_end(status);
  return end_;
}

ChildEnd Child::terminate() {
  if (ended_) return end_;
  gate_.reset();  // one that still waits there ends by this alone
  ::kill(pid_, SIGTERM);
  pollfd end{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&end, 1, patience_ms) <= 0) ::kill(pid_, SIGKILL);
  return wait();
}

}  // namespace awl
