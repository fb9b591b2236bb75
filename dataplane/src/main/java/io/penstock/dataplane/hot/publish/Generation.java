package io.penstock.dataplane.hot.publish;

import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.hot.pipeline.PacketProgram;

/**
 * What a worker runs, immutable: numbered by the control thread in ascending order.
 *
 * @param number       from 1
 * @param program      the way of packets
 * @param queueHandler takes verdict QUEUE, or null
 */
public record Generation(long number, PacketProgram program, QueueHandler queueHandler) {
}
