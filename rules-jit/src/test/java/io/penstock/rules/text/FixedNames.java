package io.penstock.rules.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import java.util.List;
import java.util.Map;

/** A few names, the same on every machine; asks nobody. Immutable. */
class FixedNames implements Names {

    private static final Map<String, Integer> SERVICES = Map.of("ssh", 22, "domain", 53, "http", 80);
    private static final Map<String, Integer> PROTOCOLS = Map.ofEntries(
            Map.entry("icmp", 1), Map.entry("tcp", 6), Map.entry("udp", 17), Map.entry("dccp", 33), Map.entry("ipv6-route", 43),
            Map.entry("ipv6-frag", 44), Map.entry("gre", 47), Map.entry("esp", 50), Map.entry("ah", 51), Map.entry("ipv6-icmp", 58),
            Map.entry("ipcomp", 108), Map.entry("sctp", 132), Map.entry("mh", 135));
    private static final Map<String, List<byte[]>> HOSTS = Map.of(
            "one", List.of(new byte[] {10, 0, 0, 1}), "two", List.of(new byte[] {10, 0, 0, 1}, new byte[] {10, 0, 0, 2}),
            "two.example", List.of(new byte[] {10, 0, 0, 1}, new byte[] {10, 0, 0, 2}));

    private static <T> T find(final Map<T, Integer> names, final int number) {
        return names.entrySet().stream().filter(entry -> entry.getValue() == number).map(Map.Entry::getKey).findFirst().orElse(null);
    }

    @Override
    public int port(final String service, final String protocol) {
        return SERVICES.getOrDefault(service, -1);
    }

    @Override
    public String service(final int port, final String protocol) {
        return find(SERVICES, port);
    }

    @Override
    public int protocol(final String name) {
        return PROTOCOLS.getOrDefault(name, -1);
    }

    @Override
    public String protocolName(final int number) {
        return find(PROTOCOLS, number);
    }

    @Override
    public long user(final String name) {
        return name.equals("root") ? 0 : -1;
    }

    @Override
    public String userName(final long number) {
        return number == 0 ? "root" : null;
    }

    @Override
    public long group(final String name) {
        return user(name);
    }

    @Override
    public String groupName(final long number) {
        return userName(number);
    }

    @Override
    public List<byte[]> host(final String name, final IpFamily family) {
        return family == IpFamily.IPV4 ? HOSTS.getOrDefault(name, List.of()) : List.of();
    }

    @Override
    public String hostName(final byte[] address) {
        return null;
    }

    @Override
    public int setFamily(final String set) {
        return set.equals("addresses") ? 4 : -1;
    }
}
