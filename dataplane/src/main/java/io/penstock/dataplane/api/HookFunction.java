package io.penstock.dataplane.api;

/** A function at a hook. Runs on a worker's thread; the packet and the state are valid during the call only. */
@FunctionalInterface
public interface HookFunction {

    /**
     * Judges one packet.
     *
     * @return a {@link Verdict}
     */
    int hook(Packet packet, HookState state);
}
