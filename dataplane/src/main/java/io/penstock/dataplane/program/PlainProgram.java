package io.penstock.dataplane.program;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.ForwardStep;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.HookStateView;
import io.penstock.dataplane.hot.pipeline.HookVerdicts;
import io.penstock.dataplane.hot.pipeline.Lane;
import io.penstock.dataplane.hot.pipeline.PacketProgram;
import io.penstock.dataplane.hot.pipeline.PacketView;
import io.penstock.dataplane.hot.pipeline.ParseStep;
import io.penstock.dataplane.hot.pipeline.RouteStep;
import io.penstock.dataplane.hot.pipeline.TransmitStep;
import java.util.List;

/**
 * The way of packets through a {@link HookSet}, walked as plainly as possible: one packet after the other, list by list,
 * nothing staged and nothing generated. What {@link ProgramCompiler} makes must do the same; tests run both.
 *
 * <p>Threads: the lane's worker. Not for production: every call of a function is an interface call, and every list is asked.
 */
public final class PlainProgram extends PacketProgram {

    private static final int IPV4 = Family.IPV4.number();
    private static final int IPV6 = Family.IPV6.number();
    private static final int ARP = Family.ARP.number();

    private final HookSet set;

    /** The program of a set. */
    public PlainProgram(final HookSet set) {
        super(ProgramCompiler.priorities(set), ProgramCompiler.sequences(set));
        this.set = set;
    }

    @Override
    public void run(final Lane lane, final Batch b) {
        for (int slot = 0; slot < b.count; slot++) {
            ParseStep.arrive(b, slot);
            resume(lane, b, slot, HookList.INGRESS.ordinal(), 0);
        }
    }

    @Override
    public void output(final Lane lane, final Batch b) {
        ParseStep.hostBatch(lane, b);
        for (int slot = 0; slot < b.count; slot++) {
            final int family = b.family[slot];
            if (family == ARP) {
                enter(lane, b, slot, HookList.ARP_OUT);
            } else if (family == ParseStep.REFUSED) {
                ParseStep.refuse(lane, b, slot);
            } else if (family != 0 && RouteStep.output(lane, b, slot)) {
                enter(lane, b, slot, family == IPV4 ? HookList.IPV4_LOCAL_OUT : HookList.IPV6_LOCAL_OUT);
            }
        }
    }

    @Override
    public void resume(final Lane lane, final Batch b, final int slot, final int list, final int position) {
        final HookList from = HookList.of(list);
        if (walk(lane, b, slot, from, position)) {
            after(lane, b, slot, from);
        }
    }

    private void enter(final Lane lane, final Batch b, final int slot, final HookList list) {
        resume(lane, b, slot, list.ordinal(), 0);
    }

    /** What follows when all functions of a list have accepted. */
    private void after(final Lane lane, final Batch b, final int slot, final HookList list) {
        switch (list) {
            case INGRESS -> {
                ParseStep.one(lane, b, slot);
                received(lane, b, slot);
            }
            case IPV4_PRE_ROUTING, IPV6_PRE_ROUTING -> {
                RouteStep.lookup(lane, b, slot);
                route(lane, b, slot, list == HookList.IPV4_PRE_ROUTING);
            }
            case IPV4_FORWARD -> {
                ForwardStep.finish(lane, b, slot);
                postRouting(lane, b, slot, HookList.IPV4_POST_ROUTING);
            }
            case IPV4_LOCAL_OUT -> postRouting(lane, b, slot, HookList.IPV4_POST_ROUTING);
            case IPV6_FORWARD, IPV6_LOCAL_OUT -> postRouting(lane, b, slot, HookList.IPV6_POST_ROUTING);
            case IPV4_POST_ROUTING, IPV6_POST_ROUTING -> {
                if (TransmitStep.resolve(lane, b, slot)) {
                    enter(lane, b, slot, HookList.EGRESS);
                }
            }
            case ARP_OUT -> enter(lane, b, slot, HookList.EGRESS);
            case EGRESS -> TransmitStep.send(lane, b, slot);
            case IPV4_LOCAL_IN, IPV6_LOCAL_IN, ARP_IN -> TransmitStep.deliver(lane, b, slot);
        }
    }

    private void received(final Lane lane, final Batch b, final int slot) {
        final int family = b.family[slot];
        if (family == IPV4) {
            enter(lane, b, slot, HookList.IPV4_PRE_ROUTING);
        } else if (family == IPV6) {
            enter(lane, b, slot, HookList.IPV6_PRE_ROUTING);
        } else if (family == ARP) {
            enter(lane, b, slot, HookList.ARP_IN);
        } else if (family == ParseStep.REFUSED) {
            ParseStep.refuse(lane, b, slot);
        }
    }

    private void route(final Lane lane, final Batch b, final int slot, final boolean ipv4) {
        final int way = ipv4 ? RouteStep.ipv4(lane, b, slot) : RouteStep.ipv6(lane, b, slot);
        if (way == RouteStep.LOCAL) {
            enter(lane, b, slot, ipv4 ? HookList.IPV4_LOCAL_IN : HookList.IPV6_LOCAL_IN);
            return;
        }
        final boolean lives = switch (way) {
            case RouteStep.FORWARD -> ipv4 ? ForwardStep.ipv4(lane, b, slot) : ForwardStep.ipv6(lane, b, slot);
            case RouteStep.FORWARD_SLOW -> ipv4 ? ForwardStep.ipv4Slow(lane, b, slot) : ForwardStep.ipv6Slow(lane, b, slot);
            default -> false;
        };
        if (lives) {
            enter(lane, b, slot, ipv4 ? HookList.IPV4_FORWARD : HookList.IPV6_FORWARD);
        }
    }

    private void postRouting(final Lane lane, final Batch b, final int slot, final HookList list) {
        if (HookVerdicts.entersPostRouting(b, slot)) {
            enter(lane, b, slot, list);
        } else {
            after(lane, b, slot, list);
        }
    }

    /** Calls a list's functions from a position on; false when the packet's way ended in one of them. */
    private boolean walk(final Lane lane, final Batch b, final int slot, final HookList list, final int from) {
        final List<HookSet.Entry> functions = set.functions(list);
        if (from >= functions.size()) {
            return true;
        }
        final PacketView packet = lane.packet(b, slot);
        final HookStateView state = lane.state(b, slot, list.ordinal());
        for (int position = from; position < functions.size(); position++) {
            final HookSet.Entry entry = functions.get(position);
            final int port = (list == HookList.EGRESS ? b.outPort : b.inPort)[slot];
            if (entry.port() == HookSet.EVERY_PORT || entry.port() == port) {
                final int next = call(lane, b, slot, list, position, entry, packet, state);
                if (next != HookVerdicts.NEXT) {
                    return next == HookVerdicts.STOP;
                }
            }
        }
        return true;
    }

    /** Calls one function until it does not ask to be called again. */
    private int call(
            final Lane lane,
            final Batch b,
            final int slot,
            final HookList list,
            final int position,
            final HookSet.Entry entry,
            final PacketView packet,
            final HookStateView state) {
        int repeats = 0;
        while (true) {
            final int verdict;
            try {
                verdict = entry.function().hook(packet, state);
            } catch (final Throwable e) {
                HookVerdicts.threw(lane, b, slot, e);
                return HookVerdicts.DONE;
            }
            if (verdict == Verdict.ACCEPT) {
                packet.giveBack();
                return HookVerdicts.NEXT;
            }
            final int next = HookVerdicts.act(lane, this, b, slot, list.ordinal(), position, verdict, repeats);
            if (next != HookVerdicts.AGAIN) {
                return next;
            }
            repeats++;
        }
    }
}
