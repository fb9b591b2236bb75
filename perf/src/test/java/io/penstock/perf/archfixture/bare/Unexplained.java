package io.penstock.perf.archfixture.bare;

/** Lies in a package that does not say what it is. */
public final class Unexplained {
}
