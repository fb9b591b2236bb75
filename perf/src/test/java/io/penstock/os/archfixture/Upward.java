package io.penstock.os.archfixture;

import io.penstock.perf.archfixture.OpenClass;

/** Lies in native's packages and uses a class of perf's. */
public final class Upward {

    final OpenClass above = new OpenClass();
}
