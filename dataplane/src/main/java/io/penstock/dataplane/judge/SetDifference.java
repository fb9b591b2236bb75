package io.penstock.dataplane.judge;

/**
 * Where the sides of a scenario of sets first differ.
 *
 * @param step the step behind which it shows
 * @param kind what kind of difference it is: equal for those that most likely have one cause
 * @param text what each side says
 */
record SetDifference(int step, String kind, String text) {
}
