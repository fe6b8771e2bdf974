// SPDX-License-Identifier: GPL-2.0-only
// The module that code is generated into: the in-kernel library's own. This file and module.cc know how to find its
// functions, copy its map template, give every generated function the debug information that BTF is made of, and turn
// the result into an object. What the code says is the Emitter's business.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include "src/base/source.h"

namespace awl {

class LibraryModule {
 public:
  explicit LibraryModule(const Source &source);

  llvm::Module &module() { return *module_; }
  llvm::LLVMContext &context() { return context_; }

  /// A function of bpf_lib, marked to be inlined (in large scripts it is called: share.cc); its body is fetched from
  /// the bitcode when it is asked for.
  llvm::Function *function(std::string_view name);
  /// A BPF map as a copy of the library's template. Type and sizes are set before load, from the manifest.
  llvm::GlobalVariable *add_map(const std::string &name);
  /// One of the library's own maps (awl_ring, awl_zero ...), kept in the object.
  llvm::GlobalVariable *library_map(std::string_view name);
  /// A zeroed array of 64-bit words in .bss, named for user space.
  llvm::GlobalVariable *add_words(const std::string &name, size_t count);
  /// A table in .rodata.
  llvm::GlobalVariable *add_table(const std::string &name, const std::vector<uint16_t> &entries);
  /// An empty function int name(void *ctx) in `section`, with a subprogram at `span`.
  llvm::Function *add_program(const std::string &name, const std::string &section, Span span);
  /// An empty function u64 name(parameters...) for the body of a loop; all parameters are pointers or words.
  llvm::Function *add_loop_body(const std::string &name, unsigned parameters, Span span);
  /// Set the script's place for the instructions that follow.
  void set_place(llvm::IRBuilder<> &builder, llvm::Function *function, Span span);

  /// Drop what is not used, inline the library, optimise.
  void optimise();
  std::string print_ir() const;
  std::string emit(bool assembly);

 private:
  void keep(llvm::GlobalVariable *variable) { kept_.push_back(variable); }
  llvm::DIType *word_type();
  void describe(llvm::Function *function, llvm::DIType *result, const std::vector<llvm::DIType *> &parameters,
                llvm::DIFile *file, unsigned line);
  /// share.cc: whether this script calls library functions instead of having them inlined, and which.
  void share_functions();
  void drop_unused();

  LineTable lines_;
  llvm::LLVMContext context_;
  std::unique_ptr<llvm::Module> module_;
  llvm::DICompileUnit *unit_ = nullptr;
  llvm::DIFile *file_ = nullptr;
  llvm::DIType *word_ = nullptr;
  std::unique_ptr<llvm::DIBuilder> debug_;
  std::vector<llvm::GlobalVariable *> kept_;
  std::vector<llvm::Function *> programs_;
};

}  // namespace awl
