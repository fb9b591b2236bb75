/**
 * ipvsadm(8) as operators know it, in the words of version 1.31: its command line, its listings, what it saves and restores.
 *
 * <p>Text is bytes here: a character is one byte (ISO 8859-1). Control threads; public is what runs a command.
 */
package io.penstock.dataplane.ipvs.text;
