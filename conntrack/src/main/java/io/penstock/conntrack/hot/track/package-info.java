/**
 * The trackers: what a transport protocol's packet means for its connection, and which packets belong to none. Hot: called per packet from worker
 * threads, stateless. A packet passes {@link io.penstock.conntrack.hot.track.PacketCheck}, ICMP's {@code kind}, {@link
 * io.penstock.conntrack.hot.track.TupleReader}, the table, and {@link io.penstock.conntrack.hot.track.Trackers}, in this order.
 */
package io.penstock.conntrack.hot.track;
