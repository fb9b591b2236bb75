package io.penstock.dataplane.judge;

/**
 * A packet with which the two sides did not do the same.
 *
 * @param index    its place among the arrivals
 * @param arrival  the packet
 * @param kernel   what the kernel did
 * @param penstock what Penstock did
 * @param kind     what kind of difference it is: equal for packets that most likely differ for one cause
 */
record Difference(int index, Arrival arrival, Reaction kernel, Reaction penstock, String kind) {
}
