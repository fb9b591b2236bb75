/**
 * Memory for the tables of IP sets, and what waits until all workers have let go of it. Control code; the tables are
 * {@code io.penstock.rules.hot.set.table}.
 */
package io.penstock.rules.set.table;
