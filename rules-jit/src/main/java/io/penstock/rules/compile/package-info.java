/**
 * Tables made ready to run: what each rule asks of the fields that all packets have becomes data that rules are found by; the rest are
 * matches to be asked then. Control threads; what comes out runs in {@code io.penstock.rules.hot}.
 */
package io.penstock.rules.compile;
