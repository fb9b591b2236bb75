/**
 * Route tables like the Internet's, made up: the same for every run, for {@code bench engine}, {@code bench fib} and JMH; and
 * the plainest longest-prefix match there is, to judge the fast one by. Control: nothing here is measured.
 */
package io.penstock.perf.fib;
