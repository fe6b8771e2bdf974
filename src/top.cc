// SPDX-License-Identifier: GPL-2.0-only
#include "src/top.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "src/base/text.h"

namespace awl {
namespace {

constexpr std::chrono::seconds interval{1};
constexpr size_t tail_lines = 5;

}  // namespace

void TailSink::printf(const PrintfEvent &event) { add(render_printf(event.format, event.values, true)); }

void TailSink::value(const ValueEvent &event) {
  std::string text;
  for (const TypedValue &value : event.values) text += (text.empty() ? "" : ", ") + render_value(value);
  add(text);
}

void TailSink::time(const TimeEvent &event) { add(event.text); }

void TailSink::add(std::string_view text) {
  for (const std::string_view line : split(trim(text), '\n')) lines_.emplace_back(line);
  while (lines_.size() > tail_lines) lines_.pop_front();
}

LiveView::LiveView(bool on_terminal) : on_terminal_(on_terminal), last_(std::chrono::steady_clock::now()) {
  next_ = last_ + interval;
  if (!on_terminal_) return;
  if (tcgetattr(STDIN_FILENO, &saved_) == 0) {
    has_keyboard_ = true;
    termios raw = saved_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // Ctrl-C stays a signal
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  std::fputs("\x1b[?1049h\x1b[?25l", stdout);  // a screen of our own, without a cursor
  std::fflush(stdout);
}

LiveView::~LiveView() {
  if (!on_terminal_) return;
  std::fputs("\x1b[?25h\x1b[?1049l", stdout);
  std::fflush(stdout);
  if (has_keyboard_) tcsetattr(STDIN_FILENO, TCSANOW, &saved_);
}

int LiveView::input() const { return has_keyboard_ ? STDIN_FILENO : -1; }

bool LiveView::keys() {
  char key = 0;
  while (::read(STDIN_FILENO, &key, 1) == 1) {
    if (key == 'q') return false;
    if (key == 'r') order_.ascending = !order_.ascending;
    if (key >= '1' && key <= '9') order_ = {static_cast<size_t>(key - '1'), false};
  }
  draw();
  return true;
}

std::chrono::milliseconds LiveView::until_next() const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next_ - std::chrono::steady_clock::now());
  return std::max(left, std::chrono::milliseconds(0));
}

void LiveView::show(const Snapshot &snapshot, Sink &sink) {
  const auto now = std::chrono::steady_clock::now();
  seconds_ = std::chrono::duration<double>(now - last_).count();
  last_ = now;
  next_ = now + interval;
  if (!on_terminal_) return sink.map(snapshot, true);
  before_ = std::exchange(now_, snapshot);
  draw();
}

void LiveView::draw() {
  winsize size = {};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
  const std::string picture =
      top_picture(now_, before_, seconds_, order_, known ? size.ws_row : 24, known ? size.ws_col : 80, tail_.lines());
  std::string out = "\x1b[H";
  for (const std::string_view line : split(picture, '\n')) out.append(line).append("\x1b[K\n");
  out.pop_back();
  out += "\x1b[J";
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

}  // namespace awl
