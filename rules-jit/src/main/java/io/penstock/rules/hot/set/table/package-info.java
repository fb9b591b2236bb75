/**
 * The keys of IP sets: off-heap tables that are changed in place while workers look in them. Hot: workers find, and one at a time adds and removes;
 * what is said to be control's is in the same classes, for it works on the same words, and allocates only in methods that say so. Public:
 * {@code KeyTable}, {@code Extensions}, {@code EntryVisitor}.
 */
package io.penstock.rules.hot.set.table;
