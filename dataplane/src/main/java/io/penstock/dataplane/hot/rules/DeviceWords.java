package io.penstock.dataplane.hot.rules;

import io.penstock.dataplane.api.Device;
import io.penstock.rules.model.DeviceTest;

/**
 * A device's name as rules compare it; made once for each device.
 *
 * @param word    the first 8 bytes
 * @param rest    the rest
 * @param ifindex the interface index
 */
record DeviceWords(long word, long rest, int ifindex) {

    /** No device. */
    static final DeviceWords NONE = new DeviceWords(0, 0, 0);

    static DeviceWords of(final Device device) {
        final DeviceTest name = new DeviceTest(device.name(), false);
        return new DeviceWords(name.word(0), name.word(Long.BYTES), device.ifindex());
    }
}
