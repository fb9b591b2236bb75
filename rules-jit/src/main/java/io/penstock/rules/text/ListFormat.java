package io.penstock.rules.text;

/**
 * How {@code -L} lists.
 *
 * @param numeric     {@code -n}
 * @param counters    {@code -v}: counters and devices too
 * @param isScaled    not {@code -x}: counters with a unit
 * @param lineNumbers {@code --line-numbers}
 */
record ListFormat(boolean numeric, boolean counters, boolean isScaled, boolean lineNumbers) {
}
