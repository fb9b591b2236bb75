/**
 * IP sets as commands speak of them: types, what a set was made with, elements, the store. Control code; what packets ask is
 * {@code io.penstock.rules.hot.set}.
 */
package io.penstock.rules.set;
