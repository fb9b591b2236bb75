package io.penstock.rules.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import java.util.List;

/** Names of this machine, and what Istio's rulesets name besides: groups and sets. */
record MeshNames(Names machine) implements Names {

    /** The number of every group that the machine does not know. */
    private static final int GROUP = 20_000;

    @Override
    public long group(final String name) {
        final long known = machine.group(name);
        return known < 0 && Character.isLetter(name.charAt(0)) ? GROUP : known;
    }

    @Override
    public int setFamily(final String set) {
        return set.endsWith("-v4") ? 4 : set.endsWith("-v6") ? 6 : -1;
    }

    @Override
    public int port(final String service, final String protocol) {
        return machine.port(service, protocol);
    }

    @Override
    public String service(final int port, final String protocol) {
        return machine.service(port, protocol);
    }

    @Override
    public int protocol(final String name) {
        return machine.protocol(name);
    }

    @Override
    public String protocolName(final int number) {
        return machine.protocolName(number);
    }

    @Override
    public long user(final String name) {
        return machine.user(name);
    }

    @Override
    public String userName(final long number) {
        return machine.userName(number);
    }

    @Override
    public String groupName(final long number) {
        return machine.groupName(number);
    }

    @Override
    public List<byte[]> host(final String name, final IpFamily family) {
        return machine.host(name, family);
    }

    @Override
    public String hostName(final byte[] address) {
        return machine.hostName(address);
    }
}
