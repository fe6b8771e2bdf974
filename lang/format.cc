// SPDX-License-Identifier: GPL-2.0-only
// printf formats: %[flags][width][.precision][length]letter.
#include "lang/format.h"

#include <algorithm>

#include "src/base/utf8.h"

namespace awl {
namespace {

constexpr unsigned largest_number = 1024;  // width and precision
constexpr std::string_view letters = "diuoxXcpsvr";

/// The length that a resolved text had in the script, if it was written in the plainest way.
uint32_t written_length(std::string_view text) {
  const auto escaped = [](char c) { return std::string_view("\n\t\r\"\\").find(c) != std::string_view::npos; };
  return static_cast<uint32_t>(text.size()) + static_cast<uint32_t>(std::ranges::count_if(text, escaped));
}

class FormatParser {
 public:
  FormatParser(std::string_view text, Span literal, Diagnostics &diagnostics)
      : text_(text), literal_(literal), diagnostics_(diagnostics) {
    // Escapes are gone from the text; only when it is as long as it should be does every byte's place follow.
    places_known_ = literal.begin + 2 + written_length(text) == literal.end;
  }

  std::vector<FormatPiece> run() {
    FormatPiece piece;
    while (next_ < text_.size()) {
      if (text_[next_] != '%') {
        piece.text += text_[next_++];
      } else if (text_.substr(next_).starts_with("%%")) {
        piece.text += '%';
        next_ += 2;
      } else if (conversion(piece)) {
        pieces_.push_back(std::move(piece));
        piece = {};
      }
    }
    if (!piece.text.empty()) pieces_.push_back(std::move(piece));
    return std::move(pieces_);
  }

 private:
  char peek() const { return next_ < text_.size() ? text_[next_] : '\0'; }

  /// `next_` is at the `%`. False, with a diagnostic, when it is none that is known.
  bool conversion(FormatPiece &piece) {
    const size_t begin = next_++;
    Conversion &result = piece.conversion;
    result = {};
    flags(result);
    result.width = static_cast<uint16_t>(number("width", begin));
    if (peek() == '.') {
      next_++;
      result.precision = static_cast<int16_t>(number("precision", begin));
    }
    result.bits = length();
    if (next_ >= text_.size()) {
      diagnostics_.error(place(begin), "the format ends inside a conversion").help("write `%%` for a percent sign");
      return false;
    }
    const size_t letter_at = next_;
    next_ += first_code_point(text_.substr(next_)).length;
    result.letter = text_[letter_at];
    if (letters.find(result.letter) == std::string_view::npos) {
      diagnostics_.error(place(begin), "unknown conversion `%{}`", text_.substr(letter_at, next_ - letter_at))
          .help("the conversions are %d %i %u %o %x %X %c %p %s, %r for bytes, %v for any value, and %%");
      return false;
    }
    if (result.letter == 'r' && (peek() == 'x' || peek() == 'h')) result.bytes = text_[next_++];
    piece.has_conversion = true;
    piece.span = place(begin);
    return true;
  }

  void flags(Conversion &result) {
    for (;; next_++) {
      switch (peek()) {
        case '-':
          result.left = true;
          break;
        case '+':
          result.plus = true;
          break;
        case ' ':
          result.space = true;
          break;
        case '#':
          result.alternate = true;
          break;
        case '0':
          result.zero = true;
          break;
        case '@':
          result.of_map = true;
          break;
        default:
          return;
      }
    }
  }

  unsigned number(const char *what, size_t begin) {
    unsigned value = 0;
    for (; peek() >= '0' && peek() <= '9'; next_++)
      value = std::min(value * 10 + static_cast<unsigned>(peek() - '0'), largest_number + 1);
    if (value <= largest_number) return value;
    diagnostics_.error(place(begin), "the {} of this conversion is too large", what)
        .help("the largest is {}", largest_number);
    return largest_number;
  }

  /// Bits that the length modifier leaves of an integer.
  uint8_t length() {
    const std::string_view rest = text_.substr(next_);
    if (rest.starts_with("hh") || rest.starts_with("ll")) {
      next_ += 2;
      return rest[0] == 'h' ? 8 : 64;
    }
    const bool known = !rest.empty() && std::string_view("hljztL").find(rest[0]) != std::string_view::npos;
    if (known) next_++;
    return known && rest[0] == 'h' ? 16 : 64;
  }

  /// From `begin` to what was read last.
  Span place(size_t begin) const {
    if (!places_known_) return literal_;
    const uint32_t first = literal_.begin + 1 + written_length(text_.substr(0, begin));
    return {first, first + written_length(text_.substr(begin, next_ - begin))};
  }

  std::string_view text_;
  Span literal_;
  Diagnostics &diagnostics_;
  bool places_known_ = false;
  size_t next_ = 0;
  std::vector<FormatPiece> pieces_;
};

}  // namespace

std::vector<FormatPiece> parse_format(std::string_view text, Span literal, Diagnostics &diagnostics) {
  return FormatParser(text, literal, diagnostics).run();
}

}  // namespace awl
