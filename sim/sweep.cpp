// Multiplies every x of a range by every y: a unit, compiled by Yosys' write_cxxrtl, against docs/arithmetic.md.
//
// The specification below knows nothing of the package but the numbers of a format (exponent and mantissa bits, bias,
// TOP) and D in mantissa LSBs, without which the product is the exact one. The policy is flush.
//
//   sweep FROM TO     x from FROM to TO - 1; prints "PAIRS MISMATCHES", then the first mismatches: x y expected got

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "unit.h"

static const int E = LMUL_E, M = LMUL_M;
static const int64_t BIAS = LMUL_BIAS, TOP = LMUL_TOP;
static const int64_t ONE = INT64_C(1) << M; // the hidden bit
static const uint32_t SIGN = UINT32_C(1) << (E + M);
static const uint64_t SHOWN = 10;

// T, the magnitude code of the product of two normal magnitudes, with no bounds to its exponent.
static int64_t extended(int64_t X, int64_t Y) {
#ifdef LMUL_D
  return X + Y - BIAS * ONE + LMUL_D;
#else
  // In [2^2M, 2^(2M+2)): how far it has to be shifted to M + 1 bits depends on where its first bit is.
  const int64_t full = (ONE + X % ONE) * (ONE + Y % ONE);
  const int shift = full < 2 * ONE * ONE ? M : M + 1;
  const int64_t unit = INT64_C(1) << shift, rest = full % unit;
  int64_t significand = full / unit;
  if (2 * rest > unit || (2 * rest == unit && significand % 2 == 1))
    significand += 1;
  const int64_t exponent = X / ONE + Y / ONE - BIAS + (shift - M);
  return exponent * ONE + (significand - ONE); // a significand rounded up to 2^(M+1) is the next exponent's first
#endif
}

static uint32_t expected(uint32_t x, uint32_t y) {
  const uint32_t sign = (x ^ y) & SIGN;
  const int64_t X = x % SIGN, Y = y % SIGN;
  if (X < ONE || Y < ONE) // exponent field 0
    return sign;
  const int64_t T = extended(X, Y);
  if (T < ONE)
    return sign;
  return sign | uint32_t(T > TOP ? TOP : T);
}

int main(int count, char **arguments) {
  if (count != 3)
    return 2;
  const uint32_t from = strtoul(arguments[1], nullptr, 10), to = strtoul(arguments[2], nullptr, 10);
  cxxrtl_design::p_unit unit;
  uint64_t pairs = 0, mismatches = 0;
  uint32_t shown[SHOWN][4];
  for (uint32_t x = from; x < to; x++) {
    unit.p_x.set<uint32_t>(x);
    for (uint32_t y = 0; y < 2 * SIGN; y++) {
      unit.p_y.set<uint32_t>(y);
      unit.step(); // until nothing changes any more, which one eval() does not promise
      const uint32_t got = unit.p_p.get<uint32_t>(), want = expected(x, y);
      pairs++;
      if (got != want) {
        if (mismatches < SHOWN) {
          uint32_t *row = shown[mismatches];
          row[0] = x, row[1] = y, row[2] = want, row[3] = got;
        }
        mismatches++;
      }
    }
  }
  printf("%" PRIu64 " %" PRIu64 "\n", pairs, mismatches);
  for (uint64_t i = 0; i < mismatches && i < SHOWN; i++)
    printf("%" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 "\n", shown[i][0], shown[i][1], shown[i][2], shown[i][3]);
  return 0;
}
