// SPDX-License-Identifier: GPL-2.0-only
// Rows of the builtins table (builtins.h): strings, bytes, and numbers that have names.
#include "lang/builtins/rows.h"

namespace awl {
namespace {

using namespace row;

constexpr std::string_view copyinstr[] = {"copyinstr"};

constexpr Parameter one_string[] = {{"string", Accepts::string}};
constexpr std::string_view index[] = {"index"};
constexpr std::string_view ntohs[] = {"ntohs"};
constexpr std::string_view ntohl[] = {"ntohl"};
constexpr std::string_view ntohll[] = {"ntohll"};
constexpr std::string_view strjoin[] = {"strjoin"};
constexpr std::string_view inet_ntop[] = {"inet_ntop"};
constexpr std::string_view d_path[] = {"d_path"};
constexpr Parameter compared_bytes[] = {
    {"first", Accepts::memory}, {"second", Accepts::memory}, {"bytes", Accepts::integer}};
constexpr Parameter one_number[] = {{"number", Accepts::integer}};
constexpr Parameter any_string[] = {{"string", Accepts::string}};
constexpr Parameter literal_address[] = {{"address", Accepts::literal}};
constexpr Parameter file_path[] = {{"path", Accepts::any}, {"bytes", Accepts::constant, true}};
constexpr Parameter group_id[] = {{"id", Accepts::integer}, {"filter", Accepts::literal, true}};
constexpr Parameter group_path[] = {{"path", Accepts::literal}};
constexpr Parameter socket[] = {{"socket", Accepts::any}};
constexpr Parameter two_strings[] = {{"haystack", Accepts::string}, {"needle", Accepts::string}};
constexpr Parameter joined_strings[] = {{"first", Accepts::string}, {"second", Accepts::string}};
constexpr Parameter compared_strings[] = {
    {"first", Accepts::string}, {"second", Accepts::string}, {"bytes", Accepts::integer}};
constexpr Parameter address_of_family[] = {{"family or address", Accepts::any}, {"address", Accepts::any, true}};
constexpr Parameter bytes_at[] = {{"address", Accepts::any}, {"bytes", Accepts::integer, true}};
constexpr Parameter anything[] = {{"value", Accepts::any}};
constexpr Parameter string_at[] = {{"address", Accepts::pointer}, {"bytes", Accepts::constant, true}};

/// A number that prints as a name; the names are those of language_types().
Type error_name() {
  Type type = integer_type(8, true);
  type.name = "strerror";
  return type;
}
Type signal_name() {
  Type type = integer_type(8, true);
  type.name = "signal_name";
  return type;
}

Type network_bytes() { return array_type(integer_type(1, false), 4); }
Type syscall_name() {
  Type type = integer_type(8, true);
  type.name = "syscall_name";
  return type;
}

const Builtin rows[] = {
    {.name = "str",
     .aliases = copyinstr,
     .form = Form::function,
     .parameters = string_at,
     .result = sized_string,
     .special = Special::str,
     .group = "string",
     .summary = "the string at an address, read up to its NUL",
     .example = "tracepoint:syscalls:sys_enter_openat { @[str(args.filename)] = count(); }"},
    {.name = "strlen",
     .form = Form::function,
     .parameters = one_string,
     .result = u64,
     .symbol = "awl_strlen",
     .group = "string",
     .summary = "bytes of a string, without its NUL",
     .example = "tracepoint:sched:sched_switch { @[strlen(comm)] = count(); }"},
    {.name = "strcap",
     .form = Form::function,
     .parameters = any_string,
     .result = u64,
     .special = Special::capacity,
     .group = "string",
     .summary = "bytes that a string has room for, with its NUL",
     .example = "begin { print(strcap(comm)); }"},
    {.name = "strncmp",
     .form = Form::function,
     .parameters = compared_strings,
     .result = u64,
     .symbol = "awl_strncmp",
     .group = "string",
     .summary = "0 when the first bytes of two strings are the same, else 1",
     .example = "tracepoint:sched:sched_switch / strncmp(comm, \"kworker\", 7) == 0 / { @ = count(); }"},
    {.name = "strcmp",
     .form = Form::function,
     .parameters = joined_strings,
     .result = s64,
     .symbol = "awl_strcmp",
     .group = "string",
     .summary = "0 when two strings are the same, else below or above 0, by the order of their bytes",
     .example = "tracepoint:sched:sched_switch / strcmp(comm, \"cat\") == 0 / { @ = count(); }"},
    {.name = "strstr",
     .aliases = index,
     .form = Form::function,
     .parameters = two_strings,
     .result = s64,
     .symbol = "awl_strstr",
     .group = "string",
     .summary = "where a string stands in another, or -1",
     .example = "tracepoint:sched:sched_switch { @[strstr(comm, \"worker\")] = count(); }"},
    {.name = "strcontains",
     .form = Form::function,
     .parameters = two_strings,
     .result = boolean,
     .symbol = "awl_strcontains",
     .group = "string",
     .summary = "whether a string stands in another",
     .example = "tracepoint:sched:sched_switch / strcontains(comm, \"worker\") / { @ = count(); }"},
    {.name = "str_concat",
     .aliases = strjoin,
     .form = Form::function,
     .parameters = joined_strings,
     .result = sized_string,
     .special = Special::concatenate,
     .group = "string",
     .summary = "two strings, one behind the other",
     .example = "tracepoint:sched:sched_switch { @[str_concat(comm, \"!\")] = count(); }"},
    {.name = "buf",
     .form = Form::function,
     .parameters = bytes_at,
     .result = sized_buffer,
     .special = Special::buffer,
     .group = "bytes",
     .summary = "bytes at an address, or of an array",
     .example = "tracepoint:syscalls:sys_enter_write / args.count < 64 / { printf(\"%r\\n\", buf(args.buf, args.count)); }"},
    {.name = "memcmp",
     .form = Form::function,
     .parameters = compared_bytes,
     .result = s64,
     .symbol = "awl_memcmp",
     .special = Special::compare_bytes,
     .group = "bytes",
     .summary = "0 when the first bytes of two values are the same, else how the first that differ do",
     .example = "begin { print(memcmp(\"awl\", \"awk\", 2)); }"},
    {.name = "htons",
     .aliases = ntohs,
     .form = Form::function,
     .parameters = one_number,
     .result = u64,
     .symbol = "awl_swap16",
     .group = "bytes",
     .summary = "a number of two bytes in the network's order of bytes, or back from it",
     .example = "begin { print(htons(80)); exit(); }"},
    {.name = "htonl",
     .aliases = ntohl,
     .form = Form::function,
     .parameters = one_number,
     .result = u64,
     .symbol = "awl_swap32",
     .group = "bytes",
     .summary = "the same for four bytes",
     .example = "begin { printf(\"%x\\n\", htonl(0x7f000001)); exit(); }"},
    {.name = "htonll",
     .aliases = ntohll,
     .form = Form::function,
     .parameters = one_number,
     .result = u64,
     .symbol = "awl_swap64",
     .group = "bytes",
     .summary = "the same for eight bytes",
     .example = "begin { printf(\"%x\\n\", htonll(1)); exit(); }"},
    {.name = "bswap",
     .form = Form::function,
     .parameters = value,
     .result = u64,
     .special = Special::byte_swap,
     .group = "bytes",
     .summary = "the bytes of a number in the other order, as wide as the number is",
     .example = "begin { printf(\"%d\\n\", bswap((uint16)80)); }"},
    {.name = "ntop",
     .aliases = inet_ntop,
     .form = Form::function,
     .parameters = address_of_family,
     .result = simple<Kind::inet>,
     .special = Special::network_address,
     .group = "names",
     .summary = "an IPv4 or IPv6 address: of a number, an array of 4 or 16 bytes, or by its family",
     .example = "begin { print(ntop(0x0100007f)); }"},
    {.name = "pton",
     .form = Form::function,
     .parameters = literal_address,
     .result = network_bytes,
     .special = Special::parse_address,
     .group = "names",
     .summary = "the 4 or 16 bytes of an IPv4 or IPv6 address",
     .example = "begin { print(pton(\"127.0.0.1\")); }"},
    {.name = "path",
     .aliases = d_path,
     .form = Form::function,
     .parameters = file_path,
     .result = sized_string,
     .special = Special::path,
     .group = "names",
     .summary = "the path of a file: of a `struct path` of the kernel",
     .example = "begin { print(path(curtask->fs->pwd)); }"},
    {.name = "cgroupid",
     .form = Form::function,
     .parameters = group_path,
     .result = u64,
     .special = Special::loaded_word,
     .loaded = Loaded::control_group,
     .group = "names",
     .summary = "id of the control group (version 2) with that directory",
     .example = "tracepoint:sched:sched_switch / cgroup == cgroupid(\"/sys/fs/cgroup\") / { @ = count(); }"},
    {.name = "cgroup_path",
     .form = Form::function,
     .parameters = group_id,
     .result = simple<Kind::cgroup_path>,
     .special = Special::same_number,
     .group = "names",
     .summary = "path of a control group, by its id",
     .example = "tracepoint:sched:sched_switch { @[cgroup_path(cgroup)] = count(); }"},
    {.name = "socket_cookie",
     .form = Form::function,
     .parameters = socket,
     .result = u64,
     .symbol = "awl_socket_cookie",
     .special = Special::socket_cookie,
     .where = Where::trusted,
     .group = "names",
     .summary = "the number that the kernel gives a socket, of an argument of fentry and fexit",
     .example = "fentry:tcp_close { @[socket_cookie(args.sk)] = count(); }"},
    {.name = "macaddr",
     .form = Form::function,
     .parameters = anything,
     .result = simple<Kind::mac>,
     .special = Special::hardware_address,
     .group = "names",
     .summary = "a hardware address, from six bytes",
     .example = "begin { print(macaddr((uint8[8])0x0000060504030201)); }"},
    {.name = "strerror",
     .form = Form::function,
     .parameters = value,
     .result = error_name,
     .special = Special::same_number,
     .group = "names",
     .summary = "what an error number means",
     .example = "begin { print(strerror(2)); }"},
    {.name = "syscall_name",
     .form = Form::function,
     .parameters = value,
     .result = syscall_name,
     .special = Special::same_number,
     .group = "names",
     .summary = "name of a system call",
     .example = "begin { print(syscall_name(0)); }"},
    {.name = "signal_name",
     .form = Form::function,
     .parameters = value,
     .result = signal_name,
     .special = Special::same_number,
     .group = "names",
     .summary = "name of a signal",
     .example = "begin { print(signal_name(9)); }"},
};

}  // namespace

std::span<const Builtin> string_builtins() { return rows; }

}  // namespace awl
