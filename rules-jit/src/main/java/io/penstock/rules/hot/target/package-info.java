/**
 * Targets ready to run, one class each, shared by all workers. Workers' threads: no allocation, locks, clock or logging.
 */
package io.penstock.rules.hot.target;
