package io.penstock.dataplane.ipvs.text;

import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.api.Names;
import io.penstock.rules.text.AddressText;
import java.util.HashMap;
import java.util.Map;

/** Writes addresses and ports, by number or by name. Each host is asked for once. */
final class HostNames {

    /** What the tool has room for. */
    private static final int MOST_BYTES = 59;

    private final Names names;
    private final boolean isNumeric;
    private final Map<IpAddress, String> hosts = new HashMap<>();

    HostNames(final Names names, final boolean isNumeric) {
        this.names = names;
        this.isNumeric = isNumeric;
    }

    /** An address and a port; IPv6 in brackets. */
    String print(final IpAddress address, final int port, final int protocol) {
        final String host = isNumeric ? number(address) : hosts.computeIfAbsent(address, this::host);
        final String text = (address.family() == IpAddress.V4 ? host : "[" + host + "]") + ":" + service(port, protocol);
        return text.length() > MOST_BYTES ? text.substring(0, MOST_BYTES) : text;
    }

    private static String number(final IpAddress address) {
        return AddressText.print(address.toBytes());
    }

    private String host(final IpAddress address) {
        final String name = names.hostName(address.toBytes());
        return name == null ? number(address) : name;
    }

    private String service(final int port, final int protocol) {
        final String protocolName = isNumeric ? null : Protocols.serviceName(protocol);
        final String name = protocolName == null ? null : names.service(port, protocolName);
        return name == null ? Integer.toString(port) : name;
    }
}
