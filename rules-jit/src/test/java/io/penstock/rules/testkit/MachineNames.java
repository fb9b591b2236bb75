package io.penstock.rules.testkit;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import java.util.List;

/** Names of this machine, for tests that know some more. */
public abstract class MachineNames implements Names {

    private final Names machine;

    /** Names that these come from. */
    protected MachineNames(final Names machine) {
        this.machine = machine;
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
    public long group(final String name) {
        return machine.group(name);
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
