package io.penstock.dataplane.hot.pipeline;

import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.Verdict;

/**
 * What follows a hook function's verdict other than ACCEPT. Called from generated programs.
 *
 * <p>Source: net/netfilter/core.c nf_hook_slow, net/netfilter/nf_queue.c. Differs from Linux: REPEAT is bounded, an
 * exception of the function drops the packet, and a packet that was away past its routing decision is routed again.
 */
public final class HookVerdicts {

    /** The packet's way ends here. */
    public static final int DONE = 0;
    /** On to the next function. */
    public static final int NEXT = 1;
    /** Past all functions. */
    public static final int STOP = 2;
    /** The same function again. */
    public static final int AGAIN = 3;

    /**
     * REPEATs that one function may return in a row for one packet. Unit: calls. The kernel has no bound and hangs the
     * CPU; a function that legitimately repeats does so once or twice.
     */
    private static final int MAX_REPEATS = 64;

    /** What {@link #enqueue} answers for a handler that threw; no handler answers it. */
    private static final int THREW = Integer.MIN_VALUE;

    /** Verdict of the pipeline's own functions alone: the function has taken the packet, and said what became of it. */
    public static final int TAKEN = 0xFF;

    /** Verdict of the pipeline's own functions alone: the packet leaves now, by the route that the function has given it, from LOCAL_OUT on. */
    public static final int SENT_ON = 0xFE;

    private HookVerdicts() {
    }

    /** Acts on a verdict of the function at a position; returns one of this class's constants. */
    public static int act(
            final Lane lane,
            final PacketProgram program,
            final Batch b,
            final int slot,
            final int list,
            final int position,
            final int verdict,
            final int repeats) {
        final int kind = Verdict.kind(verdict);
        if (kind != Verdict.STOLEN) {
            lane.packet().giveBack();
        }
        switch (kind) {
            case Verdict.DROP:
                lane.drop(b, slot, lane.packet().takeDropReason());
                return DONE;
            case Verdict.ACCEPT:
                return NEXT;
            case Verdict.STOP:
                return STOP;
            case Verdict.STOLEN:
                return steal(lane, program, b, slot, list, position);
            case Verdict.QUEUE:
                return queue(lane, program, b, slot, list, position, verdict);
            case Verdict.REPEAT:
                if (repeats < MAX_REPEATS) {
                    return AGAIN;
                }
                lane.drop(b, slot, DropReason.HOOK_REPEAT);
                return DONE;
            case SENT_ON:
                if (verdict != SENT_ON || (b.flags[slot] & Batch.SERVED) == 0) {
                    // A user's function, which has given it no route.
                    lane.drop(b, slot, DropReason.HOOK_VERDICT);
                    return DONE;
                }
                final int out = HookList.localOut(b.family[slot]);
                program.resume(lane, b, slot, out, program.sentFrom(out));
                return DONE;
            default:
                if (verdict != TAKEN || b.outcome[slot] == Outcome.NONE) {
                    lane.drop(b, slot, DropReason.HOOK_VERDICT);
                }
                return DONE;
        }
    }

    /** The function threw: the packet is dropped, the exception kept for the control thread. */
    public static void threw(final Lane lane, final Batch b, final int slot, final Throwable e) {
        lane.packet().giveBack();
        lane.exception(e);
        lane.drop(b, slot, DropReason.HOOK_EXCEPTION);
    }

    /** True unless the packet was rerouted and skips POST_ROUTING. */
    public static boolean entersPostRouting(final Batch b, final int slot) {
        return (b.flags[slot] & Batch.REROUTED) == 0;
    }

    static void resume(
            final Lane lane,
            final PacketProgram program,
            final Batch b,
            final long token,
            final int verdict,
            final long nowNs) {
        final long chunk = lane.parking.take(token, b, 0);
        if (chunk == 0) {
            lane.counters.badTokens++;
            return;
        }
        b.count = 1;
        b.nowNs = nowNs;
        lane.counters.returned++;
        final int list = ParkedLayout.list(chunk);
        final int priority = ParkedLayout.priority(chunk);
        final long sequence = ParkedLayout.sequence(chunk);
        GatheredPackets.window(b, 0);
        final boolean lost = ConnInfo.hasConnection(b.connectionInfo[0])
                && (lane.tracking() == null || !lane.tracking().retake(b, 0, ParkedLayout.generation(chunk)));
        if (lost && Verdict.kind(verdict) != Verdict.DROP) {
            lane.drop(b, 0, DropReason.CONNECTION_GONE);
            return;
        }
        switch (Verdict.kind(verdict)) {
            case Verdict.DROP -> lane.drop(b, 0, DropReason.STOLEN_RELEASED);
            case Verdict.ACCEPT -> goOn(lane, program, b, list, program.positionOf(list, priority, sequence, true));
            case Verdict.REPEAT -> goOn(lane, program, b, list, program.positionOf(list, priority, sequence, false));
            case Verdict.STOP -> goOn(lane, program, b, list, program.functions(list));
            case Verdict.QUEUE -> {
                if (requeue(lane, b, list, priority, sequence, verdict)) {
                    goOn(lane, program, b, list, program.positionOf(list, priority, sequence, true));
                }
            }
            default -> lane.drop(b, 0, DropReason.HOOK_VERDICT);
        }
    }

    private static void goOn(
            final Lane lane, final PacketProgram program, final Batch b, final int list, final int position) {
        if (!HookList.of(list).needsRoute() || Return.route(lane, program, b)) {
            program.resume(lane, b, 0, list, position);
        }
    }

    private static boolean requeue(
            final Lane lane, final Batch b, final int list, final int priority, final long sequence, final int verdict) {
        lane.packet(b, 0);
        lane.state(b, 0, list);
        return offer(lane, b, 0, list, priority, sequence, verdict) == NEXT;
    }

    private static int steal(
            final Lane lane,
            final PacketProgram program,
            final Batch b,
            final int slot,
            final int list,
            final int position) {
        final long token = lane.packet().stolen();
        if (token == Parking.NO_TOKEN) {
            lane.drop(b, slot, DropReason.HOOK_VERDICT);
            return DONE;
        }
        lane.parking.hold(token, b, slot, list, program.priority(list, position), program.sequence(list, position), lane.tracking());
        lane.packet().forget();
        lane.counters.stolen++;
        b.outcome[slot] = Outcome.STOLEN;
        return DONE;
    }

    private static int queue(
            final Lane lane,
            final PacketProgram program,
            final Batch b,
            final int slot,
            final int list,
            final int position,
            final int verdict) {
        return offer(
                lane, b, slot, list, program.priority(list, position), program.sequence(list, position), verdict);
    }

    private static int offer(
            final Lane lane,
            final Batch b,
            final int slot,
            final int list,
            final int priority,
            final long sequence,
            final int verdict) {
        final QueueHandler handler = lane.queueHandler;
        int answer = QueueHandler.NOBODY;
        if (handler != null) {
            final long token = lane.parking.reserve();
            if (token == Parking.NO_TOKEN) {
                lane.drop(b, slot, DropReason.PARKING_FULL);
                return DONE;
            }
            answer = enqueue(lane, handler, verdict, token);
            if (answer == QueueHandler.QUEUED) {
                // In time, although the token may have been used already: that takes effect at the batch boundary.
                lane.parking.hold(token, b, slot, list, priority, sequence, lane.tracking());
                lane.counters.queued++;
                b.outcome[slot] = Outcome.queued(Verdict.queueNumber(verdict));
                return DONE;
            }
            lane.parking.cancel(token);
        }
        final boolean unheard = answer == QueueHandler.NOBODY || answer == QueueHandler.CANCELED;
        if (unheard && Verdict.bypasses(verdict)) {
            return NEXT;
        }
        lane.drop(b, slot, unheard ? DropReason.QUEUE_UNHEARD
                : answer == THREW ? DropReason.HOOK_EXCEPTION : DropReason.QUEUE_FULL);
        return DONE;
    }

    private static int enqueue(final Lane lane, final QueueHandler handler, final int verdict, final long token) {
        try {
            return handler.enqueue(lane.packet(), lane.state(), Verdict.queueNumber(verdict), token);
        } catch (final Throwable e) {
            lane.exception(e);
            return THREW;
        } finally {
            lane.packet().giveBack();
        }
    }
}
