package io.penstock.perf.archfixture.hot;

import java.util.Arrays;

/** Allocates where a hot class may: while it is made, and when a bug must be reported. */
public final class Careful {

    private static final Integer BOXED = 4096;

    private final int[] cells;

    private Careful(final int size) {
        cells = new int[size];
    }

    static Careful ofSize(final int size) {
        return new Careful(size);
    }

    static Careful[] createMany() {
        return new Careful[BOXED];
    }

    int cell(final int index) {
        if (index >= cells.length) {
            throw new IllegalArgumentException("no such cell: index=" + index + " size=" + Integer.valueOf(cells.length));
        }
        if (index < 0) {
            throw negative(index);
        }
        return cells[index];
    }

    private static IllegalArgumentException negative(final int index) {
        return new IllegalArgumentException("a cell has no negative index: index=" + index);
    }

    @Override
    public String toString() {
        return "cells=" + Arrays.toString(cells);
    }

    /** Constants of an enum are made by a method of the compiler's. */
    enum Kind { ONE, TWO }
}
