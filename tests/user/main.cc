// SPDX-License-Identifier: GPL-2.0-only
// The main function of this folder's tests.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
