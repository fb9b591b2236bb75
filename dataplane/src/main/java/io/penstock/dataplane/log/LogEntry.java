package io.penstock.dataplane.log;

/**
 * A line to write.
 *
 * @param level  syslog's, 0 to 7
 * @param wallNs when. Unit: ns since 1970, UTC
 * @param text   the line as the kernel has it, without its end
 */
record LogEntry(int level, long wallNs, String text) {
}
