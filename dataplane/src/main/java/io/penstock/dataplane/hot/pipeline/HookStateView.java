package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookState;

/** The lane's one {@link HookState}, moved from slot to slot and from list to list. */
public final class HookStateView implements HookState {

    private final Lane lane;
    private Batch batch;
    private int slot;
    private int list;

    HookStateView(final Lane lane) {
        this.lane = lane;
    }

    /** Moves to a slot at one list of hook functions. */
    public HookStateView at(final Batch newBatch, final int newSlot, final int newList) {
        batch = newBatch;
        slot = newSlot;
        list = newList;
        return this;
    }

    @Override
    public String namespace() {
        return lane.namespace;
    }

    @Override
    public Family family() {
        return HookList.of(list).family();
    }

    @Override
    public HookPoint point() {
        return HookList.of(list).point();
    }

    @Override
    public Device in() {
        final int port = batch.inPort[slot];
        return port == Batch.FROM_HOST ? null : lane.devices.of(port);
    }

    @Override
    public Device out() {
        return HookList.of(list).knowsOut() ? lane.devices.of(batch.outPort[slot]) : null;
    }

    @Override
    public int socketUid() {
        return batch.inPort[slot] == Batch.FROM_HOST ? batch.uid[slot] : -1;
    }

    @Override
    public Continuation continuation() {
        return HookList.of(list).continuation();
    }

    @Override
    public long nowNs() {
        return batch.nowNs;
    }
}
