/** Turns a set of hook functions into the bytecode that runs a packet through them. Control. */
package io.penstock.dataplane.program;
