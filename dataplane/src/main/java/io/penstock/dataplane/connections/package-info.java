/** The connections of a network namespace: their tables, and the functions that track them, there while rules are about connections. */
package io.penstock.dataplane.connections;
