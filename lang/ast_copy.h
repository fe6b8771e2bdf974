// SPDX-License-Identifier: GPL-2.0-only
// Copies pieces of one tree into another, children first. A tree never changes, so a pass that wants another one
// (the expansion of macros, which also leaves behind what the parser built and did not need) derives from this and
// overrides what becomes of some of the nodes.
#pragma once
#include "lang/ast.h"

namespace awl {

class AstCopy {
 public:
  AstCopy(const Ast &from, Ast &to) : from_(from), to_(to) {}
  virtual ~AstCopy() = default;

  virtual ExprId expr(ExprId id);
  virtual StmtId stmt(StmtId id);
  void probe(const ProbeBlock &block);

 protected:
  /// The variable `name` as it is called in the copy.
  virtual std::string local(const std::string &name) { return name; }
  virtual std::string map(const std::string &name) { return name; }

  const Ast &from_;
  Ast &to_;

 private:
  class Nodes;
};

}  // namespace awl
