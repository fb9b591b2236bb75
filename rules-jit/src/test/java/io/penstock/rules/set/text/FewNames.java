package io.penstock.rules.set.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import java.util.List;
import java.util.Map;

/** The names that the transcripts have, the same on every machine; asks nobody. */
final class FewNames implements Names {

    private static final Map<String, Integer> SERVICES = Map.of("ssh/tcp", 22, "domain/tcp", 53, "domain/udp", 53, "http/tcp", 80,
            "https/tcp", 443, "https/udp", 443);
    private static final Map<Integer, List<String>> PROTOCOLS = Map.of(0, List.of("ip", "IP"), 1, List.of("icmp", "ICMP"),
            6, List.of("tcp", "TCP"), 17, List.of("udp", "UDP"), 47, List.of("gre", "GRE"), 50, List.of("esp", "IPSEC-ESP"),
            51, List.of("ah", "IPSEC-AH"), 58, List.of("ipv6-icmp", "IPv6-ICMP"), 132, List.of("sctp", "SCTP"),
            136, List.of("udplite", "UDPLite"));
    private static final byte[] ONE = {10, 0, 0, 1};
    private static final byte[] TWO = {10, 0, 0, 2};

    private final Runnable asked;

    FewNames() {
        this(() -> { });
    }

    /** The same; something runs whenever a host's name is asked for. */
    FewNames(final Runnable asked) {
        this.asked = asked;
    }

    @Override
    public int port(final String service, final String protocol) {
        return SERVICES.getOrDefault(service + "/" + protocol, -1);
    }

    @Override
    public String service(final int port, final String protocol) {
        return null;
    }

    @Override
    public int protocol(final String name) {
        return PROTOCOLS.entrySet().stream().filter(entry -> entry.getValue().contains(name)).map(Map.Entry::getKey).findFirst().orElse(-1);
    }

    @Override
    public String protocolName(final int number) {
        return PROTOCOLS.containsKey(number) ? PROTOCOLS.get(number).getFirst() : null;
    }

    @Override
    public long user(final String name) {
        return -1;
    }

    @Override
    public String userName(final long number) {
        return null;
    }

    @Override
    public long group(final String name) {
        return -1;
    }

    @Override
    public String groupName(final long number) {
        return null;
    }

    @Override
    public List<byte[]> host(final String name, final IpFamily family) {
        if (family == IpFamily.IPV6) {
            return List.of();
        }
        return name.equals("one") || name.equals("num-one") ? List.of(ONE) : name.equals("two") ? List.of(ONE, TWO) : List.of();
    }

    @Override
    public String hostName(final byte[] address) {
        asked.run();
        return address.length == ONE.length && address[0] == ONE[0] ? address[3] == ONE[3] ? "num-one" : "two" : null;
    }
}
