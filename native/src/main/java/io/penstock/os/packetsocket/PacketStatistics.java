package io.penstock.os.packetsocket;

/**
 * What the kernel counted for one AF_PACKET socket since it was opened.
 *
 * @param receivedPackets put into the receive ring
 * @param droppedPackets  lost because no slot of the receive ring was free
 */
public record PacketStatistics(long receivedPackets, long droppedPackets) {
}
