package io.penstock.dataplane.ipvs.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import java.util.List;
import java.util.Map;

/** The names that the transcripts have, the same on every machine; asks nobody. */
final class FewNames implements Names {

    private static final Map<String, Integer> SERVICES =
            Map.of("http/tcp", 80, "https/tcp", 443, "domain/tcp", 53, "domain/udp", 53, "sip/sctp", 5060);
    private static final Map<String, byte[]> HOSTS = Map.of("one", new byte[] {10, 0, 0, 1}, "mask", new byte[] {-1, -1, 0, 0});
    private static final String LONG_NAME = "a-name-that-has-no-room-in-its-column-nor-in-any-other-one.example.org";

    private final Runnable asked;

    FewNames() {
        this(() -> { });
    }

    /** The same; something runs whenever a host is asked for. */
    FewNames(final Runnable asked) {
        this.asked = asked;
    }

    @Override
    public int port(final String service, final String protocol) {
        return SERVICES.getOrDefault(service + "/" + protocol, -1);
    }

    @Override
    public String service(final int port, final String protocol) {
        return SERVICES.entrySet().stream().filter(entry -> entry.getValue() == port && entry.getKey().endsWith("/" + protocol))
                .map(entry -> entry.getKey().substring(0, entry.getKey().indexOf('/'))).findFirst().orElse(null);
    }

    @Override
    public int protocol(final String name) {
        return -1;
    }

    @Override
    public String protocolName(final int number) {
        return null;
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
        asked.run();
        return family == IpFamily.IPV4 && HOSTS.containsKey(name) ? List.of(HOSTS.get(name)) : List.of();
    }

    @Override
    public String hostName(final byte[] address) {
        asked.run();
        if (address.length > Integer.BYTES) {
            return address[0] == 0x20 && address[3] == (byte) 0xB8 && address[15] == 1 ? "six.example.org" : null;
        }
        return address[0] != 10 ? null : address[3] == 1 ? "one.example.org" : address[3] == 9 ? LONG_NAME : null;
    }
}
