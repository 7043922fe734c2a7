"""Inner loops, compiled by numba: products of a block of terms, and their addition to sums in the order of terms.

A row of x is factors, (terms), and the class of each; a block of y is a grid, (classes, terms, columns). A product is a
factor times the number of its class in the grid; it is exact. All loops run along columns, which are independent, so
that a processor adds several at a time. Four terms are added in one pass, so that a sum is loaded and stored once for
four. Arrays have a number of terms that 4 divides.

`contract` lets a product and a sum be one operation, which rounds once. So does an addition of an exact product.
"""

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def spread(grid, codes, term, column, factors, classes, table):
    """Set the grid for codes (terms, columns) of y, from one on: the entry of `table` times the code's factor."""
    terms, width = min(grid.shape[1], codes.shape[0] - term), grid.shape[2]
    own, kinds = np.empty(width, factors.dtype), np.empty(width, classes.dtype)
    for k in range(terms):
        for n in range(width):
            code = codes[term + k, column + n]
            own[n], kinds[n] = factors[code], classes[code]
        for i in range(grid.shape[0]):
            row, numbers = grid[i, k], table[i]
            for n in range(width):
                row[n] = numbers[kinds[n]] * own[n]
    grid[:, terms:] = 0


@njit(nogil=True, cache=True)
def pair(grid, factors, classes, y_factors, y_classes, table):
    """Set the grid, of one class, to the products of x and y, each with its factors and classes (terms, columns)."""
    grid[0, factors.shape[0] :] = 0
    for k in range(factors.shape[0]):
        for n in range(factors.shape[1]):
            grid[0, k, n] = factors[k, n] * table[classes[k, n], y_classes[k, n]] * y_factors[k, n]


@njit(nogil=True, cache=True, fastmath={"contract"})
def add(sums, factors, classes, row, term, grid):
    """Add products to the sums (rows, columns) in their own type: float32, or float64 where that is exact."""
    for i in range(sums.shape[0]):
        for k in range(0, grid.shape[1], 4):
            at, of = row + i, term + k
            a, b, c, d = factors[at, of], factors[at, of + 1], factors[at, of + 2], factors[at, of + 3]
            e, f, g, h = classes[at, of], classes[at, of + 1], classes[at, of + 2], classes[at, of + 3]
            for n in range(sums.shape[1]):
                two = sums[i, n] + a * grid[e, k, n] + b * grid[f, k + 1, n]
                sums[i, n] = two + c * grid[g, k + 2, n] + d * grid[h, k + 3, n]


@njit(nogil=True, cache=True, fastmath={"contract"})
def add_words(sums, words, counts, row, term, y_words, y_counts):
    """Add products, float32, whose words are sums of words; `counts` are 1, and 0 where a product is a zero."""
    for i in range(sums.shape[0]):
        own, x, count = sums[i], words[row + i, term:], counts[row + i, term:]
        for k in range(0, y_words.shape[0], 4):
            a, b, c, d = x[k], x[k + 1], x[k + 2], x[k + 3]
            s, t, u, v = count[k], count[k + 1], count[k + 2], count[k + 3]
            e, f, g, h = y_words[k], y_words[k + 1], y_words[k + 2], y_words[k + 3]
            o, p, q, r = y_counts[k], y_counts[k + 1], y_counts[k + 2], y_counts[k + 3]
            for n in range(own.shape[0]):
                one = np.int32(a + e[n]).view(np.float32) * o[n]
                two = np.int32(b + f[n]).view(np.float32) * p[n]
                three = np.int32(c + g[n]).view(np.float32) * q[n]
                four = np.int32(d + h[n]).view(np.float32) * r[n]
                own[n] = own[n] + s * one + t * two + u * three + v * four


@njit(nogil=True, cache=True)
def add_truncated(sums, factors, classes, row, term, grid):
    """Add products, float32, to the sums, int32, each rounded toward zero."""
    for i in range(sums.shape[0]):
        for k in range(0, grid.shape[1], 4):
            at, of = row + i, term + k
            a, b, c, d = factors[at, of], factors[at, of + 1], factors[at, of + 2], factors[at, of + 3]
            e, f, g, h = classes[at, of], classes[at, of + 1], classes[at, of + 2], classes[at, of + 3]
            for n in range(sums.shape[1]):
                two = np.int32(a * grid[e, k, n]) + np.int32(b * grid[f, k + 1, n])
                more = np.int32(c * grid[g, k + 2, n]) + np.int32(d * grid[h, k + 3, n])
                sums[i, n] = np.int32(sums[i, n] + two + more)


@njit(nogil=True, cache=True)
def add_clamped(sums, above, factors, classes, row, term, grid, limit):
    """Add products, float64, each rounded toward zero and at most `limit` in size; count those of 1 more in `above`."""
    for i in range(sums.shape[0]):
        own, over, x, kind = sums[i], above[i], factors[row + i, term:], classes[row + i, term:]
        for k in range(grid.shape[1]):
            a, e = x[k], grid[kind[k], k]
            for n in range(own.shape[0]):
                size = np.trunc(abs(a * e[n]))
                # A count, and no flag: a flag that is set or left becomes a masked store, which is slow.
                over[n] += 1.0 if size > limit else 0.0
                size = size if size < limit else limit
                own[n] += np.copysign(size, a * e[n])


@njit(nogil=True, cache=True)
def add_split(low, high, factors, classes, row, term, grid, large):
    """Add products, float64, in two parts: `large` added and taken away again cuts off the low one."""
    for i in range(low.shape[0]):
        lower, higher, x, kind = low[i], high[i], factors[row + i, term:], classes[row + i, term:]
        for k in range(grid.shape[1]):
            a, e = x[k], grid[kind[k], k]
            for n in range(lower.shape[0]):
                product = a * e[n]
                part = (product + large) - large
                higher[n] += part
                lower[n] += product - part


@njit(nogil=True, cache=True)
def add_rounded(sums, above, factors, classes, row, term, grid, drop, smallest, top):
    """Add products, float64, to sums in a floating-point format of `drop` bits less; count those above `top`.

    A sum is rounded to odd first and then to nearest, as if at once; below `smallest` it becomes a zero. The places are
    those of integers, since floating-point numbers of one sign are in the order of their patterns.
    """
    half, mask = (1 << (drop - 1)) - 1, -(1 << drop)
    for i in range(sums.shape[0]):
        own, over, x, kind = sums[i], above[i], factors[row + i, term:], classes[row + i, term:]
        for k in range(grid.shape[1]):
            a, e = x[k], grid[kind[k], k]
            for n in range(own.shape[0]):
                product, before = a * e[n], own[n]
                size = abs(product)
                count = 1.0 if size > top else 0.0
                size = size if size < top else top
                addend = np.copysign(size, product) if size >= smallest else -0.0
                total = before + addend
                other = total - before
                error = (before - (total - other)) + (addend - other)
                bits = np.float64(total).view(np.int64)
                step = 1 if (error < 0) == (total < 0) else -1
                bits += step if (error != 0) & (bits & 1 == 0) else 0
                bits = (bits + half + ((bits >> drop) & 1)) & mask
                rounded = np.int64(bits).view(np.float64)
                size = abs(rounded)
                over[n] += count + (1.0 if size > top else 0.0)
                size = size if size < top else top
                own[n] = np.copysign(size if size >= smallest else 0.0, rounded)
