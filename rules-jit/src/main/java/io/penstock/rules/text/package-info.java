/**
 * The rule commands as operators know them: iptables, ip6tables and their save and restore, in the words of iptables 1.8.9 (legacy).
 *
 * <p>Text is bytes here: a character is one byte (ISO 8859-1), so that lengths and what is written back are those of the bytes that came
 * in. Control threads; public is what commands and their users call.
 */
package io.penstock.rules.text;
