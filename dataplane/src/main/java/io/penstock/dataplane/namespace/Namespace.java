package io.penstock.dataplane.namespace;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hooks.HookScope;
import io.penstock.dataplane.hot.icmp.IcmpLimits;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.hot.pipeline.IpSettings;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.dataplane.program.HookSet;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.dataplane.worker.Publisher;
import io.penstock.dataplane.worker.Quiescence;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One network namespace as the data plane serves it: its ports, its forwarding table, the program in force, and whatever
 * state the {@linkplain NamespaceInitializer initializers} hang on it.
 *
 * <p>Threads: control.
 */
public final class Namespace implements HookScope, AutoCloseable {

    /** Where packets come from and go to. */
    public enum Surroundings {
        /** Devices of a kernel that keeps host traffic and ARP to itself. */
        KERNEL,
        /** Capture files or memory: everything passes the data plane. */
        CAPTURE
    }

    /** Makes ARP pass the data plane, at a cost, or stay with the kernel. */
    @FunctionalInterface
    public interface ArpSwitch {

        /** Sets whether functions want what the host receives, and what it sends. */
        void set(boolean in, boolean out);
    }

    /**
     * Addresses that the limits of ICMP errors tell apart. Unit: addresses, of 16 bytes each; fewer would let a scan of
     * addresses reset the limits of others, more would cost memory. The kernel keeps up to some 65,000
     * (inet_peer_threshold).
     */
    private static final int ICMP_PEERS = 1 << 14;

    private final String name;
    private final List<Device> devices;
    private final Surroundings surroundings;
    private final PortTable ports = new PortTable();
    private final IpSettings ipSettings = new IpSettings();
    private final IcmpLimits icmpLimits;
    private final Quiescence quiescence;
    private final FibWriter fib;
    private final Publisher publisher = new Publisher();
    private final Map<Class<?>, Object> states = new HashMap<>();
    private ProgramKind programs = ProgramKind.COMPILED;
    private ArpSwitch arpSwitch;

    /** A namespace without initializers' state; {@link Namespaces#add} gives it birth. */
    public Namespace(
            final String name,
            final List<Device> devices,
            final Surroundings surroundings,
            final Quiescence quiescence) {
        this.name = name;
        this.devices = new ArrayList<>(devices);
        this.surroundings = surroundings;
        this.quiescence = quiescence;
        // Captures give the same packets whenever they are replayed.
        final long seed = surroundings == Surroundings.CAPTURE ? 0 : new SecureRandom().nextLong();
        this.ipSettings.identificationKey = (int) seed;
        this.icmpLimits = new IcmpLimits(ipSettings.limits, ICMP_PEERS, seed);
        this.fib = new FibWriter(quiescence::retire);
    }

    @Override
    public String name() {
        return name;
    }

    /** The name for people. */
    public String shownName() {
        return name.isEmpty() ? "(own)" : name;
    }

    @Override
    public int portOf(final String device) {
        return devices.stream().filter(d -> d.name().equals(device)).mapToInt(Device::index).findFirst().orElse(-1);
    }

    @Override
    public List<String> devices() {
        return devices.stream().map(Device::name).toList();
    }

    /** Its ports' devices, by port index. */
    public List<Device> ports() {
        return List.copyOf(devices);
    }

    /** A port has another device, or its device another name. */
    public void device(final Device device) {
        devices.set(device.index(), device);
    }

    @Override
    public String lacks(final Family family) {
        return family == Family.ARP && surroundings == Surroundings.KERNEL && arpSwitch == null
                ? "family ARP sees no packets: the kernel keeps ARP; supported with local: kernel are INET, IPV4, IPV6, NETDEV"
                : null;
    }

    @Override
    public boolean isInside() {
        return publisher.isInside();
    }

    @Override
    public void apply(final HookSet set, final QueueHandler handler) {
        publisher.publish(programs.make(set), handler);
        if (arpSwitch != null) {
            arpSwitch.set(!set.isEmpty(HookList.ARP_IN), !set.isEmpty(HookList.ARP_OUT));
        }
    }

    /** From now on ARP reaches hooks: who makes it come while there are any. Without it the kernel keeps ARP. */
    public void arp(final ArpSwitch value) {
        arpSwitch = value;
    }

    /** How programs are made from now on. */
    public void programs(final ProgramKind kind) {
        programs = kind;
    }

    /** What the path reads of the namespace's settings that are not a port's. */
    public IpSettings ipSettings() {
        return ipSettings;
    }

    /** How many ICMP errors are sent, by all workers together. */
    public IcmpLimits icmpLimits() {
        return icmpLimits;
    }

    /** What the path reads of each port. */
    public PortTable portTable() {
        return ports;
    }

    /** The forwarding table. */
    public FibWriter fib() {
        return fib;
    }

    /** How its programs reach the workers. */
    public Publisher publisher() {
        return publisher;
    }

    /** When memory that workers may still read is freed. */
    public Quiescence quiescence() {
        return quiescence;
    }

    /** Hangs a part's state on the namespace. */
    public <T> void state(final Class<T> key, final T value) {
        if (value == null) {
            states.remove(key);
        } else {
            states.put(key, value);
        }
    }

    /** A part's state, or null. */
    public <T> T state(final Class<T> key) {
        return key.cast(states.get(key));
    }

    @Override
    public void close() {
        fib.close();
    }
}
