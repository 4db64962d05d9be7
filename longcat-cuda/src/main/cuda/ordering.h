// Orders of numbers that are total: also where one is not a number. Both zeros are equal.
#pragma once

#include "device.h"

namespace longcat::device {

constexpr u32 kNoNumber = 0xffffffffu;  // above all, so that it is seen

DEVICE u32 order_of(float number) {
  u32 bits = float_to_bits(number + 0.0f);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return kNoNumber;
  return bits >> 31 != 0 ? ~bits : bits | 0x80000000u;
}

// Higher numbers first, then lower ids.
DEVICE u64 pick_key(float number, i32 id) {
  return static_cast<u64>(order_of(number)) << 32 | (0xffffffffu - static_cast<u32>(id));
}

DEVICE i32 id_of(u64 key) { return static_cast<i32>(0xffffffffu - static_cast<u32>(key)); }

// id_of, or -1 - id where the number is none.
DEVICE i32 checked_id_of(u64 key) {
  return static_cast<u32>(key >> 32) == kNoNumber ? -1 - id_of(key) : id_of(key);
}

DEVICE float lowest() { return bits_to_float(0xff800000u); }

DEVICE i32 least(i32 a, i32 b) { return a < b ? a : b; }

}  // namespace longcat::device
