/**
 * The parts of the path, one by one, under JMH ({@code penstock bench jmh}). Each operation is one packet unless its name says
 * otherwise, so that figures add up. The bytes beside them ({@code gc.alloc.rate.norm}) are what JMH itself allocates between
 * iterations, a few hundredths of a byte; that the path allocates none is tested. Comparisons are between rows of one run:
 * machines are noisy, and one batch in the cache is kinder than traffic.
 */
package io.penstock.perf.jmh;
