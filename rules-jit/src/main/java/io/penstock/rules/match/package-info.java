/**
 * The matches that rules can have: what each reads and writes, what the kernel says to it, and what runs for it. Control threads;
 * what {@code bind} returns lives in {@code io.penstock.rules.hot.match}.
 */
package io.penstock.rules.match;
