/**
 * The lines that rules (LOG, TRACE) and connection tracking write: rendered as the kernel does, to syslog, a file or standard error. A thread of its
 * own.
 */
package io.penstock.dataplane.log;
