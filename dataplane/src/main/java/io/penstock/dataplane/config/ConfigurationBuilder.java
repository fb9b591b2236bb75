package io.penstock.dataplane.config;

import io.penstock.dataplane.config.NetworkConfig.Address;
import io.penstock.dataplane.config.NetworkConfig.Neighbour;
import io.penstock.dataplane.config.NetworkConfig.Route;
import io.penstock.dataplane.ipvs.ConfiguredServices;
import io.penstock.dataplane.ipvs.health.HealthRule;
import io.penstock.dataplane.settings.SysctlNames;
import io.penstock.os.netlink.IpAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Puts a configuration together: first the file, then the options, which override it; then {@link #build} checks the whole.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every value remembers where it was given, so that whatever is refused is refused with its place.</li>
 *   <li>A null option was not given and changes nothing.</li>
 *   <li>A check of a file and its loading are the same code.</li>
 * </ol>
 *
 * <p>Threads: one. Every method throws {@link ConfigurationException}.
 */
public final class ConfigurationBuilder {

    /** Queues of a port; more than any device offers, and one worker each. */
    static final int MAX_QUEUES = 256;

    /** The least ring, four batches, and the most: a second of a million packets each second. */
    static final int MIN_RING = 256;
    static final int MAX_RING = 1 << 20;

    /** Microseconds of busy polling; more than a blocking call could sensibly wait. */
    static final int MAX_BUSY_POLL_US = 10_000;

    /** Packets of a busy-polling call: what the kernel's 16 bits hold. */
    static final int MAX_BUSY_POLL_BUDGET = 65_535;

    /** Bytes in a device's name: the kernel's IFNAMSIZ without the terminator. */
    private static final int DEVICE_NAME_BYTES = 15;

    /** Characters in a port's name: what the counter file has room for. */
    private static final int PORT_NAME_CHARS = 31;

    /** How many ports: what the counter file and a byte-sized port number hold, far beyond any machine's. */
    private static final int MAX_PORTS = 128;

    /** Bytes that every IPv6 link carries (RFC 8200 section 5). */
    private static final int MIN_MTU6 = 1280;

    /** Names become files of replay (PORT.pcap) and words of listings. */
    private static final Pattern PORT_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@:-]{0," + (PORT_NAME_CHARS - 1) + "}");

    private final Map<String, String> places = new HashMap<>();
    private final Map<String, PortConfig> ports = new LinkedHashMap<>();
    private final Map<String, List<Address>> addresses = new LinkedHashMap<>();
    private final Map<String, Integer> mtu = new LinkedHashMap<>();
    private final List<Route> routes = new ArrayList<>();
    private final List<Neighbour> neighbours = new ArrayList<>();
    private final Set<List<Object>> neighbourKeys = new HashSet<>();
    private final List<String[]> portReferences = new ArrayList<>();
    private final Map<String, String> sysctl = new LinkedHashMap<>();
    private PortConfig.Attach attach;
    private PortConfig.Copy copy;
    private List<Integer> cpus = List.of();
    private WorkersConfig.Idle idle = WorkersConfig.Idle.ADAPTIVE;
    private Configuration.Local local = Configuration.Local.AUTO;
    private Configuration.OnDeath onDeath = Configuration.OnDeath.KERNEL;
    private Path rules4;
    private Path rules6;
    private Path sets;
    private Path services;
    private List<HealthRule> health = List.of();
    private String log;
    private boolean kernelsNetwork;
    private List<String> netns = List.of();
    private String source = "the configuration";
    private Path file;

    /** Reads a file; call it before the options that override it. */
    public ConfigurationBuilder file(final Path value) {
        if (value != null) {
            file = value;
            source = value.toString();
            ConfigurationParser.parse(value, this);
        }
        return this;
    }

    /**
     * {@code --netns}, before anything else: where there are several, every device is called {@code NETNS/DEVICE}. Names are those
     * of {@code ip netns}.
     */
    public ConfigurationBuilder netns(final List<String> names) {
        netns = List.copyOf(names);
        return this;
    }

    /** {@code --port}: a port named like its device, NETNS:DEVICE with several namespaces, unless a port of that device exists. */
    public ConfigurationBuilder port(final String device) {
        final String where = "--port " + device;
        checkDeviceName(device, where);
        if (ports.values().stream().noneMatch(p -> p.device().equals(device))) {
            final String name = device.replace('/', ':');
            checkPortName(name, where);
            port(new PortConfig(
                    name, device, PortConfig.Attach.AUTO, PortConfig.Copy.AUTO, PortConfig.ALL_QUEUES), where);
        }
        return this;
    }

    /** {@code --attach}: for all ports. */
    public ConfigurationBuilder attach(final PortConfig.Attach value) {
        attach = value == null ? attach : value;
        return this;
    }

    /** {@code --copy}: for all ports. */
    public ConfigurationBuilder copy(final PortConfig.Copy value) {
        copy = value == null ? copy : value;
        return this;
    }

    /** {@code --cpus}, read by {@link Literals#cpus}. */
    public ConfigurationBuilder cpus(final List<Integer> value) {
        cpus = value == null ? cpus : List.copyOf(value);
        return this;
    }

    /** {@code --idle}. */
    public ConfigurationBuilder idle(final WorkersConfig.Idle value) {
        idle = value == null ? idle : value;
        return this;
    }

    /** {@code --rules}. */
    public ConfigurationBuilder rules4(final Path value) {
        return value == null ? this : rules4(value, "--rules");
    }

    /** {@code --rules6}. */
    public ConfigurationBuilder rules6(final Path value) {
        return value == null ? this : rules6(value, "--rules6");
    }

    /** {@code --sets}. */
    public ConfigurationBuilder sets(final Path value) {
        return value == null ? this : sets(value, "--sets");
    }

    /** {@code --services}. */
    public ConfigurationBuilder services(final Path value) {
        return value == null ? this : services(value, "--services");
    }

    /** The network and its settings are a kernel's, which whoever configures them is told: for live ports. */
    public ConfigurationBuilder kernelsNetwork() {
        kernelsNetwork = true;
        return this;
    }

    /** Checks the whole and returns it. */
    public Configuration build() {
        if (ports.isEmpty()) {
            throw new ConfigurationException(source,
                    "no port is given; add one such as 'ports: { lan: { device: eth0 } }' or the option --port eth0");
        }
        if (ports.size() > MAX_PORTS) {
            throw new ConfigurationException(source, "too many ports: ports=" + ports.size() + " limit=" + MAX_PORTS);
        }
        for (final String[] reference : portReferences) {
            if (!ports.containsKey(reference[0])) {
                throw new ConfigurationException(reference[1], "unknown port '" + reference[0] + "': the nearest port is '"
                        + NearestWord.of(reference[0], ports.keySet()) + "'; ports: " + String.join(", ", ports.keySet()));
            }
        }
        for (final String name : netns.size() > 1 ? netns : List.<String>of()) {
            if (ports.values().stream().noneMatch(port -> port.device().startsWith(name + '/'))) {
                throw new ConfigurationException(source, "no port is in network namespace " + name + "; name one as " + name
                        + "/DEVICE, or leave out --netns " + name);
            }
        }
        final List<PortConfig> finished = ports.values().stream().map(this::overridden).toList();
        final Configuration configuration = new Configuration(
                file,
                finished,
                new WorkersConfig(cpus, idle),
                local,
                onDeath,
                rules4,
                rules6,
                sets,
                services,
                health,
                log,
                sysctl,
                new NetworkConfig(addresses, routes, neighbours, mtu));
        checkMtu();
        for (final Map.Entry<String, String> entry : sysctl.entrySet()) {
            checkSysctl(entry.getKey(), entry.getValue());
        }
        return configuration;
    }

    private void checkMtu() {
        mtu.forEach((port, bytes) -> {
            if (bytes < MIN_MTU6 && addresses.getOrDefault(port, List.of()).stream()
                    .anyMatch(a -> a.address().family() == IpAddress.V6)) {
                throw new ConfigurationException(places.get("network.mtu." + port), "network.mtu." + port + '=' + bytes
                        + " is too small for IPv6, of which the port has an address; set at least " + MIN_MTU6
                        + " or remove the address");
            }
        });
    }

    private void checkSysctl(final String name, final String value) {
        final String where = places.get("sysctl." + name);
        if (kernelsNetwork && name.startsWith("net.ipv") && !ConfiguredServices.isMeant(name)) {
            throw new ConfigurationException(where, '\'' + name + "': Linux is the control plane of live ports; run 'sysctl -w "
                    + name + '=' + value + "' and remove the key");
        }
        try {
            if (ConfiguredServices.isMeant(name)) {
                ConfiguredServices.check(name, value);
            } else {
                SysctlNames.check(name, value, ports.keySet(), NearestWord::of);
            }
        } catch (final IllegalArgumentException e) {
            throw new ConfigurationException(where, e.getMessage());
        }
    }

    private PortConfig overridden(final PortConfig port) {
        final PortConfig finished = new PortConfig(
                port.name(),
                port.device().substring(port.device().indexOf('/') + 1),
                attach == null ? port.attach() : attach,
                copy == null ? port.copy() : copy,
                port.queues(),
                port.ring(),
                port.busyPoll(),
                port.device().substring(0, Math.max(0, port.device().indexOf('/'))));
        if (finished.attach() == PortConfig.Attach.PACKET) {
            checkPacketPort(finished, places.get("ports." + port.name()));
        }
        return finished;
    }

    /** What AF_XDP alone can do is refused where AF_PACKET is asked for. */
    private static void checkPacketPort(final PortConfig port, final String where) {
        final String head = "port " + port.name() + " is to run through AF_PACKET (attach=packet), which ";
        if (port.copy() == PortConfig.Copy.ZERO) {
            throw new ConfigurationException(where, head + "always copies; remove copy: zero, or choose another attach");
        }
        if (port.queues() > 1) {
            throw new ConfigurationException(
                    where, head + "has one queue: queues=" + port.queues() + "; remove queues, or choose another attach");
        }
        if (port.ring() != PortConfig.DEFAULT_RING) {
            throw new ConfigurationException(where, head + "has a ring of its own size: ring=" + port.ring() + "; remove ring, or choose another attach");
        }
        if (port.busyPoll().isOn()) {
            throw new ConfigurationException(where, head + "has no busy polling: busy-poll=" + port.busyPoll().us()
                    + "; remove busy-poll, or choose another attach");
        }
    }

    ConfigurationBuilder port(final PortConfig port, final String where) {
        for (final PortConfig other : ports.values()) {
            if (other.device().equals(port.device())) {
                throw new ConfigurationException(where, "device '" + port.device() + "' is already port '" + other.name()
                        + "'; a device can be one port only");
            }
        }
        ports.put(port.name(), port);
        places.put("ports." + port.name(), where);
        return this;
    }

    void checkPortName(final String name, final String where) {
        if ("local".equals(name)) {
            throw new ConfigurationException(where,
                    "a port cannot be named 'local', which stands for this host's own sockets; choose another name");
        }
        if (!PORT_NAME.matcher(name).matches()) {
            throw new ConfigurationException(where, "the port name '" + name + "' is not usable; use up to "
                    + PORT_NAME_CHARS + " letters, digits and any of _ . @ : -");
        }
    }

    void checkDeviceName(final String given, final String where) {
        final String device;
        if (netns.size() > 1) {
            final int slash = given.indexOf('/');
            if (slash < 0 || !netns.contains(given.substring(0, slash))) {
                throw new ConfigurationException(where, "'" + given + "' does not say which network namespace it is in; write "
                        + "NETNS/DEVICE with one of " + String.join(", ", netns));
            }
            device = given.substring(slash + 1);
        } else {
            device = given;
        }
        if (device.isEmpty() || device.length() > DEVICE_NAME_BYTES || device.equals(".") || device.equals("..")
                || device.chars().anyMatch(c -> c <= ' ' || c > '~' || c == '/' || c == ':')) {
            throw new ConfigurationException(where, "'" + device + "' cannot be a Linux interface; use 1 to "
                    + DEVICE_NAME_BYTES + " visible ASCII characters without / and :");
        }
    }

    void local(final Configuration.Local value, final String where) {
        local = value;
        places.put("local", where);
    }

    void onDeath(final Configuration.OnDeath value, final String where) {
        onDeath = value;
        places.put("on-death", where);
    }

    ConfigurationBuilder rules4(final Path value, final String where) {
        rules4 = value;
        places.put("rules.ipv4", where);
        return this;
    }

    ConfigurationBuilder rules6(final Path value, final String where) {
        rules6 = value;
        places.put("rules.ipv6", where);
        return this;
    }

    ConfigurationBuilder sets(final Path value, final String where) {
        sets = value;
        places.put("sets", where);
        return this;
    }

    ConfigurationBuilder log(final String value, final String where) {
        log = value;
        places.put("log", where);
        return this;
    }

    ConfigurationBuilder services(final Path value, final String where) {
        services = value;
        places.put("services", where);
        return this;
    }

    void health(final List<HealthRule> rules) {
        health = List.copyOf(rules);
    }

    void sysctl(final String name, final String value, final String where) {
        sysctl.put(name, value);
        places.put("sysctl." + name, where);
    }

    void addresses(final String port, final List<Address> list, final String where) {
        portReferences.add(new String[] {port, where});
        addresses.put(port, list);
    }

    void mtu(final String port, final int bytes, final String keyWhere, final String where) {
        portReferences.add(new String[] {port, keyWhere});
        mtu.put(port, bytes);
        places.put("network.mtu." + port, where);
    }

    void route(final Route route) {
        routes.add(route);
    }

    void portReference(final String port, final String where) {
        portReferences.add(new String[] {port, where});
    }

    void neighbour(final Neighbour neighbour, final String ipWhere, final String portWhere) {
        portReferences.add(new String[] {neighbour.port(), portWhere});
        if (!neighbourKeys.add(List.of(neighbour.ip(), neighbour.port()))) {
            throw new ConfigurationException(ipWhere, "the neighbour " + neighbour.ip() + " on port "
                    + neighbour.port() + " is given twice; keep one");
        }
        neighbours.add(neighbour);
    }
}
