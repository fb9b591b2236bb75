/**
 * Tables of rules in force in a network namespace: what commands read and replace, and how workers get what they run. Control threads.
 */
package io.penstock.dataplane.rules;
