package io.penstock.rules.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Names as this machine has them: {@code services}, {@code protocols}, {@code networks}, {@code passwd} and {@code group} of
 * {@code /etc}, and hosts as the resolver knows them. Files are read when they are first asked for.
 */
public final class SystemNames implements Names {

    /** Bytes of a name in the DNS (RFC 1035, section 2.3.4). */
    private static final int LONGEST_NAME = 253;
    private static final List<String> SERVICE_PROTOCOLS = List.of("tcp", "udp", "dccp", "udplite", "sctp");

    private final Path directory;
    private final ToIntFunction<String> setFamilies;
    private Map<String, Integer> ports;
    private Map<String, String> services;
    private Map<String, Integer> protocols;
    private Map<Integer, String> protocolNames;
    private Map<String, Integer> networks;
    private String whyNoHost = Names.super.whyNoHost();
    private final Map<String, Map<String, Long>> ids = new HashMap<>();
    private final Map<String, Map<Long, String>> idNames = new HashMap<>();

    /** Of this machine; there are no IP sets. */
    public SystemNames() {
        this(Path.of("/etc"));
    }

    /** Of this machine; {@code setFamilies} tells of IP sets what {@link #setFamily} does. */
    public SystemNames(final ToIntFunction<String> setFamilies) {
        this(Path.of("/etc"), setFamilies);
    }

    /** Of the files of a directory; there are no IP sets. */
    public SystemNames(final Path directory) {
        this(directory, set -> -1);
    }

    /** Of the files of a directory, for a tool that takes names of hosts but not of networks; there are no IP sets. */
    public static SystemNames withoutNetworks(final Path directory) {
        final SystemNames names = new SystemNames(directory);
        names.networks = Map.of();
        return names;
    }

    private SystemNames(final Path directory, final ToIntFunction<String> setFamilies) {
        this.directory = directory;
        this.setFamilies = setFamilies;
    }

    private List<String[]> read(final String file, final String separator) {
        final List<String[]> rows = new ArrayList<>();
        try {
            for (final String line : Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1).split("\n")) {
                final int comment = separator.equals(":") ? -1 : line.indexOf('#');
                final String text = (comment < 0 ? line : line.substring(0, comment)).strip();
                if (!text.isEmpty()) {
                    rows.add(text.split(separator));
                }
            }
        } catch (final IOException missing) {
            return List.of();
        }
        return rows;
    }

    private synchronized void readServices() {
        if (ports != null) {
            return;
        }
        services = new HashMap<>();
        ports = new HashMap<>();
        for (final String[] row : read("services", "\\s+")) {
            final int slash = row.length < 2 ? -1 : row[1].indexOf('/');
            if (slash < 0) {
                continue;
            }
            final int port = Integer.parseInt(row[1].substring(0, slash));
            final String protocol = row[1].substring(slash + 1);
            services.putIfAbsent(port + "/" + protocol, row[0]);
            services.putIfAbsent(port + "/", row[0]);
            for (int i = 0; i < row.length; i++) {
                if (i != 1) {
                    ports.putIfAbsent(row[i] + "/" + protocol, port);
                    ports.putIfAbsent(row[i] + "/", port);
                }
            }
        }
    }

    @Override
    public int port(final String service, final String protocol) {
        readServices();
        if (protocol != null) {
            return ports.getOrDefault(service + "/" + protocol, -1);
        }
        for (final String known : SERVICE_PROTOCOLS) {
            final Integer port = ports.get(service + "/" + known);
            if (port != null) {
                return port;
            }
        }
        return ports.getOrDefault(service + "/", -1);
    }

    @Override
    public String service(final int port, final String protocol) {
        readServices();
        return services.get(port + "/" + (protocol == null ? "" : protocol));
    }

    private synchronized void readProtocols() {
        if (protocols != null) {
            return;
        }
        protocolNames = new HashMap<>();
        protocols = new HashMap<>();
        for (final String[] row : read("protocols", "\\s+")) {
            if (row.length > 1) {
                final int number = Integer.parseInt(row[1]);
                protocolNames.putIfAbsent(number, row[0]);
                for (int i = 0; i < row.length; i++) {
                    if (i != 1) {
                        protocols.putIfAbsent(row[i], number);
                    }
                }
            }
        }
    }

    @Override
    public int protocol(final String name) {
        readProtocols();
        return protocols.getOrDefault(name, -1);
    }

    @Override
    public String protocolName(final int number) {
        readProtocols();
        return protocolNames.get(number);
    }

    private synchronized void readIds(final String file) {
        if (ids.containsKey(file)) {
            return;
        }
        final Map<String, Long> numbers = new HashMap<>();
        final Map<Long, String> names = new HashMap<>();
        for (final String[] row : read(file, ":")) {
            if (row.length > 2 && row[2].matches("[0-9]{1,10}")) {
                numbers.putIfAbsent(row[0], Long.valueOf(row[2]));
                names.putIfAbsent(Long.valueOf(row[2]), row[0]);
            }
        }
        idNames.put(file, names);
        ids.put(file, numbers);
    }

    @Override
    public long user(final String name) {
        readIds("passwd");
        return ids.get("passwd").getOrDefault(name, -1L);
    }

    @Override
    public String userName(final long number) {
        readIds("passwd");
        return idNames.get("passwd").get(number);
    }

    @Override
    public long group(final String name) {
        readIds("group");
        return ids.get("group").getOrDefault(name, -1L);
    }

    @Override
    public String groupName(final long number) {
        readIds("group");
        return idNames.get("group").get(number);
    }

    private synchronized void readNetworks() {
        if (networks != null) {
            return;
        }
        networks = new HashMap<>();
        for (final String[] row : read("networks", "\\s+")) {
            final byte[] address = row.length < 2 ? null : AddressText.strictIpv4(row[1]);
            for (int i = 0; address != null && i < row.length; i++) {
                if (i != 1) {
                    networks.putIfAbsent(row[i], ByteBuffer.wrap(address).getInt());
                }
            }
        }
    }

    @Override
    public List<byte[]> host(final String name, final IpFamily family) {
        readNetworks();
        if (family == IpFamily.IPV4 && networks.containsKey(name)) {
            return List.of(ByteBuffer.allocate(Integer.BYTES).putInt(networks.get(name)).array());
        }
        final List<byte[]> found = new ArrayList<>();
        // The rest would be taken for an IPv6 address here, or for a list.
        if (name.isEmpty() || name.length() > LONGEST_NAME || !name.chars().allMatch(c -> c > ' ' && c < 0x7F && c != ':' && c != '[')) {
            whyNoHost = Names.super.whyNoHost();
            return found;
        }
        try {
            for (final InetAddress address : InetAddress.getAllByName(name)) {
                if (address.getAddress().length == family.addressBytes()) {
                    found.add(address.getAddress());
                }
            }
        } catch (final UnknownHostException unknown) {
            // The JVM remembers failures for a while, without the reason: that is what it was for another name then.
            final int reason = unknown.getMessage() == null ? -1 : unknown.getMessage().indexOf(": ", name.length());
            whyNoHost = reason < 0 ? whyNoHost : unknown.getMessage().substring(reason + 2);
            return List.of();
        }
        return found;
    }

    @Override
    public int setFamily(final String set) {
        return setFamilies.applyAsInt(set);
    }

    @Override
    public String whyNoHost() {
        return whyNoHost;
    }

    @Override
    public String hostName(final byte[] address) {
        try {
            final String name = InetAddress.getByAddress(address).getCanonicalHostName();
            if (AddressText.numeric(name, IpFamily.IPV4) == null && name.indexOf(':') < 0) {
                return name;
            }
        } catch (final UnknownHostException wrongLength) {
            throw new IllegalArgumentException("no address: bytes=" + address.length, wrongLength);
        }
        readNetworks();
        if (address.length == Integer.BYTES) {
            final int network = ByteBuffer.wrap(address).getInt();
            for (final Map.Entry<String, Integer> entry : networks.entrySet()) {
                if (entry.getValue() == network) {
                    return entry.getKey();
                }
            }
        }
        return null;
    }
}
