package io.penstock.dataplane.testkit;

import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.StolenPackets;
import java.util.List;

/** Another registrar, which has no place for what tracks connections while a test says so. Threads: the other's. */
public final class ScarceHooks implements HookRegistrar {

    /** Whether connections cannot be tracked. */
    public volatile boolean isScarce = true;

    private final HookRegistrar hooks;

    /** Over another one. */
    public ScarceHooks(final HookRegistrar hooks) {
        this.hooks = hooks;
    }

    @Override
    public Registration register(final List<HookOps> array) {
        if (isScarce && array.stream().anyMatch(ops -> ops.priority() == Priority.CONNTRACK)) {
            throw new HookException("there is no place");
        }
        return hooks.register(array);
    }

    @Override
    public Registration registerQueueHandler(final String namespace, final QueueHandler handler) {
        return hooks.registerQueueHandler(namespace, handler);
    }

    @Override
    public StolenPackets stolenPackets() {
        return hooks.stolenPackets();
    }
}
