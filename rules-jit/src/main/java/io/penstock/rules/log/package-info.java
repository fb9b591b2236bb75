/**
 * What LOG writes: the kernel's line about a packet, from a copy that a worker made. Control threads. Public: the copy and the line.
 */
package io.penstock.rules.log;
