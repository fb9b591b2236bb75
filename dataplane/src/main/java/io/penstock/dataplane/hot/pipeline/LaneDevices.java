package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.api.Device;

/**
 * The devices of a lane's ports.
 *
 * <p>Threads: the lane's worker.
 */
public final class LaneDevices {

    private final Device[] devices = new Device[PortTable.CAPACITY];
    private long version;
    private int count;

    LaneDevices() {
    }

    /** A port has a device, or another one. */
    void set(final Device device) {
        devices[device.index()] = device;
        count = Math.max(count, device.index() + 1);
        version++;
    }

    /** One more than the highest port that has had a device. */
    int count() {
        return count;
    }

    /** A port's device, or null. */
    public Device of(final int port) {
        return port >= 0 && port < PortTable.CAPACITY ? devices[port] : null;
    }

    /** Another number for each time that a port got a device. */
    public long version() {
        return version;
    }

    /** The interface index of a port's device, 0 for none. */
    public int ifindex(final int port) {
        final Device device = of(port);
        return device == null ? 0 : device.ifindex();
    }

    /** The interface index of the port whose device has that name, or -1. */
    int ifindexOf(final String name) {
        for (int i = 0; i < count; i++) {
            if (devices[i] != null && devices[i].name().equals(name)) {
                return devices[i].ifindex();
            }
        }
        return -1;
    }

    /** The port of an interface index, or {@link Batch#NO_PORT}. */
    int portOf(final int ifindex) {
        for (int i = 0; i < count; i++) {
            if (devices[i] != null && devices[i].ifindex() == ifindex) {
                return i;
            }
        }
        return Batch.NO_PORT;
    }
}
