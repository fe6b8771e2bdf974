// SPDX-License-Identifier: GPL-2.0-only
// Maps: keys built in place, values found or made, assignments and aggregations.
#include <array>

#include "lang/codegen/emitter.h"
#include "src/base/check.h"

namespace awl {
namespace {

bool is_keyed(const MapDescription &map) { return !map.key.empty(); }

/// What awl_llquantize() has to know of the buckets.
std::array<uint64_t, 5> magnitude_numbers(const MapDescription &map) {
  const uint64_t factor = map.factor, cells = map.merge.size();
  uint64_t low = 1;
  for (int64_t i = 0; i < map.low; i++) low *= factor;
  return {factor, low, static_cast<uint64_t>(map.high - map.low + 1), static_cast<uint64_t>(map.step) / factor,
          map.is_signed() ? (cells - 3) / 2 : cells - 2};
}

uint64_t kept_of(Show each) {
  if (each == Show::maximum) return AWL_SERIES_MAXIMUM;
  if (each == Show::minimum) return AWL_SERIES_MINIMUM;
  return each == Show::none ? AWL_SERIES_NEWEST : AWL_SERIES_SUM;
}

}  // namespace

llvm::Value *Emitter::map_pointer(MapNumber map) {
  llvm::GlobalVariable *&pointer = maps_[static_cast<uint32_t>(map)];
  if (!pointer) pointer = library_.add_map(description(map).symbol);
  return pointer;
}

llvm::Value *Emitter::full_counter(MapNumber map) { return offset(full_, static_cast<uint32_t>(map) * 8ull); }

/// The bank that is written to now. Read anew each time: user space flips it.
llvm::Value *Emitter::bank(MapNumber map) {
  llvm::LoadInst *load = builder_.CreateLoad(builder_.getInt64Ty(), offset(banks_, static_cast<uint32_t>(map) * 8ull));
  load->setVolatile(true);
  return builder_.CreateAnd(load, constant(AWL_BANKS - 1));
}

llvm::Value *Emitter::map_key(const MapRef &node, MapNumber map) {
  const MapDescription &description = this->description(map);
  Value *key = temporary(description.key_size);
  if (description.banked) builder_.CreateStore(bank(map), key);
  // A tuple in the place of several keys.
  if (node.key.size() == 1 && description.key.size() > 1) {
    std::vector<Type> types;
    for (const Column &column : description.key) types.push_back(column.type);
    memory_into(node.key[0], offset(key, description.key[0].offset), tuple_type(types), true);
    return key;
  }
  for (size_t i = 0; i < node.key.size(); i++) {
    const Column &column = description.key[i];
    Value *place = offset(key, column.offset);
    store(node.key[i], place, column.type, true);
  }
  return key;
}

llvm::Value *Emitter::map_value(const MapRef &node, MapNumber map, bool create) {
  const MapDescription &description = this->description(map);
  if (!is_keyed(description)) {
    Value *index = description.banked ? builder_.CreateTrunc(bank(map), builder_.getInt32Ty()) : constant32(0);
    return call("awl_slot", {map_pointer(map), index});
  }
  Value *key = map_key(node, map);
  if (!create) return call("awl_lookup", {map_pointer(map), key});
  library_.library_map("awl_zero");
  return call("awl_entry", {map_pointer(map), key, full_counter(map)});
}

/// A missing entry reads as 0.
llvm::Value *Emitter::map_number(ExprId id, const MapRef &node) {
  MapNumber map = std::get<UseMap>(use_of(id)).map;
  Value *value = map_value(node, map, false);
  BasicBlock *from = builder_.GetInsertBlock(), *there = new_block("there"), *done = new_block("done");
  builder_.CreateCondBr(builder_.CreateIsNotNull(value), there, done);
  builder_.SetInsertPoint(there);
  Value *loaded = nullptr;
  if (description(map).show != Show::none) {
    loaded = aggregate_number(description(map), value);
  } else {
    Value *place = is_keyed(description(map)) ? value : offset(value, sizeof(awl_slot_header));
    loaded = builder_.CreateLoad(builder_.getInt64Ty(), place);
  }
  BasicBlock *last = builder_.GetInsertBlock();
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
  llvm::PHINode *result = builder_.CreatePHI(builder_.getInt64Ty(), 2);
  result->addIncoming(constant(0), from);
  result->addIncoming(loaded, last);
  return result;
}

/// What the cells of an aggregation say, in one number.
llvm::Value *Emitter::aggregate_number(const MapDescription &map, Value *cells) {
  Value *with_sign = constant(map.is_signed());
  if (map.show == Show::minimum) return call("awl_minimum_value", {cells, with_sign});
  if (map.show == Show::maximum) return call("awl_maximum_value", {cells, with_sign});
  if (map.show == Show::average) return call("awl_average_value", {cells, with_sign});
  return builder_.CreateAlignedLoad(builder_.getInt64Ty(), cells, llvm::Align(8));
}

/// The same as a value in memory; stats() is a record of count, average and total.
void Emitter::aggregate_value_into(const MapDescription &map, Value *cells, Value *to) {
  if (map.show != Show::stats) {
    builder_.CreateStore(aggregate_number(map, cells), to);
    return;
  }
  auto cell = [&](uint32_t i) {
    return builder_.CreateAlignedLoad(builder_.getInt64Ty(), offset(cells, 8ull * i), llvm::Align(8));
  };
  builder_.CreateStore(cell(1), to);
  builder_.CreateStore(call("awl_average_value", {cells, constant(map.is_signed())}), offset(to, 8));
  builder_.CreateStore(cell(0), offset(to, 16));
}

/// A missing entry reads as zeros: an empty string, a tuple of zeros.
void Emitter::map_memory_into(ExprId id, const MapRef &node, Value *to) {
  MapNumber map = std::get<UseMap>(use_of(id)).map;
  const MapDescription &description = this->description(map);
  uint32_t size = type_of(id).size;
  Value *value = map_value(node, map, false);
  two_arms(
      builder_.CreateIsNotNull(value),
      [&] {
        if (description.show != Show::none) return aggregate_value_into(description, value, to);
        copy(to, is_keyed(description) ? value : offset(value, sizeof(awl_slot_header)), size);
      },
      [&] { zero(to, size); });
}

void Emitter::map_assign(const MapRef &node, MapNumber map, ExprId value) {
  const MapDescription &description = this->description(map);
  bool memory = is_memory(description.value.kind);
  if (is_keyed(description)) {
    Value *fresh = temporary(description.value_size);
    store(value, fresh, description.value, true);
    Value *key = map_key(node, map);
    call("awl_store", {map_pointer(map), key, fresh, full_counter(map)});
    return;
  }
  // The new value may be made of the old one, so it is whole before the slot is written to.
  Value *fresh = memory ? memory_at(value) : number(value);
  Value *slot = map_value(node, map, true);
  when_there(slot, [&] {
    Value *place = offset(slot, sizeof(awl_slot_header));
    if (memory)
      convert(fresh, type_of(value), place, description.value, true);
    else
      builder_.CreateStore(fresh, place);
    builder_.CreateStore(constant(1), slot);
  });
}

void Emitter::map_aggregate(const MapRef &node, MapNumber map, const Call &call_node) {
  const MapDescription &description = this->description(map);
  const Builtin &row = *call_node.callee.builtin;
  std::vector<Value *> arguments{nullptr};
  if (!call_node.arguments.empty()) arguments.push_back(number(call_node.arguments[0]));
  Value *with_sign = constant(description.is_signed());
  std::string symbol(row.symbol);
  auto weight = [&](const Call &given, size_t at) {
    return given.arguments.size() > at ? number(given.arguments[at]) : constant(1);
  };
  switch (description.show) {
    case Show::minimum:
    case Show::maximum:
      if (!options_.atomic_compare)
        symbol += "_plain";
      else if (description.storage == Storage::hash || description.storage == Storage::slot)
        symbol += "_shared";
      arguments.push_back(with_sign);
      break;
    case Show::log2_histogram:
      // hist() is quantize() with a finer scale; without one it is the same.
      symbol = "awl_quantize";
      arguments.insert(arguments.end(), {with_sign, row.show == Show::log2_histogram ? weight(call_node, 1) : constant(1)});
      break;
    case Show::linear_histogram:
      arguments.insert(arguments.end(),
                       {with_sign, constant(static_cast<uint64_t>(description.low)),
                        constant(static_cast<uint64_t>(description.step)), constant(description.merge.size() - 2),
                        weight(call_node, 4)});
      break;
    case Show::log_linear_histogram:
    case Show::percentiles:
      arguments.insert(arguments.end(), {with_sign, constant(description.bits)});
      break;
    case Show::deviation:
      arguments.push_back(with_sign);
      break;
    case Show::magnitudes:
      arguments.push_back(with_sign);
      for (uint64_t fixed : magnitude_numbers(description)) arguments.push_back(constant(fixed));
      arguments.push_back(weight(call_node, 5));
      break;
    case Show::time_series:
      if (!options_.atomic_compare) symbol += "_plain";
      arguments.insert(arguments.end(), {with_sign, constant(static_cast<uint64_t>(description.step)),
                                         constant(description.intervals), constant(kept_of(description.each))});
      break;
    case Show::none:
    case Show::count:
    case Show::sum:
    case Show::average:
    case Show::stats:
      break;
  }
  Value *cells = map_value(node, map, true);
  arguments[0] = cells;
  when_there(cells, [&] { call(symbol, arguments); });
}

/// Change a number in place and give what it was. Adding, subtracting and bit operations are atomic (on kernels that
/// can: adding always is); the others read and write.
llvm::Value *Emitter::map_update(const MapRef &node, MapNumber map, BinaryOp op, Value *operand, bool left_signed,
                                 Span span) {
  const MapDescription &description = this->description(map);
  Value *value = map_value(node, map, true);
  BasicBlock *from = builder_.GetInsertBlock(), *there = new_block("there"), *done = new_block("done");
  builder_.CreateCondBr(builder_.CreateIsNotNull(value), there, done);
  builder_.SetInsertPoint(there);
  Value *place = value;
  if (!is_keyed(description)) {
    builder_.CreateStore(constant(1), value);
    place = offset(value, sizeof(awl_slot_header));
  }
  using Atomic = llvm::AtomicRMWInst;
  auto atomic = [&](Atomic::BinOp operation, Value *by) {
    return builder_.CreateAtomicRMW(operation, place, by, llvm::MaybeAlign(8), llvm::AtomicOrdering::Monotonic);
  };
  Value *before = nullptr;
  if (op == BinaryOp::add) before = atomic(Atomic::Add, operand);
  if (op == BinaryOp::subtract) before = atomic(Atomic::Add, builder_.CreateNeg(operand));
  if (options_.atomic_compare && op == BinaryOp::bit_and) before = atomic(Atomic::And, operand);
  if (options_.atomic_compare && op == BinaryOp::bit_or) before = atomic(Atomic::Or, operand);
  if (options_.atomic_compare && op == BinaryOp::bit_xor) before = atomic(Atomic::Xor, operand);
  if (!before) {
    before = builder_.CreateLoad(builder_.getInt64Ty(), place);
    builder_.CreateStore(arithmetic(op, before, operand, left_signed, left_signed, span), place);
  }
  BasicBlock *last = builder_.GetInsertBlock();
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
  llvm::PHINode *result = builder_.CreatePHI(builder_.getInt64Ty(), 2);
  result->addIncoming(constant(0), from);
  result->addIncoming(before, last);
  return result;
}

void Emitter::map_delete(const Call &node) {
  const auto &target = std::get<MapRef>(program_.ast->operator[](node.arguments[0]).node);
  MapNumber map = std::get<UseMap>(use_of(node.arguments[0])).map;
  MapRef entry = target;
  entry.key.insert(entry.key.end(), node.arguments.begin() + 1, node.arguments.end());
  if (is_keyed(description(map))) {
    Value *key = map_key(entry, map);
    call("awl_delete", {map_pointer(map), key});
    return;
  }
  Value *slot = map_value(entry, map, false);
  when_there(slot, [&] { zero(slot, description(map).value_size); });
}

}  // namespace awl
