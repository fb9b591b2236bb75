/** The lines that rules write (LOG, TRACE): rendered as the kernel does, to syslog, a file or standard error. A thread of its own. */
package io.penstock.dataplane.log;
