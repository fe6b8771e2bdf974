// SPDX-License-Identifier: GPL-2.0-only
// The headers that most files read, compiled once for each part of the tree
// (Meson's cpp_pch).  Every file still names what it uses: a build with
// -Db_pch=false is the proof.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
