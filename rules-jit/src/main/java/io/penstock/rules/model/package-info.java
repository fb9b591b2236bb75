/** Tables of rules as values: what the texts say, what goes into force, what is listed. Control threads; immutable. */
package io.penstock.rules.model;
