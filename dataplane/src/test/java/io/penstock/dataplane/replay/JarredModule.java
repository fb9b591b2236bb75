package io.penstock.dataplane.replay;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.api.Verdict;

/** Drops all that is forwarded out of d1; put in a jar under another name by tests. */
public final class JarredModule implements HookModule, HookFunction {

    @Override
    public void register(final HookRegistrar hooks) {
        hooks.register(HookOps.of("jarred", Family.INET, HookPoint.FORWARD, Priority.FILTER, this));
    }

    @Override
    public int hook(final Packet packet, final HookState state) {
        return state.out().name().equals("d1") ? Verdict.DROP : Verdict.ACCEPT;
    }
}
