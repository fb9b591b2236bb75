package io.penstock.dataplane.hooks;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.program.HookSet;
import java.util.ArrayList;
import java.util.List;

/** A namespace that remembers what was put in force, and can refuse it. */
final class FakeScope implements HookScope {

    /** Everything that was put in force, the newest last. */
    final List<HookSet> applied = new ArrayList<>();
    List<String> devices;
    /** Thrown by the next so many changes. */
    Throwable failure;
    int failures;
    String lack;
    boolean inside;
    QueueHandler handler;

    private final String name;

    FakeScope(final String name, final String... devices) {
        this.name = name;
        this.devices = List.of(devices);
    }

    /** The functions in force at a list. */
    List<HookFunction> functions(final HookList list) {
        return applied.getLast().functions(list).stream().map(HookSet.Entry::function).toList();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int portOf(final String device) {
        return devices.indexOf(device);
    }

    @Override
    public List<String> devices() {
        return devices;
    }

    @Override
    public String lacks(final Family family) {
        return family == Family.ARP ? lack : null;
    }

    @Override
    public boolean isInside() {
        return inside;
    }

    @Override
    public void apply(final HookSet set, final QueueHandler newHandler) {
        if (failures > 0) {
            failures--;
            switch (failure) {
                case final RuntimeException e -> throw e;
                case final Error e -> throw e;
                default -> throw new AssertionError(failure);
            }
        }
        applied.add(set);
        handler = newHandler;
    }
}
