package io.penstock.perf.archfixture;

/** Neither final nor abstract. */
public class OpenClass {
}
