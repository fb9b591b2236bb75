/**
 * What rules are made of, for those who add to it: kinds of matches and targets, the options that describe them, and what they come
 * to. Public and stable; control threads only, but for what {@code bind} returns.
 */
package io.penstock.rules.api;
