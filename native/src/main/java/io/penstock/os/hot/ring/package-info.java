/**
 * The rings that a worker shares with the kernel: AF_XDP's four, AF_PACKET's one, the frames that are in none of them,
 * and the system calls that ring the kernel's doorbell. Hot: called per packet, by the one worker that owns the socket;
 * public to every module above.
 *
 * <pre>
 *          FrameStack (free) --put--> FillRing ~~kernel~~> RxRing --peek--> batch
 *              ^                                                             |
 *              +------------- CompletionRing &lt;~~kernel~~ TxRing &lt;----put----+
 * </pre>
 *
 * <p>A frame is owned by exactly one of: the free stack, a fill ring, an RX ring, a batch or parking place, a TX ring, a
 * completion ring. Nothing here copies a frame except {@link io.penstock.os.hot.ring.PacketRxRing}.
 */
package io.penstock.os.hot.ring;
