/**
 * What runs per packet: the packet as rules see it, matches and targets ready to run, the evaluation of tables. Workers' threads.
 * No allocation, locks, clock or logging.
 */
package io.penstock.rules.hot;
