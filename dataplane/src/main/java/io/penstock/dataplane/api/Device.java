package io.penstock.dataplane.api;

/**
 * A network device that is one of Penstock's ports.
 *
 * @param index the port's index, from 0
 * @param ifindex the kernel's interface index; 0 where no kernel knows it (replay, bench)
 * @param name the device's name
 */
public record Device(int index, int ifindex, String name) {
}
