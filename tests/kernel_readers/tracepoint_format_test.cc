// SPDX-License-Identifier: GPL-2.0-only
// Format files of tracepoints, good and broken, and the types of their fields.
#include <doctest/doctest.h>

#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

namespace {
TracepointField parse_one(std::string line) {
  const Result<std::vector<TracepointField>> fields = parse_tracepoint_format("format:\n\tfield:" + line + "\n");
  REQUIRE(fields);
  REQUIRE(fields->size() == 1);
  return fields->front();
}
Type syscall_type(std::string declaration) {
  return tracepoint_field_type(parse_one(declaration + ";\toffset:16;\tsize:8;\tsigned:0;"), true);
}
}  // namespace

TEST_CASE("fields of a format file") {
  const Result<std::vector<TracepointField>> fields = parse_tracepoint_format(sched_switch_format);
  REQUIRE(fields);
  REQUIRE(fields->size() == 9);
  const TracepointField &comm = (*fields)[2];
  CHECK(comm.name == "prev_comm");
  CHECK(comm.declaration == "char prev_comm[16]");
  CHECK(comm.c_type == "char[16]");
  CHECK(comm.is_array);
  CHECK(comm.offset == 8);
  CHECK(comm.size == 16);
  const TracepointField &pid = (*fields)[3];
  CHECK(pid.name == "prev_pid");
  CHECK(pid.c_type == "pid_t");
  CHECK(pid.is_signed);
  CHECK((*fields)[5].is_data_location);
  CHECK((*fields)[5].name == "name");
  CHECK((*fields)[5].c_type == "char[]");
  CHECK((*fields)[6].is_relative_location);
  CHECK((*fields)[8].name == "skaddr");
  CHECK((*fields)[8].c_type == "const void *");
}

TEST_CASE("types of fields in memory") {
  const std::vector<TracepointField> fields = *parse_tracepoint_format(sched_switch_format);
  CHECK(tracepoint_field_type(fields[2], false) == string_type(16));
  CHECK(tracepoint_field_type(fields[3], false) == integer_type(4, true));
  CHECK(tracepoint_field_type(fields[4], false) == integer_type(8, true));
  CHECK(tracepoint_field_type(fields[5], false) == string_type(0));
  CHECK(tracepoint_field_type(fields[6], false) == string_type(0));
  CHECK(tracepoint_field_type(fields[7], false).kind == Kind::unknown);
  CHECK(tracepoint_field_type(fields[8], false) == pointer_type(AddressSpace::kernel, "void"));
}

TEST_CASE("arguments of system calls have the width of their type, not of their register") {
  CHECK(syscall_type("int fd") == integer_type(4, true));
  CHECK(syscall_type("const clockid_t which_clock") == integer_type(4, true));
  CHECK(syscall_type("unsigned int flags") == integer_type(4, false));
  CHECK(syscall_type("umode_t mode") == integer_type(2, false));
  CHECK(syscall_type("size_t count") == integer_type(8, false));
  CHECK(syscall_type("loff_t pos") == integer_type(8, true));
  CHECK(syscall_type("const enum landlock_rule_type rule_type") == integer_type(4, false));
  CHECK(syscall_type("const char * filename") == pointer_type(AddressSpace::user, "char"));
  CHECK(syscall_type("struct stat * statbuf") == pointer_type(AddressSpace::user, "struct stat"));
  CHECK(syscall_type("cap_user_header_t header") == pointer_type(AddressSpace::user, ""));
  CHECK(syscall_type("brand_new_t what") == integer_type(8, false));
}

TEST_CASE("broken format files are refused with the line") {
  const auto why = [](std::string_view text) {
    const Result<std::vector<TracepointField>> fields = parse_tracepoint_format(text);
    REQUIRE_FALSE(fields);
    CHECK(fields.error().what == "cannot understand the tracepoint's format");
    return fields.error().why;
  };
  CHECK(why("") == "it has no line `format:`");
  CHECK(why("\x01\xff garbage") == "it has no line `format:`");
  CHECK(why("format:\n\tfield:int x;\toffset:8;") ==
        "a field without offset, size and sign in line 2: `\\tfield:int x;\\toffset:8;`");
  CHECK(why("format:\n\tfield:int x;\toffset:-8;\tsize:4;\tsigned:1;") ==
        "a field without offset, size and sign in line 2: `\\tfield:int x;\\toffset:-8;\\tsize:4;\\tsigned:1;`");
  CHECK(why("format:\n\tfield:;\toffset:8;\tsize:4;\tsigned:1;") ==
        "a field without name or type in line 2: `\\tfield:;\\toffset:8;\\tsize:4;\\tsigned:1;`");
  CHECK(why("format:\n\tfield:int [4];\toffset:8;\tsize:4;\tsigned:1;") ==
        "a field without name or type in line 2: `\\tfield:int [4];\\toffset:8;\\tsize:4;\\tsigned:1;`");
}
