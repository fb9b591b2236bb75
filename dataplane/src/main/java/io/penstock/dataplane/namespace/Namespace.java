package io.penstock.dataplane.namespace;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.fib.FibWriter;
import io.penstock.dataplane.hooks.HookScope;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.dataplane.program.HookSet;
import io.penstock.dataplane.program.ProgramCompiler;
import io.penstock.dataplane.worker.Publisher;
import io.penstock.dataplane.worker.Quiescence;
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

    private final String name;
    private final List<Device> devices;
    private final Surroundings surroundings;
    private final PortTable ports = new PortTable();
    private final Quiescence quiescence;
    private final FibWriter fib;
    private final Publisher publisher = new Publisher();
    private final Map<Class<?>, Object> states = new HashMap<>();

    /** A namespace without initializers' state; {@link Namespaces#add} gives it birth. */
    public Namespace(
            final String name,
            final List<Device> devices,
            final Surroundings surroundings,
            final Quiescence quiescence) {
        this.name = name;
        this.devices = List.copyOf(devices);
        this.surroundings = surroundings;
        this.quiescence = quiescence;
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
        return devices;
    }

    @Override
    public String lacks(final Family family) {
        return family == Family.ARP && surroundings == Surroundings.KERNEL
                ? "family ARP sees no packets: the kernel keeps ARP; supported on live ports are INET, IPV4, IPV6, NETDEV"
                : null;
    }

    @Override
    public boolean isInside() {
        return publisher.isInside();
    }

    @Override
    public void apply(final HookSet set, final QueueHandler handler) {
        publisher.publish(ProgramCompiler.compile(set), handler);
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
