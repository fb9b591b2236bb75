/**
 * Capture files: reading pcap and pcapng as a stream, merging several by time, writing pcap. Control; the packets' bytes lie
 * off-heap, where the path can copy them from.
 */
package io.penstock.dataplane.pcap;
