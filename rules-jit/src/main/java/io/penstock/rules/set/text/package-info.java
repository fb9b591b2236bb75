/**
 * ipset(8) of version 7.17 over a {@link io.penstock.rules.set.SetStore}: its grammar, listings, messages and exit statuses. Control code;
 * public is {@link io.penstock.rules.set.text.IpsetCommand}. Text is bytes: a character is one (ISO 8859-1).
 */
package io.penstock.rules.set.text;
