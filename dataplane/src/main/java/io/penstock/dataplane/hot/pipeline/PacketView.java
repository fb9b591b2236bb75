package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Packet;

/** The lane's one {@link Packet}, moved from slot to slot. */
public final class PacketView implements Packet {

    private final Lane lane;
    private Batch batch;
    private int slot;
    private long stolen = Parking.NO_TOKEN;
    private DropReason dropReason = DropReason.HOOK_DROP;

    PacketView(final Lane lane) {
        this.lane = lane;
    }

    /** Moves to a slot. */
    public PacketView at(final Batch newBatch, final int newSlot) {
        batch = newBatch;
        slot = newSlot;
        return this;
    }

    @Override
    public long frame() {
        return batch.frame[slot];
    }

    @Override
    public int length() {
        return batch.length[slot];
    }

    @Override
    public long network() {
        return batch.frame[slot] + batch.network[slot];
    }

    @Override
    public int networkLength() {
        return batch.length[slot] - batch.network[slot];
    }

    @Override
    public long transport() {
        return batch.frame[slot] + batch.transport[slot];
    }

    @Override
    public int transportLength() {
        return isLaterFragment() ? 0 : batch.length[slot] - batch.transport[slot];
    }

    @Override
    public int protocol() {
        return batch.protocol[slot];
    }

    @Override
    public boolean isLaterFragment() {
        return (batch.flags[slot] & Batch.LATER_FRAGMENT) != 0;
    }

    @Override
    public int mark() {
        return batch.mark[slot];
    }

    @Override
    public void mark(final int mark) {
        batch.mark[slot] = mark;
    }

    @Override
    public long steal() {
        if (stolen == Parking.NO_TOKEN) {
            stolen = lane.parking.reserve();
        }
        return stolen;
    }

    /** Whose packet it is. For the pipeline's own functions. */
    public Lane lane() {
        return lane;
    }

    /** The batch that it is in. For the pipeline's own functions. */
    public Batch batch() {
        return batch;
    }

    /** Its slot there. For the pipeline's own functions. */
    public int slot() {
        return slot;
    }

    /** Says why the packet is dropped, when the function that is under way drops it. For the pipeline's own functions. */
    public void dropReason(final DropReason reason) {
        dropReason = reason;
    }

    /** Why the function just called drops the packet. */
    DropReason takeDropReason() {
        final DropReason reason = dropReason;
        dropReason = DropReason.HOOK_DROP;
        return reason;
    }

    /** The token is in use. */
    void forget() {
        stolen = Parking.NO_TOKEN;
    }

    /** The function just called is done with: when it took a token and judged otherwise than STOLEN, the token is void. */
    public void giveBack() {
        if (stolen != Parking.NO_TOKEN) {
            giveBackSlow();
        }
    }

    /** The token that the function just called took, or {@link Parking#NO_TOKEN}. */
    long stolen() {
        return stolen;
    }

    private void giveBackSlow() {
        lane.parking.cancel(stolen);
        stolen = Parking.NO_TOKEN;
    }
}
