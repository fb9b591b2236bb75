/**
 * The parts of the path, one by one, under JMH ({@code penstock bench jmh}). Each operation is one packet unless its name says
 * otherwise, so that figures add up; with {@code gc.alloc.rate.norm} beside them, which is 0 for all. Comparisons are between
 * rows of one run: machines are noisy, and one batch in the cache is kinder than traffic.
 */
package io.penstock.perf.jmh;
