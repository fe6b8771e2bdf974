// SPDX-License-Identifier: GPL-2.0-only
// Values as people read them: numbers, times in units, escaped text, pictures of histograms. Shared by the text
// sink and by printf. Appends to a string of the caller's, since a map may have a million rows.
#pragma once
#include <string>
#include <string_view>

#include "runtime/values.h"

namespace awl {

struct Look {
  bool escape = true;   // strings from outside are made safe for a terminal
  bool unicode = true;  // bars of block characters; else |####    |
  bool plain = false;   // as C programs print: digits without units, bytes of buffers that are no ASCII as \xNN
  /// How this look draws a histogram inside of a line; null: as append_histogram() does.
  void (*picture)(std::string &out, const Histogram &histogram) = nullptr;
};

/// 42, -1, true, 1.02us, 0xffff1234, bytes of a string, `count 3, average 5, total 15`. A histogram becomes its
/// picture: a line end, then its rows, without the last line end.
void append_value(std::string &out, const TypedValue &value, const Look &look);

/// printf with this look for what %s and %v show; see render_printf.
std::string render_printf(const std::vector<FormatPiece> &format, const std::vector<TypedValue> &values,
                          const Look &look);

/// The string, made safe when asked for, with `..` behind when it was cut.
void append_text(std::string &out, const Text &text, bool escape);

/// `vfs_read+12`, or `0xffff...` when nothing is known of the address.
void append_symbol(std::string &out, const Symbol &symbol, bool escape);

/// A line end, then a line for each frame, eight blanks in front.
void append_stack(std::string &out, const Stack &stack, bool escape);

/// The rows of a histogram, each with its line end.
void append_histogram(std::string &out, const Histogram &histogram, bool unicode);

/// A line for each interval of a time series, each with its line end.
void append_series(std::string &out, const TimeSeries &series, Unit unit, bool unicode);

/// Time of day in local time, with as many digits of the second as tell intervals of this length apart.
std::string time_of_day(int64_t since_1970, uint64_t interval);

/// A bar of 32 cells between its two ends: the part that `count` is of `weight`. With `both_sides` bars of what is
/// below 0 go to the left from the middle.
void append_bar(std::string &out, Wide count, Wide weight, bool both_sides, bool unicode);

/// Nanoseconds in the unit that leaves three digits: 0ns, 512ns, 1.02us, 16.3us, 131us, 2.00s; from 1000s on all
/// digits of the seconds. What does not fit is cut, not rounded, so that no time is ever overstated. `exact` tells
/// whether the shown digits are the whole truth.
std::string time_text(Wide nanoseconds, bool *exact = nullptr);

/// `ns`, `bytes`, or nothing: the unit in machine formats.
std::string_view unit_name(Unit unit);

/// All digits of the number.
void append_integer(std::string &out, Wide number);

/// Columns that printable UTF-8 takes on a terminal.
size_t text_width(std::string_view text);

/// Append `text` and blanks up to `width` columns, the text on the left or on the right side.
void append_left(std::string &out, std::string_view text, size_t width);
void append_right(std::string &out, std::string_view text, size_t width);

}  // namespace awl
