package io.penstock.rules.match;

/**
 * A number of 32 bits with a mask.
 *
 * @param number the number
 * @param mask   all ones where none was given
 */
public record MaskedNumber(int number, int mask) {
}
