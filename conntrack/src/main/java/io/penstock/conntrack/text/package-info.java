/**
 * conntrack(8) as operators know it, in the words of conntrack-tools 1.4.7: its command line, its listings in every format, and
 * {@code /proc/net/nf_conntrack}.
 *
 * <p>Text is bytes here: a character is one byte (ISO 8859-1). Control threads; public is what runs a command or prints connections.
 */
package io.penstock.conntrack.text;
