// SPDX-License-Identifier: GPL-2.0-only
// One picture of --top: a map as it is now, and what is new in it.
#pragma once
#include <deque>
#include <string>

#include "runtime/values.h"

namespace awl {

struct TopOrder {
  size_t column = 0;  // 0: value, 1: new, then the columns of the key
  bool ascending = false;
};

/// Title, head, rows, and `below` them: at most `lines` lines of at most `columns` columns.
std::string top_picture(const Snapshot &now, const Snapshot &before, double seconds, const TopOrder &order,
                        size_t lines, size_t columns, const std::deque<std::string> &below);

}  // namespace awl
