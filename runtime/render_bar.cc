// SPDX-License-Identifier: GPL-2.0-only
// Bars: how large a number is beside others, in 32 cells. With block characters a cell has eight steps. A bar below 0
// goes to the left from the middle; there are no blocks that fill a cell from the right but for one of a half, so that
// side has two steps a cell.
//
//   ┤                ███████▋        │
//   ┤            ▐███│               │
#include <algorithm>
#include <array>

#include "runtime/render.h"

namespace awl {
namespace {

constexpr size_t bar_cells = 32;

/// count / weight of `scale` steps, rounded.
size_t part_of(Wide count, Wide weight, size_t scale) {
  if (weight <= 0) return 0;
  const Wide rounded = (count * static_cast<Wide>(scale) + weight / 2) / weight;
  return std::min(static_cast<size_t>(rounded), scale);
}

void append_to_the_right(std::string &out, Wide count, Wide weight, size_t width, bool unicode) {
  if (!unicode) {
    const size_t cells = part_of(count, weight, width);
    out.append(cells, '#');
    out.append(width - cells, ' ');
    return;
  }
  constexpr std::array<std::string_view, 8> partial = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const size_t eighths = part_of(count, weight, width * 8);
  for (size_t i = 0; i < eighths / 8; i++) out += "█";
  out += partial[eighths % 8];
  out.append(width - (eighths + 7) / 8, ' ');
}

void append_to_the_left(std::string &out, Wide count, Wide weight, size_t width, bool unicode) {
  const size_t steps = unicode ? 2 : 1, filled = part_of(count, weight, width * steps);
  out.append(width - (filled + steps - 1) / steps, ' ');
  if (filled % steps != 0) out += "▐";
  for (size_t i = 0; i < filled / steps; i++) out += unicode ? "█" : "#";
}

}  // namespace

void append_bar(std::string &out, Wide count, Wide weight, bool both_sides, bool unicode) {
  out += unicode ? "┤" : "|";
  const size_t width = both_sides ? bar_cells / 2 - 1 : bar_cells;
  if (both_sides) {
    append_to_the_left(out, count < 0 ? -count : 0, weight, width + 1, unicode);
    out += unicode ? "│" : "|";
  }
  append_to_the_right(out, count < 0 ? 0 : count, weight, width, unicode);
  out += unicode ? "│" : "|";
}

}  // namespace awl
