// SPDX-License-Identifier: GPL-2.0-only
// Builtins that are more than a call with their arguments as they are: words that the runtime fills in, paths,
// find(), the kernel's log; and how arguments are handed to a function of bpf_lib.
#include "lang/codegen/emitter.h"
#include "src/base/check.h"

namespace awl {

/// The context, if the row says so; numbers as they are, zero for those that are left out; what lies in memory as a
/// pointer and its size.
std::vector<llvm::Value *> Emitter::library_arguments(const Builtin &row, std::span<const ExprId> given,
                                                      std::vector<Value *> arguments) {
  if (row.context) arguments.insert(arguments.begin(), context_);
  for (ExprId argument : given) {
    const Type &type = type_of(argument);
    if (!is_memory(type.kind)) {
      arguments.push_back(number(argument));
      continue;
    }
    // A buffer's own bytes lie behind their number.
    uint32_t head = type.kind == Kind::buffer ? sizeof(uint32_t) : 0;
    Value *memory = memory_at(argument);
    arguments.push_back(head ? offset(memory, head) : memory);
    arguments.push_back(constant(type.size - head));
  }
  if (row.special == Special::choice) return arguments;  // a word chose the function
  for (size_t i = given.size(); i < row.parameters.size(); i++)
    if (row.parameters[i].accepts != Accepts::rest) arguments.push_back(constant(0));
  return arguments;
}

/// A word that the runtime fills in before the first probe fires: addresses differ from one start of a kernel to the
/// next, and the object may come from a file.
llvm::Value *Emitter::loaded_word(Loaded value, const std::string &name, Span span) {
  llvm::GlobalVariable *&word = words_[fmt::format("{} {}", static_cast<int>(value), name)];
  if (!word) {
    std::string variable = fmt::format("awl_word_{}", manifest_.words.size());
    word = library_.add_words(variable, 1);
    manifest_.words.push_back({variable, value, name, span});
  }
  llvm::LoadInst *load = builder_.CreateLoad(builder_.getInt64Ty(), word);
  load->setVolatile(true);
  return load;
}

llvm::Value *Emitter::per_cpu_address(ExprId id, const Call &node) {
  Span span = span_of(id);
  const std::string &name = std::get<UseText>(use_of(node.arguments[0])).text;
  Value *variable = loaded_word(Loaded::kernel_symbol, name, span);
  Value *distances = loaded_word(Loaded::kernel_symbol, "__per_cpu_offset", span);
  Value *processors = loaded_word(Loaded::processors, "", span);
  Value *processor = node.arguments.size() > 1 ? number(node.arguments[1]) : call("awl_cpu", {});
  return call("awl_per_cpu_address", {variable, distances, processors, processor});
}

/// Where the probe is, and from there on: how far it is, the file of the program says.
llvm::Value *Emitter::user_address(ExprId id, const Call &node) {
  const Target &target = body_->group.targets[0];
  const std::string &name = std::get<UseText>(use_of(node.arguments[0])).text;
  std::string wanted = fmt::format("{}:{}:{}", target.places[0].offset, name, target.attach);
  Value *distance = loaded_word(Loaded::user_symbol, wanted, span_of(id));
  return builder_.CreateAdd(processor_register("ip"), distance);
}

/// An argument of the probe as the kernel gave it, not read like other memory: the verifier knows its type.
llvm::Value *Emitter::socket_cookie(const Call &node) {
  uint32_t index = std::get<UseField>(use_of(node.arguments[0])).index;
  const auto &access = std::get<LibraryCall>(body_->group.fields[index].access);
  llvm::LoadInst *load = builder_.CreateLoad(builder_.getPtrTy(), offset(context_, 8 * access.immediates[0]));
  load->setVolatile(true);
  return call("awl_socket_cookie", {load});
}

/// find(@m, key, $v): the variable keeps what it has when there is no entry.
llvm::Value *Emitter::find(const Call &node) {
  MapNumber map = std::get<UseMap>(use_of(node.arguments[0])).map;
  MapRef entry = std::get<MapRef>(program_.ast->operator[](node.arguments[0]).node);
  entry.key.insert(entry.key.end(), node.arguments.begin() + 1, node.arguments.end() - 1);
  LocalNumber local = std::get<UseLocal>(use_of(node.arguments.back())).local;
  const MapDescription &description = this->description(map);
  const Type &type = body_->locals[static_cast<uint32_t>(local)];
  Value *value = map_value(entry, map, false);
  when_there(value, [&] {
    Value *place = local_place(local);
    if (description.show == Show::none && is_memory(description.value.kind))
      convert(value, description.value, place, type, true);
    else if (description.show == Show::stats)
      aggregate_value_into(description, value, place);
    else if (description.show != Show::none)
      builder_.CreateStore(aggregate_number(description, value), place);
    else
      builder_.CreateStore(builder_.CreateAlignedLoad(builder_.getInt64Ty(), value, llvm::Align(8)), place);
  });
  return builder_.CreateZExt(builder_.CreateIsNotNull(value), builder_.getInt64Ty());
}

/// The text is written with room behind it, so that no part of the path has to be cut while it is. All paths of a
/// program are put together in the same place.
void Emitter::path_into(ExprId id, const Call &node, Value *to) {
  ExprId from = node.arguments[0];
  uint32_t size = type_of(id).size;
  Value *address = is_memory(type_of(from).kind) ? as_number(place_of(from).address) : number(from);
  constexpr uint32_t names_bytes = AWL_PATH_WORDS * 8;
  if (uint32_t need = names_bytes + size + AWL_PATH_SLACK; need > path_room_.size) {
    path_room_ = {scratch_used_, need};
    scratch_used_ += whole_words(need);
  }
  Value *names = offset(scratch_, path_room_.offset), *text = offset(names, names_bytes);
  zero(text, whole_words(size));
  call("awl_path", {text, constant(size), address, names});
  call("awl_str_kernel", {to, constant(size), as_number(text), string_fault()});
}

void Emitter::kernel_log(ExprId id, const Call &node) {
  const std::string &format = std::get<UseText>(use_of(id)).text;
  uint32_t size = static_cast<uint32_t>(format.size()) + 1;
  Value *text = temporary(size);
  store_text(text, format, size, false);
  std::vector<Value *> arguments{text, constant(size)};
  for (ExprId argument : std::span(node.arguments).subspan(1))
    arguments.push_back(is_memory(type_of(argument).kind) ? as_number(memory_at(argument)) : number(argument));
  constexpr size_t all = 5;
  while (arguments.size() < all) arguments.push_back(constant(0));
  call("awl_kernel_log", arguments);
}

/// Bytes that are known, 4 or a multiple of 8 of them: an address of the network.
void Emitter::store_bytes(Value *to, std::string_view bytes) {
  for (size_t at = 0; at < bytes.size(); at += 8) {
    size_t width = std::min<size_t>(8, bytes.size() - at);
    uint64_t word = 0;
    for (size_t i = 0; i < width; i++)
      word |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    llvm::Type *type = builder_.getIntNTy(static_cast<unsigned>(8 * width));
    builder_.CreateAlignedStore(llvm::ConstantInt::get(type, word), offset(to, at), llvm::Align(4));
  }
}

}  // namespace awl
